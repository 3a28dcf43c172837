using System.Net.Sockets;

namespace LpmOs.Standalone.Tests;

/// <summary>More machines than the process may have files open.</summary>
public sealed class OpenFilesTests
{
    private const int Files = 700, Machines = 500;

    [Fact]
    public async Task A_service_lets_connections_wait_before_it_runs_out_of_files_and_goes_on()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var lpmos = new StandaloneProcess();
        await lpmos.StartAsync(Files);
        var address = new Uri(lpmos.Regional);
        var machines = new List<Socket>();
        try
        {
            for (var i = 0; i < Machines; i++)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                machines.Add(socket);
                await socket.ConnectAsync(address.Host, address.Port, cancellation);
            }
            // The other services of the process go on, with the store and with files of their own.
            await StandaloneProcess.CurlAsync($"{lpmos.Tasks}/readyz");
            await StandaloneProcess.CurlAsync("-d", """{"idc":"dc1","sn":"SN-FILES","mac":"00:1a:2b:3c:4d:01","os_type":"debian"}""", "-H", "Content-Type: application/json", $"{lpmos.Tasks}/api/v1/tasks");
            Assert.InRange(Directory.GetFileSystemEntries($"/proc/{lpmos.Id}/fd").Length, 100, Files - 100);
        }
        finally
        {
            machines.ForEach(socket => socket.Dispose());
        }
        await StandaloneProcess.CurlAsync("--retry", "60", "--retry-delay", "1", "--retry-all-errors", $"{lpmos.Regional}/readyz");
        Assert.Contains("SN-FILES", await StandaloneProcess.CurlAsync($"{lpmos.Tasks}/api/v1/tasks"), StringComparison.Ordinal);
    }
}
