using System.Diagnostics;
using System.Threading.Channels;

namespace LpmOs.Boot.Tests.Lab;

/// <summary>
/// Two network namespaces with a cable between them: the real service on one end (10.88.0.1), a client on the other.
/// Needs root; without it, tests that ask for this are skipped.
/// </summary>
public sealed class BootNetwork : IAsyncLifetime
{
    private static int _count;

    public string Server { get; } = $"boot-s{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";
    private Process? _service;
    private Channel<string> _lines = Channel.CreateUnbounded<string>();

    public string Client { get; private set; } = "";
    public string Folder { get; } = Directory.CreateTempSubdirectory("lpmos-boot-").FullName;
    public int ServicePid => _service!.Id;

    public static bool Possible => Environment.UserName == "root" && File.Exists("/usr/bin/busybox") && (File.Exists("/sbin/ip") || File.Exists("/usr/sbin/ip"));

    public async ValueTask InitializeAsync()
    {
        if (!Possible)
            return;
        Client = Server.Replace("-s", "-c", StringComparison.Ordinal);
        await Command.Run("ip", "netns", "add", Server);
        await Command.Run("ip", "netns", "add", Client);
        await Command.Run("ip", "-n", Server, "link", "add", "s0", "type", "veth", "peer", "name", "c0", "netns", Client);
        await Command.Run("ip", "-n", Server, "addr", "add", "10.88.0.1/24", "dev", "s0");
        foreach (var (space, link) in new[] { (Server, "s0"), (Server, "lo"), (Client, "c0"), (Client, "lo") })
            await Command.Run("ip", "-n", space, "link", "set", link, "up");
        Directory.CreateDirectory(Path.Combine(Folder, "files", "ipxe"));
        var program = new byte[200_000];
        new Random(5).NextBytes(program);
        await File.WriteAllBytesAsync(Path.Combine(Folder, "files", "ipxe", "undionly.kpxe"), program);
    }

    public static void RequirePossible() => Assert.True(Possible, "Needs root, iproute2 and busybox for network namespaces: build/install-prerequisites.sh installs them.");

    /// <summary>Starts the service with these settings and waits until it answers.</summary>
    public async Task StartServiceAsync(string mode, params string[] settings)
    {
        await StopServiceAsync();
        string[] arguments =
        [
            "netns", "exec", Server, "dotnet", Path.Combine(AppContext.BaseDirectory, "LpmOs.Boot.dll"),
            "--Store:Provider=embedded", $"--Store:Embedded:Path={Folder}/store.db", $"--Boot:FilesPath={Folder}/files", $"--Templates:Path={Repository.Templates}", "--Boot:Urls=http://0.0.0.0:8082",
            $"--Boot:Dhcp:Mode={mode}", "--Boot:Dhcp:Interface=s0", .. settings,
        ];
        _service = Command.Start("ip", arguments);
        var log = new List<string>();
        using var limit = Limit();
        while (await _service.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            log.Add(line);
            if (!line.Contains($"DHCP {mode}", StringComparison.OrdinalIgnoreCase))
                continue;
            _lines = Channel.CreateUnbounded<string>();
            _ = ReadOnAsync(_service, _lines.Writer); // Else its pipe fills and it stops.
            return;
        }
        Assert.Fail(string.Join('\n', log) + await _service.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>The next line of the service's log that holds this text.</summary>
    public async Task<string> LineAsync(string text)
    {
        using var limit = Limit();
        await foreach (var line in _lines.Reader.ReadAllAsync(limit.Token))
            if (line.Contains(text, StringComparison.Ordinal))
                return line;
        throw new InvalidOperationException($"The service ended without saying '{text}'.");
    }

    /// <summary>Of a wait for the service: one without end would cost the whole run.</summary>
    private static CancellationTokenSource Limit()
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(120));
        return limit;
    }

    private static async Task ReadOnAsync(Process service, ChannelWriter<string> lines)
    {
        while (await service.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
            lines.TryWrite(line);
        lines.TryComplete();
    }

    public Task<(int Code, string Output)> AtClient(params string[] command) => Command.Try("ip", ["netns", "exec", Client, .. command]);

    public Task<(int Code, string Output)> AtServer(params string[] command) => Command.Try("ip", ["netns", "exec", Server, .. command]);

    /// <summary>What busybox's client learns, by the names it gives its script; empty where it gets no lease.</summary>
    public Task<Dictionary<string, string>> UdhcpcAsync(params string[] more) => UdhcpcAtAsync(Client, "c0", more);

    /// <summary>The same from another namespace's link.</summary>
    public async Task<Dictionary<string, string>> UdhcpcAtAsync(string space, string link, params string[] more)
    {
        var script = Path.Combine(Folder, "udhcpc");
        var learnt = Path.Combine(Folder, "learnt");
        File.Delete(learnt);
        await File.WriteAllTextAsync(script, $"#!/bin/sh\n[ $1 != bound ] || env > {learnt}\n");
        await Command.Run("chmod", "755", script);
        await Command.Try("ip", ["netns", "exec", space, "busybox", "udhcpc", "-f", "-n", "-q", "-t", "3", "-T", "2", "-i", link, "-s", script, .. more]);
        return File.Exists(learnt)
            ? (await File.ReadAllLinesAsync(learnt)).Select(l => l.Split('=', 2)).Where(p => p.Length == 2).DistinctBy(p => p[0]).ToDictionary(p => p[0], p => p[1])
            : [];
    }

    public async ValueTask DisposeAsync()
    {
        await StopServiceAsync();
        if (Possible)
        {
            await Command.Try("ip", "netns", "del", Server);
            await Command.Try("ip", "netns", "del", Client);
        }
        Directory.Delete(Folder, recursive: true);
    }

    public async Task StopServiceAsync()
    {
        if (_service is null)
            return;
        _service.Kill(entireProcessTree: true);
        await _service.WaitForExitAsync(CancellationToken.None);
        _service.Dispose();
        _service = null;
    }
}
