using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Target.Network;

/// <summary>One interface of the new system, every value checked and in canonical form.</summary>
internal sealed record NetworkPlan
{
    /// <summary>Place in the list.</summary>
    public required int Number { get; init; }
    /// <summary>See <see cref="InterfaceKinds"/>.</summary>
    public required string Kind { get; init; }
    /// <summary>How others speak of it; a bond, VLAN or bridge bears it.</summary>
    public required string Id { get; init; }
    /// <summary>Of the interface; of a bond or bridge that of its first part, of a VLAN that of its link.</summary>
    public required string Mac { get; init; }
    public required bool Dhcp4 { get; init; }
    public bool Dhcp6 { get; init; }
    public bool? AcceptRa { get; init; }
    public required IReadOnlyList<string> Addresses { get; init; }
    /// <summary>Default routers, at most one a family.</summary>
    public required IReadOnlyList<string> Gateways { get; init; }
    public IReadOnlyList<RouteSpec> Routes { get; init; } = [];
    public required IReadOnlyList<string> Dns { get; init; }
    public IReadOnlyList<string> Search { get; init; } = [];
    public int? Mtu { get; init; }
    public BondSpec? Bond { get; init; }
    public VlanSpec? Vlan { get; init; }
    public BridgeSpec? Bridge { get; init; }
    /// <summary>The bond or bridge that it is part of.</summary>
    public NetworkPlan? Owner { get; init; }
    /// <summary>Others bear its MAC too: it must be told apart from them by more.</summary>
    public bool IsShared { get; init; }

    public bool IsEthernet => Kind == InterfaceKinds.Ethernet;
    /// <summary>It has a network of its own.</summary>
    public bool HasNetwork => Dhcp4 || Dhcp6 || AcceptRa == true || Addresses.Count > 0;
    public IEnumerable<string> Addresses4 => Addresses.Where(address => !IsSix(address));
    public IEnumerable<string> Addresses6 => Addresses.Where(IsSix);

    /// <summary>The plan's interfaces, parts before what is made of them nowhere promised; without any, DHCP on the boot interface.</summary>
    /// <exception cref="InstallException">A value is not one, or a part is missing.</exception>
    public static IReadOnlyList<NetworkPlan> From(NetworkSpec network, string bootMac)
    {
        var specs = network.Interfaces.Count > 0 ? network.Interfaces : [new InterfaceSpec()];
        var all = specs.Select((spec, number) => Read(spec, number, bootMac)).ToList();
        var byId = new Dictionary<string, NetworkPlan>(StringComparer.Ordinal);
        foreach (var plan in all)
        {
            if (!byId.TryAdd(plan.Id, plan))
                throw Invalid("network.interfaces.name", plan.Id, "names that are given once");
        }
        var macs = all.ToDictionary(plan => plan.Id, plan => MacOf(plan, byId, 0));
        var named = all.Select(plan => plan with { Mac = macs[plan.Id], IsShared = all.Any(other => Parts(other).Contains(plan.Id)) }).ToList();
        return [.. named.Select(plan => plan with { Owner = named.Find(other => (other.Bond?.Members ?? other.Bridge?.Ports ?? []).Contains(plan.Id)) })];
    }

    public static bool IsSix(string address) => address.Contains(':', StringComparison.Ordinal);

    private static IEnumerable<string> Parts(NetworkPlan plan) => plan.Bond?.Members ?? plan.Bridge?.Ports ?? (plan.Vlan is { } vlan ? [vlan.Link] : (IReadOnlyList<string>)[]);

    private static string MacOf(NetworkPlan plan, Dictionary<string, NetworkPlan> byId, int depth)
    {
        if (plan.IsEthernet)
            return plan.Mac;
        foreach (var part in Parts(plan))
        {
            if (!byId.ContainsKey(part) || part == plan.Id || depth > byId.Count)
                throw Invalid("network.interfaces." + plan.Kind, part, $"names of other interfaces of the plan: {string.Join(", ", byId.Keys)}");
        }
        return MacOf(byId[Parts(plan).First()], byId, depth + 1);
    }

    private static NetworkPlan Read(InterfaceSpec spec, int number, string bootMac)
    {
        var kind = spec.Kind ?? InterfaceKinds.Ethernet;
        if (!InterfaceKinds.All.Contains(kind) || (kind == InterfaceKinds.Bond) != spec.Bond is { Members.Count: > 0 } || (kind == InterfaceKinds.Vlan) != spec.Vlan is not null || (kind == InterfaceKinds.Bridge) != spec.Bridge is { Ports.Count: > 0 })
            throw Invalid("network.interfaces.kind", kind, string.Join(", ", InterfaceKinds.All) + ", with what it is made of");
        if (spec.Bond is { } bond && !(BondSpec.Modes.Contains(bond.Mode) && (bond.LacpRate is null || BondSpec.LacpRates.Contains(bond.LacpRate)) && (bond.HashPolicy is null || BondSpec.HashPolicies.Contains(bond.HashPolicy)) && (bond.Primary is null || bond.Members.Contains(bond.Primary))))
            throw Invalid("network.interfaces.bond", bond.Mode, "a mode, rate, policy and primary that the kernel's bonding has");
        if (spec.Vlan is { Id: < 1 or > 4094 } vlan)
            throw Invalid("network.interfaces.vlan.id", vlan.Id.ToString(CultureInfo.InvariantCulture), "1 to 4094");
        if (spec.Name is { } name ? name.Length is 0 or > 15 || !char.IsAsciiLetter(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-') : kind != InterfaceKinds.Ethernet)
            throw Invalid("network.interfaces.name", spec.Name ?? "", "1 to 15 letters, digits or any of . _ - beginning with a letter");
        return new NetworkPlan
        {
            Number = number, Kind = kind, Id = spec.Name ?? string.Create(CultureInfo.InvariantCulture, $"lpmos{number}"),
            Mac = kind == InterfaceKinds.Ethernet ? HardwareAddress(spec.Mac ?? bootMac) : "",
            Dhcp4 = spec.Dhcp4, Dhcp6 = spec.Dhcp6 ?? false, AcceptRa = spec.AcceptRa, Addresses = [.. spec.Addresses.Select(Cidr)],
            Gateways = [.. new[] { spec.Gateway, spec.Gateway6 }.OfType<string>().Select(gateway => Address("network.interfaces.gateway", gateway))],
            Routes = [.. (spec.Routes ?? []).Select(Route)], Dns = [.. spec.Dns.Select(dns => Address("network.interfaces.dns", dns))],
            Search = [.. (spec.Search ?? []).Select(Domain)], Mtu = spec.Mtu is null or (>= 68 and <= 9216) ? spec.Mtu : throw Invalid("network.interfaces.mtu", $"{spec.Mtu}", "68 to 9216"),
            Bond = spec.Bond, Vlan = spec.Vlan, Bridge = spec.Bridge,
        };
    }

    private static RouteSpec Route(RouteSpec route)
    {
        var via = Address("network.interfaces.routes.via", route.Via);
        return route with { To = route.To == "default" ? IsSix(via) ? "::/0" : "0.0.0.0/0" : Cidr(route.To), Via = via };
    }

    private static string Domain(string text) =>
        text.Length is > 0 and <= 253 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-') ? text : throw Invalid("network.interfaces.search", text, "domains such as example.com");

    private static string HardwareAddress(string text) =>
        text.Length == 17 && text.Split(':') is { Length: 6 } parts && parts.All(part => part.Length == 2 && part.All(char.IsAsciiHexDigit)) ? text.ToLowerInvariant() : throw Invalid("network.interfaces.mac", text, "a MAC address such as 00:1a:2b:3c:4d:5e");

    private static string Cidr(string text)
    {
        if (text.Split('/') is [var address, var bits] && IPAddress.TryParse(address, out var ip) && int.TryParse(bits, NumberStyles.None, CultureInfo.InvariantCulture, out var prefix)
            && prefix <= (ip.AddressFamily == AddressFamily.InterNetwork ? 32 : 128) && ip.ScopeIdIsZero())
            return $"{ip}/{prefix}";
        throw Invalid("network.interfaces.addresses", text, "an address in CIDR form such as 10.0.0.5/24");
    }

    private static string Address(string field, string text) => IPAddress.TryParse(text, out var ip) && ip.ScopeIdIsZero() ? ip.ToString() : throw Invalid(field, text, "an IP address");

    private static InstallException Invalid(string field, string value, string allowed) =>
        new(FailureCodes.PlanInvalid, $"The plan's {field} is '{Printable.Clean(value, 80)}'. Allowed: {allowed}.", "Change the task's network, then retry it.");
}

file static class Scopes
{
    public static bool ScopeIdIsZero(this IPAddress ip) => ip.AddressFamily != AddressFamily.InterNetworkV6 || ip.ScopeId == 0;
}
