namespace LpmOs.EndToEnd.Lab;

/// <summary>How LpmOs is run in a case: one process with its own store, or three over etcd.</summary>
internal sealed class Deployment : IAsyncDisposable
{
    private const string TasksReady = "http://127.0.0.1:8080/readyz";
    private const string RegionalReady = "http://127.0.0.1:8081/readyz";
    private const string BootReady = "http://127.0.0.1:8082/readyz";

    private readonly List<LpmOsService> _services = [];

    public EtcdServer? Etcd { get; private init; }

    /// <summary>The regional service where it is a process of its own.</summary>
    public LpmOsService? Regional { get; private set; }

    /// <summary>The boot service where it is a process of its own.</summary>
    public LpmOsService? Boot { get; private set; }

    public long ResidentBytes => _services.Sum(service => service.Process.ResidentBytes());

    public static async Task<Deployment> StandaloneAsync(
        LabNetwork network, string dhcpMode, CancellationToken cancellationToken, params IEnumerable<(string Key, string Value)> more)
    {
        var settings = Settings(dhcpMode);
        foreach (var (key, value) in more)
            settings[key] = value;
        settings["Store:Embedded:Path"] = Path.Combine(network.Folder, "lpmos.db");
        var deployment = new Deployment();
        await deployment.StartAsync(network, "LpmOs.Standalone", settings, [TasksReady, RegionalReady, BootReady], cancellationToken);
        return deployment;
    }

    public static async Task<Deployment> SeparateAsync(
        LabNetwork network, string dhcpMode, CancellationToken cancellationToken, params IEnumerable<(string Key, string Value)> more)
    {
        var deployment = new Deployment { Etcd = await EtcdServer.StartAsync(network, cancellationToken) };
        var settings = Settings(dhcpMode);
        foreach (var (key, value) in more)
            settings[key] = value;
        settings["Store:Provider"] = "etcd";
        settings["Store:Etcd:Endpoints"] = EtcdServer.Endpoint;
        await deployment.StartAsync(network, "LpmOs.Tasks", settings, [TasksReady], cancellationToken);
        deployment.Regional = await deployment.StartAsync(network, "LpmOs.Regional", settings, [RegionalReady], cancellationToken);
        deployment.Boot = await deployment.StartAsync(network, "LpmOs.Boot", settings, [BootReady], cancellationToken);
        return deployment;
    }

    /// <summary>kill -9, then a start with the same settings.</summary>
    public async Task RestartRegionalAsync(CancellationToken cancellationToken)
    {
        var regional = Regional ?? throw new InvalidOperationException("The regional service is no process of its own here.");
        await regional.KillAsync();
        await regional.StartAsync([RegionalReady], cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in Enumerable.Reverse(_services))
            await service.DisposeAsync();
        if (Etcd is not null)
            await Etcd.DisposeAsync();
    }

    private static Dictionary<string, string> Settings(string dhcpMode) => new()
    {
        ["Idc"] = "dc1",
        ["Regional:PublicUrl"] = $"http://{LabNetwork.Address}:8081",
        ["Boot:PublicUrl"] = $"http://{LabNetwork.Address}:8082",
        ["Boot:FilesPath"] = Repository.Files,
        ["Boot:Dhcp:Mode"] = dhcpMode,
        ["Boot:Dhcp:Interface"] = LabNetwork.Bridge,
        ["Boot:Dhcp:Range"] = "10.77.0.100-10.77.0.199",
        ["Templates:Path"] = Repository.Templates,
    };

    private async Task<LpmOsService> StartAsync(
        LabNetwork network, string project, Dictionary<string, string> settings, IReadOnlyList<string> readyUrls, CancellationToken cancellationToken)
    {
        var service = new LpmOsService(network, project, settings);
        _services.Add(service);
        await service.StartAsync(readyUrls, cancellationToken);
        return service;
    }
}
