using System.Net;
using LpmOs.Boot.Dhcp;
using LpmOs.Core.Hosting;
using LpmOs.Core.Security;

namespace LpmOs.Boot;

/// <summary>What <c>Boot:Dhcp:Mode</c> may be.</summary>
internal enum DhcpMode
{
    Off,
    /// <summary>Boot answers only, beside the network's own DHCP server.</summary>
    Proxy,
    /// <summary>Addresses and boot answers.</summary>
    Full,
}

/// <summary>What <c>Boot:SecureBoot</c> may be: when UEFI x64 firmware is given shim and signed GRUB instead of iPXE.</summary>
internal enum SecureBootMode
{
    /// <summary>Where the machine needs it; see <see cref="UefiLoaders"/>.</summary>
    Auto,
    Always,
    Never,
}

/// <summary>Settings of the boot service, read and checked once, at start.</summary>
internal sealed record BootOptions
{
    private const string DefaultRegionalUrls = "http://0.0.0.0:8081";

    /// <summary><c>Boot:PublicUrl</c>: what firmware is told, without a slash at the end. Null: the address of ours that was asked.</summary>
    public string? PublicUrl { get; private init; }
    /// <summary>Port of the first of <c>Boot:Urls</c>, for answers that did not come by HTTP.</summary>
    public int HttpPort { get; private init; }
    /// <summary>The first of them that speaks no TLS; null: all do.</summary>
    public int? PlainPort { get; private init; }
    /// <summary><c>Boot:IpxeHttps</c>: an iPXE that says that it was built with HTTPS is given the address that speaks TLS.</summary>
    public bool IpxeHttps { get; private init; } = true;
    /// <summary>Ports of <c>Boot:Urls</c> that speak TLS.</summary>
    public IReadOnlySet<int> HttpsPorts { get; private init; } = new HashSet<int>();
    /// <summary><c>Regional:PublicUrl</c>: what agents are told. Null: the host of the boot URL, with scheme and port of the first of <c>Regional:Urls</c>.</summary>
    public string? RegionalUrl { get; private init; }
    public int RegionalPort { get; private init; }
    public string RegionalScheme { get; private init; } = "http";
    /// <summary><c>Boot:CaFile</c>: authorities that agents trust, and no others, when they call this site's services by https. Null: those of the boot image.</summary>
    public AgentAuthorities? Authorities { get; private init; }
    public required string FilesPath { get; init; }
    public required string TemplatesPath { get; init; }
    /// <summary><c>Boot:KernelArguments</c>: consoles and the like, added to every kernel command line of ours.</summary>
    public required string KernelArguments { get; init; }
    /// <summary><c>Boot:TokenLifetime</c>: of an agent's token; it is renewed while the agent is in contact.</summary>
    public required TimeSpan TokenLifetime { get; init; }
    /// <summary><c>Boot:SecureBoot</c>.</summary>
    public SecureBootMode SecureBoot { get; private init; }
    /// <summary><c>Boot:Assets:AllowLoopback</c>: files of vendors may be fetched from this host itself.</summary>
    public bool AssetsFromLoopback { get; private init; }
    public required TftpOptions Tftp { get; init; }
    public required DhcpOptions Dhcp { get; init; }
    public SentinelOptions Sentinel { get; private init; } = new(false, TimeSpan.FromMinutes(5), new HashSet<string>());

    internal sealed record TftpOptions(bool Enabled, int Port, IPAddress? Address, int? MaxBlockSize);

    /// <param name="Allowed">Addresses and MACs of servers that may be there.</param>
    internal sealed record SentinelOptions(bool Enabled, TimeSpan Interval, IReadOnlySet<string> Allowed);

    internal sealed record DhcpOptions
    {
        public required DhcpMode Mode { get; init; }
        /// <summary><c>Boot:Dhcp:Interface</c>; empty: the only one that could be meant.</summary>
        public IReadOnlyList<string> Interfaces { get; init; } = [];
        /// <summary>Set in full mode.</summary>
        public AddressRange Range { get; init; }
        /// <summary>Null: the interface's own.</summary>
        public IPAddress? Netmask { get; init; }
        public IReadOnlyList<IPAddress> Routers { get; init; } = [];
        public IReadOnlyList<IPAddress> DnsServers { get; init; } = [];
        public IReadOnlyList<IPAddress> NtpServers { get; init; } = [];
        public string? Domain { get; init; }
        public ushort? Mtu { get; init; }
        public IReadOnlyList<ClasslessRoute> Routes { get; init; } = [];
        /// <summary><c>Boot:Dhcp:Reservations</c>: MAC or serial number to address.</summary>
        public IReadOnlyDictionary<string, IPAddress> Reservations { get; init; } = new Dictionary<string, IPAddress>();
        /// <summary><c>Boot:Dhcp:ConflictProbe</c>, see <see cref="AddressProbe"/>.</summary>
        public bool ConflictProbe { get; init; }
        /// <summary><c>Boot:Dhcp:ConflictProbeTime</c>: so long an answer is waited for. On a wire it takes less than a millisecond; firmware waits a second or more for offers.</summary>
        public TimeSpan ConflictProbeTime { get; init; }
        /// <summary><c>Boot:Dhcp:Subnets:0:…</c>: further networks, behind relays or on the same wire.</summary>
        public IReadOnlyList<DhcpNetwork> Subnets { get; init; } = [];
        public TimeSpan LeaseTime { get; init; }
        /// <summary><c>Boot:Dhcp:RouterAdvertisements</c>, see <see cref="RouterAdvertiser"/>.</summary>
        public bool RouterAdvertisements { get; init; }
    }

    /// <exception cref="SettingException">A setting is not allowed; the message names it.</exception>
    public static BootOptions Read(IConfiguration configuration)
    {
        var settings = new SettingReader(configuration);
        var boot = settings.Listening("Boot:Urls", BootService.DefaultUrls);
        var regional = settings.Listening("Regional:Urls", DefaultRegionalUrls)[0];
        return new BootOptions
        {
            PublicUrl = settings.Url("Boot:PublicUrl"),
            HttpPort = boot[0].Port,
            PlainPort = boot.FirstOrDefault(url => url.Scheme == Uri.UriSchemeHttp)?.Port,
            IpxeHttps = settings.Bool("Boot:IpxeHttps", true),
            HttpsPorts = boot.Where(url => url.Scheme == Uri.UriSchemeHttps).Select(url => url.Port).ToHashSet(),
            RegionalUrl = settings.Url("Regional:PublicUrl"),
            RegionalPort = regional.Port,
            RegionalScheme = regional.Scheme,
            Authorities = settings.Authorities("Boot:CaFile") is { } pem ? AgentAuthorities.Of(pem) : null,
            FilesPath = settings.Text("Boot:FilesPath") ?? "data/files",
            TemplatesPath = settings.FolderWith("Templates:Path", "templates", "ipxe/entry.ipxe"),
            KernelArguments = settings.KernelArguments("Boot:KernelArguments", "console=tty0 console=ttyS0,115200"),
            TokenLifetime = settings.Duration("Boot:TokenLifetime", MachineTokens.AgentLife, TimeSpan.FromMinutes(10), TimeSpan.FromDays(365)),
            SecureBoot = settings.SecureBoot("Boot:SecureBoot"),
            AssetsFromLoopback = settings.Bool("Boot:Assets:AllowLoopback", false),
            Tftp = new TftpOptions(settings.Bool("Boot:Tftp:Enabled", true), settings.Port("Boot:Tftp:Port", 69), settings.AnyAddress("Boot:Tftp:Address"), settings.BlockSize("Boot:Tftp:MaxBlockSize")),
            Dhcp = ReadDhcp(settings),
            Sentinel = new SentinelOptions(settings.Bool("Boot:Sentinel:Enabled", true),
                settings.Duration("Boot:Sentinel:Interval", TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)), settings.Servers("Boot:Sentinel:Allowed")),
        };
    }

    private static DhcpOptions ReadDhcp(SettingReader settings)
    {
        var mode = settings.Mode("Boot:Dhcp:Mode");
        var options = new DhcpOptions
        {
            Mode = mode,
            Interfaces = settings.Interfaces("Boot:Dhcp:Interface"),
            Netmask = settings.Netmask("Boot:Dhcp:Netmask"),
            RouterAdvertisements = settings.Bool("Boot:Dhcp:RouterAdvertisements", true),
            Routers = settings.Addresses("Boot:Dhcp:Router"),
            DnsServers = settings.Addresses("Boot:Dhcp:Dns"),
            LeaseTime = settings.Duration("Boot:Dhcp:LeaseTime", TimeSpan.FromHours(1), TimeSpan.FromMinutes(2), TimeSpan.FromDays(365)),
            NtpServers = settings.Addresses("Boot:Dhcp:Ntp"),
            Domain = settings.Domain("Boot:Dhcp:Domain"),
            Mtu = settings.Mtu("Boot:Dhcp:Mtu"),
            Routes = settings.Routes("Boot:Dhcp:Routes"),
            Reservations = settings.Reservations("Boot:Dhcp:Reservations"),
            ConflictProbe = settings.Bool("Boot:Dhcp:ConflictProbe", true),
            ConflictProbeTime = settings.Duration("Boot:Dhcp:ConflictProbeTime", TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(10)),
        };
        if (mode != DhcpMode.Full)
            return options;
        return options with
        {
            Range = settings.Range("Boot:Dhcp:Range"),
            Subnets = [.. settings.Numbered("Boot:Dhcp:Subnets").Select(key => Subnet(settings, key, options))],
        };
    }

    /// <summary>What a further network does not say is as in the first, apart from its router.</summary>
    private static DhcpNetwork Subnet(SettingReader settings, string key, DhcpOptions first)
    {
        T Own<T>(string name, Func<string, T> read, T otherwise) => settings.Text($"{key}:{name}") is null ? otherwise : read($"{key}:{name}");
        var network = new DhcpNetwork
        {
            Range = settings.Range($"{key}:Range"),
            Netmask = settings.Netmask($"{key}:Netmask") ?? throw new SettingException($"{key}:Netmask", null, "a netmask such as 255.255.255.0"),
            Routers = settings.Addresses($"{key}:Router"),
            DnsServers = Own("Dns", settings.Addresses, first.DnsServers),
            NtpServers = Own("Ntp", settings.Addresses, first.NtpServers),
            Domain = Own("Domain", settings.Domain, first.Domain),
            Mtu = Own("Mtu", settings.Mtu, first.Mtu),
            Routes = Own("Routes", settings.Routes, []),
            LeaseTime = Own("LeaseTime", name => settings.Duration(name, first.LeaseTime, TimeSpan.FromMinutes(2), TimeSpan.FromDays(365)), first.LeaseTime),
        };
        return network.IsLocal(AddressRange.ToAddress(network.Range.Last)) ? network
            : throw new SettingException($"{key}:Range", network.Range.ToString(), $"addresses of one network; with netmask {network.Netmask} its ends are in two");
    }
}
