namespace LpmOs.Testing;

/// <summary>A real etcd member on loopback with a data folder of its own; keeps its address and data over restarts.</summary>
public sealed class EtcdProcess : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EtcdSettings _settings;
    private readonly int _clientPort = LoopbackPorts.Next();
    private readonly int _peerPort = LoopbackPorts.Next();
    private string _initialCluster;
    private ServerProcess? _server;

    private EtcdProcess(string name, EtcdSettings settings)
    {
        Name = name;
        _settings = settings;
        _initialCluster = $"{name}={PeerUrl}";
    }

    public string Name { get; }

    public Uri Endpoint => new($"{(_settings.Certificates is null ? "http" : "https")}://127.0.0.1:{_clientPort}");

    /// <summary>What etcd logged last.</summary>
    public string Output => _server?.Output ?? "";

    private string PeerUrl => $"http://127.0.0.1:{_peerPort}";

    /// <summary>A cluster of one.</summary>
    public static async Task<EtcdProcess> StartAsync(EtcdSettings? settings = null)
    {
        var etcd = new EtcdProcess("m0", settings ?? new());
        await etcd.StartAsync();
        return etcd;
    }

    /// <summary>Members of one cluster, all started and with a leader.</summary>
    internal static async Task<EtcdProcess[]> StartClusterAsync(int size, EtcdSettings settings)
    {
        var members = Enumerable.Range(0, size).Select(i => new EtcdProcess($"m{i}", settings)).ToArray();
        var cluster = string.Join(',', members.Select(m => m._initialCluster));
        foreach (var member in members)
        {
            member._initialCluster = cluster;
            member._server = member.Launch();
        }

        foreach (var member in members)
            await member._server!.ReadyAsync();
        return members;
    }

    /// <summary>Starts it again after it was killed or terminated.</summary>
    public async Task StartAsync()
    {
        if (_server is { } old)
            await old.DisposeAsync();
        _server = Launch();
        await _server.ReadyAsync();
    }

    /// <summary>Starts it with its data lost, as after a broken disk or a careless hand.</summary>
    public Task StartEmptyAsync()
    {
        Directory.Delete(_folder.File("data"), recursive: true);
        return StartAsync();
    }

    /// <summary>Starts it with the data of a backup (<c>etcdctl snapshot save</c>), as after a repair: the revisions go back to what they were then.</summary>
    public async Task StartFromBackupAsync(string backup)
    {
        Directory.Delete(_folder.File("data"), recursive: true);
        await CtlAsync("snapshot", "restore", backup, "--name", Name, "--data-dir", _folder.File("data"), "--initial-cluster", _initialCluster, "--initial-advertise-peer-urls", PeerUrl);
        await StartAsync();
    }

    /// <summary>Waits until it is gone, for whatever reason.</summary>
    public Task EndedAsync(CancellationToken cancellationToken) => _server!.ExitCodeAsync(cancellationToken);

    public Task KillAsync() => _server!.KillAsync();

    public Task TerminateAsync() => _server!.TerminateAsync();

    public void Freeze() => _server!.Freeze();

    public void Thaw() => _server!.Thaw();

    /// <summary>Runs etcdctl against this member: the second program that judges ours.</summary>
    public Task<string> CtlAsync(params string[] arguments) => EtcdCtl.RunAsync([Endpoint], _settings.Certificates, arguments);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _folder.Dispose();
    }

    private ServerProcess Launch()
    {
        string[] arguments =
        [
            "--name", Name,
            "--data-dir", _folder.File("data"),
            "--listen-client-urls", Endpoint.GetLeftPart(UriPartial.Authority),
            "--advertise-client-urls", Endpoint.GetLeftPart(UriPartial.Authority),
            "--listen-peer-urls", PeerUrl,
            "--initial-advertise-peer-urls", PeerUrl,
            "--initial-cluster", _initialCluster,
            "--logger", "zap",
            "--log-outputs", "stderr",
            .. _settings.Certificates is { } tls
                ? ["--cert-file", tls.ServerCertificate, "--key-file", tls.ServerKey, "--trusted-ca-file", tls.Authority, "--client-cert-auth"]
                : Array.Empty<string>(),
            .. _settings.Flags,
        ];
        return ServerProcess.Start(
            RequiredProgram.Find("etcd", "etcd-server"),
            arguments,
            line => line.Contains("serving client traffic", StringComparison.Ordinal) || line.Contains("serving insecure client requests", StringComparison.Ordinal));
    }
}
