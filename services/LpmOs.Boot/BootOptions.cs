using System.Globalization;
using System.Net;
using LpmOs.Boot.Dhcp;
using LpmOs.Core.Hosting;

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
    private const int DefaultRegionalPort = 8081;

    /// <summary><c>Boot:PublicUrl</c>: what firmware is told, without a slash at the end. Null: the address of ours that was asked.</summary>
    public string? PublicUrl { get; private init; }
    /// <summary>Port of the first of <c>Boot:Urls</c>, for answers that did not come by HTTP.</summary>
    public int HttpPort { get; private init; }
    /// <summary><c>Regional:PublicUrl</c>: what agents are told. Null: the host of the boot URL, with the port of <c>Regional:Urls</c>.</summary>
    public string? RegionalUrl { get; private init; }
    public int RegionalPort { get; private init; }
    public required string FilesPath { get; init; }
    public required string TemplatesPath { get; init; }
    /// <summary><c>Boot:KernelArguments</c>: consoles and the like, added to every kernel command line of ours.</summary>
    public required string KernelArguments { get; init; }
    /// <summary><c>Boot:TokenLifetime</c>: an agent may wait that long for its approval.</summary>
    public required TimeSpan TokenLifetime { get; init; }
    /// <summary><c>Boot:SecureBoot</c>.</summary>
    public SecureBootMode SecureBoot { get; private init; }
    public required TftpOptions Tftp { get; init; }
    public required DhcpOptions Dhcp { get; init; }
    public SentinelOptions Sentinel { get; private init; } = new(false, TimeSpan.FromMinutes(5), new HashSet<string>());

    internal sealed record TftpOptions(bool Enabled, int Port, IPAddress? Address);

    /// <param name="Allowed">Addresses and MACs of servers that may be there.</param>
    internal sealed record SentinelOptions(bool Enabled, TimeSpan Interval, IReadOnlySet<string> Allowed);

    internal sealed record DhcpOptions
    {
        public required DhcpMode Mode { get; init; }
        public string? Interface { get; init; }
        /// <summary>Set in full mode.</summary>
        public AddressRange Range { get; init; }
        /// <summary>Null: the interface's own.</summary>
        public IPAddress? Netmask { get; init; }
        public IReadOnlyList<IPAddress> Routers { get; init; } = [];
        public IReadOnlyList<IPAddress> DnsServers { get; init; } = [];
        public TimeSpan LeaseTime { get; init; }
        /// <summary><c>Boot:Dhcp:RouterAdvertisements</c>, see <see cref="RouterAdvertiser"/>.</summary>
        public bool RouterAdvertisements { get; init; }
    }

    /// <exception cref="SettingException">A setting is not allowed; the message names it.</exception>
    public static BootOptions Read(IConfiguration configuration)
    {
        var settings = new SettingReader(configuration);
        return new BootOptions
        {
            PublicUrl = settings.Url("Boot:PublicUrl"),
            HttpPort = settings.FirstPort("Boot:Urls", BootService.DefaultUrls),
            RegionalUrl = settings.Url("Regional:PublicUrl"),
            RegionalPort = settings.FirstPort("Regional:Urls", string.Create(CultureInfo.InvariantCulture, $"http://0.0.0.0:{DefaultRegionalPort}")),
            FilesPath = settings.Text("Boot:FilesPath") ?? "data/files",
            TemplatesPath = settings.FolderWith("Templates:Path", "templates", "ipxe/entry.ipxe"),
            KernelArguments = settings.KernelArguments("Boot:KernelArguments", "console=tty0 console=ttyS0,115200"),
            TokenLifetime = settings.Duration("Boot:TokenLifetime", TimeSpan.FromDays(30), TimeSpan.FromMinutes(10), TimeSpan.FromDays(365)),
            SecureBoot = settings.SecureBoot("Boot:SecureBoot"),
            Tftp = new TftpOptions(settings.Bool("Boot:Tftp:Enabled", true), settings.Port("Boot:Tftp:Port", 69), settings.AnyAddress("Boot:Tftp:Address")),
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
            Interface = settings.Text("Boot:Dhcp:Interface"),
            Netmask = settings.Netmask("Boot:Dhcp:Netmask"),
            RouterAdvertisements = settings.Bool("Boot:Dhcp:RouterAdvertisements", true),
            Routers = settings.Addresses("Boot:Dhcp:Router"),
            DnsServers = settings.Addresses("Boot:Dhcp:Dns"),
            LeaseTime = settings.Duration("Boot:Dhcp:LeaseTime", TimeSpan.FromHours(1), TimeSpan.FromMinutes(2), TimeSpan.FromDays(365)),
        };
        if (mode != DhcpMode.Full)
            return options;
        return options with
        {
            Range = AddressRange.TryParse(settings.Text("Boot:Dhcp:Range"), out var range, out var error) ? range
                : throw new SettingException("Boot:Dhcp:Range", settings.Text("Boot:Dhcp:Range"), $"the addresses to give out in mode full; {error}"),
        };
    }
}
