using System.Net;
using System.Net.Sockets;
using LpmOs.Testing;

namespace LpmOs.Standalone.Tests;

/// <summary>Services whose port somebody else has, as a person starts them: one clear line each, and nothing of a stack.</summary>
public sealed class TakenPortTests
{
    [Theory]
    [InlineData("Tasks", "Tasks:Urls")]
    [InlineData("Regional", "Regional:Urls")]
    [InlineData("Boot", "Boot:Urls")]
    [InlineData("Standalone", "Tasks:Urls", "Regional:Urls", "Boot:Urls")]
    public async Task A_service_whose_port_is_taken_says_so_in_one_line_that_names_the_setting_and_the_way_out(string service, params string[] keys)
    {
        using var folder = new TemporaryFolder();
        var taken = keys.Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        try
        {
            taken.ForEach(listener => listener.Start());
            var addresses = taken.ConvertAll(listener => listener.LocalEndpoint.ToString());
            var (code, output) = await RunAsync(service, folder, [.. keys.Zip(addresses, (key, address) => $"--{key}=http://{address}")]);
            Assert.True(code == 1, $"{code}: {output}");
            var failures = Lines(output, "LpmOs cannot start: ");
            Assert.Equal(keys.Length, failures.Count);
            Assert.All(keys.Zip(addresses), pair => Assert.Contains(failures, line =>
                line.Contains($"{pair.Second} of the setting {pair.First} is taken", StringComparison.Ordinal) && line.Contains($"--{pair.First}=http://ADDRESS:PORT", StringComparison.Ordinal)));
            AssertPlain(output);
        }
        finally
        {
            taken.ForEach(listener => listener.Dispose());
        }
    }

    [Fact]
    public async Task A_TFTP_port_that_is_taken_and_a_store_that_another_process_has_are_told_in_one_line()
    {
        using var folder = new TemporaryFolder();
        using var taken = new Socket(SocketType.Dgram, ProtocolType.Udp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        var (code, output) = await RunAsync("Boot", folder, "--Boot:Urls=http://127.0.0.1:0", "--Boot:Tftp:Enabled=true", "--Boot:Tftp:Address=127.0.0.1", $"--Boot:Tftp:Port={port}");
        Assert.True(code == 78, $"{code}: {output}");
        Assert.Contains("another TFTP server has it", Assert.Single(Lines(output, $"LpmOs cannot start: Setting Boot:Tftp:Port = '{port}'")), StringComparison.Ordinal);
        AssertPlain(output);

        await using (new FileStream(folder.File("lpmos.db.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
            (code, output) = await RunAsync("Boot", folder, "--Boot:Urls=http://127.0.0.1:0");
        Assert.True(code == 1, $"{code}: {output}");
        Assert.Contains("One process owns the file", Assert.Single(Lines(output, "LpmOs cannot start: The store file")), StringComparison.Ordinal);
        AssertPlain(output);
    }

    private static List<string> Lines(string output, string start) => [.. output.Split('\n').Where(line => line.StartsWith(start, StringComparison.Ordinal))];

    private static void AssertPlain(string output)
    {
        Assert.DoesNotContain("Exception", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.DoesNotContain(" fail: ", output, StringComparison.Ordinal);
    }

    /// <summary>Runs it until it ends.</summary>
    private static async Task<(int Code, string Output)> RunAsync(string service, TemporaryFolder folder, params string[] settings)
    {
        await using var process = ServerProcess.Start("dotnet",
            [
                Path.Combine(Repository.Root, "services", $"LpmOs.{service}", "bin", StandaloneProcess.Configuration, "net10.0", $"LpmOs.{service}.dll"),
                "--Store:Provider=embedded", $"--Store:Embedded:Path={folder.File("lpmos.db")}", "--Boot:Tftp:Enabled=false", "--Boot:Dhcp:Mode=off",
                $"--Boot:FilesPath={folder.File("files")}", $"--Templates:Path={Repository.Templates}", .. settings,
            ],
            _ => false);
        var code = await process.ExitCodeAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);
        return (code, process.Output);
    }
}
