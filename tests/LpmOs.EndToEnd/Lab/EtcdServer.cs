namespace LpmOs.EndToEnd.Lab;

/// <summary>A real etcd inside the lab.</summary>
internal sealed class EtcdServer : IAsyncDisposable
{
    public const string Endpoint = "http://127.0.0.1:2379";
    private readonly LabNetwork _network;
    private readonly BackgroundProcess _process;

    private EtcdServer(LabNetwork network, BackgroundProcess process)
    {
        _network = network;
        _process = process;
    }

    public static async Task<EtcdServer> StartAsync(LabNetwork network, CancellationToken cancellationToken)
    {
        var process = network.Start("etcd", ["--data-dir", Path.Combine(network.Folder, "etcd")], "etcd.log");
        await network.RunAsync($"curl -fsS -o /dev/null --retry 100 --retry-delay 0 --retry-all-errors --retry-max-time 30 {Endpoint}/health", cancellationToken);
        return new EtcdServer(network, process);
    }

    /// <summary>What <c>etcdctl get --prefix</c> shows, keys and values on lines of their own.</summary>
    public async Task<string> GetPrefixAsync(string prefix, CancellationToken cancellationToken) =>
        await _network.RunAsync($"env ETCDCTL_API=3 etcdctl --endpoints={Endpoint} get --prefix {prefix}", cancellationToken);

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
