using System.Net;
using LpmOs.Boot.Files;
using LpmOs.Boot.Tftp;
using Microsoft.Extensions.Logging.Abstractions;

namespace LpmOs.Boot.Tests.Tftp;

/// <summary>Many more machines at once than there are places, each of which asks a single time: nobody is left without an answer.</summary>
public sealed class TftpStormTests : IDisposable
{
    private const int Places = 8, Machines = 300;
    private readonly string _folder = Directory.CreateTempSubdirectory("lpmos-storm-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_machine_of_a_room_is_answered_in_its_turn()
    {
        var content = new byte[40_000];
        new Random(3).NextBytes(content);
        await File.WriteAllBytesAsync(Path.Combine(_folder, "ipxe.efi"), content, TestContext.Current.CancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        // Its clock stands, so that it repeats nothing and forgets nobody who waits, however slow this machine is.
        await using var server = new TftpServer([new IPEndPoint(IPAddress.Any, 0)], new FileResolver(_folder, (_, _) => null), new ManualTime(), NullLogger<TftpServer>.Instance, mostTransfers: Places);
        var running = server.RunAsync(stop.Token);
        var address = new IPEndPoint(IPAddress.Loopback, server.EndPoints[0].Port);
        var rooms = Enumerable.Range(0, Machines).Select(n => new RawClient(IPAddress.Parse($"127.7.{n / 200}.{1 + (n % 200)}"))).ToList();
        // Nobody acknowledges before all have asked: the first fill the places, the others must be kept.
        foreach (var machine in rooms)
            await machine.SendAsync(RawClient.Request("ipxe.efi|octet|blksize|1408|timeout|200|"), address);
        var files = await Task.WhenAll(rooms.Select(ReadAsync));
        Assert.All(files, file => Assert.Equal(content, file));
        Assert.True(server.Waited > 0);
        Assert.Equal(0, server.Dropped);
        rooms.ForEach(machine => machine.Dispose());
        await stop.CancelAsync();
        await running;
    }

    private static async Task<byte[]> ReadAsync(RawClient machine)
    {
        var all = new List<byte>();
        var answer = await machine.ReceiveAsync();
        Assert.Equal(6, answer[1]);
        await machine.AckAsync(0);
        for (var expected = 1; ; expected++)
        {
            var data = await machine.ReceiveAsync();
            Assert.Equal(expected, RawClient.Block(data));
            all.AddRange(data[4..]);
            await machine.AckAsync(expected);
            if (data.Length < 1412)
                return [.. all];
        }
    }
}
