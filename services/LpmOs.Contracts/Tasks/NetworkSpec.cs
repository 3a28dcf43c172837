namespace LpmOs.Contracts.Tasks;

/// <summary>Network of the installed system. Without interfaces: DHCP on the boot interface.</summary>
public sealed record NetworkSpec
{
    /// <summary>At most 16.</summary>
    public IReadOnlyList<InterfaceSpec> Interfaces { get; init => field = value ?? []; } = [];
}

/// <summary>An interface of the machine, or a bond, VLAN or bridge made of others in the same list.</summary>
public sealed record InterfaceSpec
{
    /// <summary>MAC of the interface; null stands for the boot interface. Only of <c>ethernet</c>.</summary>
    public string? Mac { get; init; }
    public bool Dhcp4 { get; init; } = true;
    /// <summary>Static addresses in CIDR form, for example <c>10.0.0.5/24</c>.</summary>
    public IReadOnlyList<string> Addresses { get; init => field = value ?? []; } = [];
    /// <summary>Default router, IPv4 or IPv6.</summary>
    public string? Gateway { get; init; }
    public IReadOnlyList<string> Dns { get; init => field = value ?? []; } = [];

    /// <summary>See <see cref="InterfaceKinds"/>; null is <c>ethernet</c>. Left out in a request, it follows from <c>bond</c>, <c>vlan</c> or <c>bridge</c>.</summary>
    public string? Kind { get; init; }
    /// <summary>
    /// 1 to 15 letters, digits or any of . _ - beginning with a letter, once in the list. A bond, VLAN or bridge bears it in the installed system;
    /// of an <c>ethernet</c> it is only the word by which others in the list speak of it.
    /// </summary>
    public string? Name { get; init; }
    /// <summary>Instead of <see cref="Mac"/>: PCI slot (<c>0000:3b:00.0</c>) or name (<c>eth1</c>) as the machine's hardware report shows them. A plan has the MAC in its place.</summary>
    public string? Slot { get; init; }
    /// <summary>Addresses by DHCPv6; null: no.</summary>
    public bool? Dhcp6 { get; init; }
    /// <summary>Takes addresses and routes from IPv6 router advertisements; null: as the installed system does by itself.</summary>
    public bool? AcceptRa { get; init; }
    /// <summary>Default router of IPv6, beside one of IPv4 in <see cref="Gateway"/>.</summary>
    public string? Gateway6 { get; init; }
    /// <summary>At most 32.</summary>
    public IReadOnlyList<RouteSpec>? Routes { get; init; }
    /// <summary>Domains in which short names are looked up, at most 6.</summary>
    public IReadOnlyList<string>? Search { get; init; }
    /// <summary>68 to 9216 bytes, at least 1280 with IPv6.</summary>
    public int? Mtu { get; init; }
    /// <summary>With kind <c>bond</c>.</summary>
    public BondSpec? Bond { get; init; }
    /// <summary>With kind <c>vlan</c>.</summary>
    public VlanSpec? Vlan { get; init; }
    /// <summary>With kind <c>bridge</c>.</summary>
    public BridgeSpec? Bridge { get; init; }
}

/// <summary>Values of <see cref="InterfaceSpec.Kind"/>.</summary>
public static class InterfaceKinds
{
    public const string Ethernet = "ethernet";
    public const string Bond = "bond";
    public const string Vlan = "vlan";
    public const string Bridge = "bridge";

    public static IReadOnlyList<string> All { get; } = [Ethernet, Bond, Vlan, Bridge];
}

/// <summary>Several interfaces as one.</summary>
public sealed record BondSpec
{
    public const int LongestMiimon = 10_000;
    public const int UsualMiimon = 100;

    public static IReadOnlyList<string> Modes { get; } = ["802.3ad", "active-backup"];
    public static IReadOnlyList<string> LacpRates { get; } = ["slow", "fast"];
    public static IReadOnlyList<string> HashPolicies { get; } = ["layer2", "layer2+3", "layer3+4"];

    /// <summary><c>802.3ad</c> (LACP) or <c>active-backup</c>.</summary>
    public required string Mode { get; init; }
    /// <summary>Names of <c>ethernet</c> interfaces in the list, which then have no address of their own.</summary>
    public required IReadOnlyList<string> Members { get; init; }
    /// <summary>Milliseconds between looks at the link, 10 to 10,000; null: 100.</summary>
    public int? Miimon { get; init; }
    /// <summary><c>slow</c> or <c>fast</c>, with <c>802.3ad</c> alone; null: slow.</summary>
    public string? LacpRate { get; init; }
    /// <summary><c>layer2</c>, <c>layer2+3</c> or <c>layer3+4</c>, with <c>802.3ad</c> alone; null: the kernel's, layer2.</summary>
    public string? HashPolicy { get; init; }
    /// <summary>The member that is used while it is up, with <c>active-backup</c> alone; null: any.</summary>
    public string? Primary { get; init; }
}

/// <summary>A tagged network (IEEE 802.1Q) on another interface.</summary>
public sealed record VlanSpec
{
    /// <summary>1 to 4094.</summary>
    public required int Id { get; init; }
    /// <summary>Name of an <c>ethernet</c>, <c>bond</c> or <c>bridge</c> in the list.</summary>
    public required string Link { get; init; }
}

/// <summary>A switch in the kernel.</summary>
public sealed record BridgeSpec
{
    /// <summary>Names of <c>ethernet</c>, <c>bond</c> or <c>vlan</c> interfaces in the list, which then have no address of their own.</summary>
    public required IReadOnlyList<string> Ports { get; init; }
    /// <summary>Spanning tree (IEEE 802.1D); null: off.</summary>
    public bool? Stp { get; init; }
}

/// <summary>A static route.</summary>
public sealed record RouteSpec
{
    /// <summary>Network in CIDR form, or <c>default</c> for that of the family of <see cref="Via"/>.</summary>
    public required string To { get; init; }
    /// <summary>Router, of the same family.</summary>
    public required string Via { get; init; }
    /// <summary>0 to 4294967294; smaller ones come first. Null: the system's usual one.</summary>
    public long? Metric { get; init; }
}
