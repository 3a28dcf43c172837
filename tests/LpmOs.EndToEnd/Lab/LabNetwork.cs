using System.Globalization;

namespace LpmOs.EndToEnd.Lab;

/// <summary>
/// A network namespace with one bridge, 10.77.0.1/24, and a tap for the machine. It has no way out, and no one outside is reached.
/// </summary>
internal sealed class LabNetwork : IAsyncDisposable
{
    public const string Address = "10.77.0.1";
    public const string Bridge = "br0";

    private BackgroundProcess? _dhcp;

    private LabNetwork(string name, string folder)
    {
        Name = name;
        Folder = folder;
    }

    public string Name { get; }

    public string Folder { get; }

    private string DhcpName => Name + "d";

    public static async Task<LabNetwork> CreateAsync(string caseName, string folder, CancellationToken cancellationToken)
    {
        var prefix = Environment.GetEnvironmentVariable("LPMOS_E2E_PREFIX") ?? "lpmos";
        var network = new LabNetwork($"{prefix}{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}{caseName}", folder);
        await Command.RunAsync("ip", ["netns", "add", network.Name], cancellationToken);
        await network.RunAsync("ip link set lo up", cancellationToken);
        await network.RunAsync($"ip link add {Bridge} type bridge forward_delay 0 stp_state 0", cancellationToken);
        await network.RunAsync($"ip addr add {Address}/24 dev {Bridge}", cancellationToken);
        await network.RunAsync($"ip -6 addr add fd77::1/64 dev {Bridge} nodad", cancellationToken);
        await network.RunAsync($"ip link set {Bridge} up", cancellationToken);
        await network.AddTapAsync("tap0", cancellationToken);
        return network;
    }

    /// <summary>One more cable from the bridge to the machine.</summary>
    public async Task AddTapAsync(string name, CancellationToken cancellationToken)
    {
        await RunAsync($"ip tuntap add dev {name} mode tap", cancellationToken);
        await RunAsync($"ip link set {name} master {Bridge} up", cancellationToken);
    }

    /// <summary>A plain DHCP server on the same wire, a site's own: it gives addresses and knows nothing of network boot.</summary>
    /// <param name="more">Lines of dnsmasq.conf(5) that the site has added.</param>
    public async Task StartForeignDhcpAsync(CancellationToken cancellationToken, string more = "")
    {
        var configuration = Path.Combine(Folder, "foreign-dnsmasq.conf");
        await File.WriteAllTextAsync(configuration, more, cancellationToken);
        await Command.RunAsync("ip", ["netns", "add", DhcpName], cancellationToken);
        await RunAsync($"ip link add foreign type veth peer name eth0 netns {DhcpName}", cancellationToken);
        await RunAsync($"ip link set foreign master {Bridge} up", cancellationToken);
        foreach (var line in new[] { "ip link set lo up", "ip addr add 10.77.0.2/24 dev eth0", "ip link set eth0 up" })
        {
            await Command.RunAsync("ip", ["netns", "exec", DhcpName, .. line.Split(' ')], cancellationToken);
        }

        _dhcp = BackgroundProcess.Start(
            "ip",
            ["netns", "exec", DhcpName, "dnsmasq", "--keep-in-foreground", $"--conf-file={configuration}", "--port=0", "--interface=eth0", "--no-ping",
             "--dhcp-range=10.77.0.100,10.77.0.199,255.255.255.0,1h", "--dhcp-authoritative", "--user=root", "--log-dhcp", "--log-facility=-",
             $"--dhcp-leasefile={Folder}/foreign.leases", $"--pid-file={Folder}/foreign.pid"],
            Path.Combine(Folder, "foreign-dhcp.log"));
    }

    /// <summary>Starts a program inside the namespace; the caller owns it.</summary>
    public BackgroundProcess Start(
        string program, IEnumerable<string> arguments, string logName, IReadOnlyDictionary<string, string>? environment = null, bool typed = false) =>
        BackgroundProcess.Start("ip", ["netns", "exec", Name, program, .. arguments], Path.Combine(Folder, logName), environment, typed);

    /// <summary>Runs a program inside the namespace to its end.</summary>
    public Task<(int Code, string Output, string Error)> TryAsync(IEnumerable<string> command, CancellationToken cancellationToken) =>
        Command.TryAsync("ip", ["netns", "exec", Name, .. command], cancellationToken);

    public Task<string> RunAsync(string command, CancellationToken cancellationToken) =>
        Command.RunAsync("ip", ["netns", "exec", Name, .. command.Split(' ')], cancellationToken);

    /// <summary>Switches the site's own DHCP server off; another one may be started.</summary>
    public async Task StopForeignDhcpAsync()
    {
        if (_dhcp is null)
            return;
        await _dhcp.DisposeAsync();
        _dhcp = null;
        await Command.TryAsync("ip", ["netns", "del", DhcpName], CancellationToken.None);
        await TryAsync(["ip", "link", "del", "foreign"], CancellationToken.None); // Gone with the namespace, as a rule.
    }

    public async ValueTask DisposeAsync()
    {
        await StopForeignDhcpAsync();

        await Command.TryAsync("ip", ["netns", "del", Name], CancellationToken.None);
    }
}
