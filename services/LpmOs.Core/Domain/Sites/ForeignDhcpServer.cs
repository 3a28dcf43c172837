namespace LpmOs.Core.Domain.Sites;

/// <summary>Another DHCP or PXE server that a boot service hears on its network: the value of <c>/os/{idc}/dhcp/servers/{address}</c>.</summary>
public sealed record ForeignDhcpServer
{
    public const string Addresses = "addresses", Proxy = "proxy";
    public const string Allowed = "allowed", Expected = "expected", Rogue = "rogue", Gone = "gone", Own = "own";

    /// <summary>Its address (DHCP option 54).</summary>
    public required string Server { get; init; }
    /// <summary>MAC that its answers came from: its own, or that of the relay or router before it.</summary>
    public required string Mac { get; init; }
    /// <summary>Interface of the boot service.</summary>
    public required string Interface { get; init; }
    /// <summary><c>addresses</c>: gives addresses; <c>proxy</c>: boot answers alone.</summary>
    public required string Kind { get; init; }
    /// <summary><c>allowed</c> by the setting; <c>expected</c>: the network's own server beside a proxy or with DHCP off; <c>rogue</c>: must not be there; <c>gone</c>: was rogue and answers no more; <c>own</c>: a boot service of the site, by its own word.</summary>
    public required string Verdict { get; init; }
    /// <summary>The last address that it gave or offered.</summary>
    public string? Offered { get; init; }
    /// <summary>The network of that address, as <c>10.0.0.0/24</c>.</summary>
    public string? Network { get; init; }
    public string? Router { get; init; }
    /// <summary>What it tells machines to boot.</summary>
    public string? BootFile { get; init; }
    public string? NextServer { get; init; }
    public required DateTimeOffset FirstSeen { get; init; }
    /// <summary>To about a minute.</summary>
    public required DateTimeOffset LastSeen { get; init; }
}
