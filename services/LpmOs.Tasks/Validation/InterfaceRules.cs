using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Hosting;

namespace LpmOs.Tasks.Validation;

internal sealed record CheckedAddress(string Field, IPAddress Address, IPNetwork Network);

/// <param name="Routers">4, 6 or both: the families of which it has the default router.</param>
internal sealed record CheckedInterface(string Field, InterfaceSpec Spec, IReadOnlyList<CheckedAddress> Addresses, IReadOnlyList<int> Routers)
{
    public bool IsEthernet => Spec.Kind is null or InterfaceKinds.Ethernet;
}

/// <summary>What one interface may be.</summary>
internal static partial class InterfaceRules
{
    private const string AddressAllowed = "an address of a host with its prefix length, for example 10.0.0.5/24 or 2001:db8::5/64";
    private const string GatewayAllowed = "an address such as 10.0.0.1, inside the network of one of this interface's addresses";
    private const string Gateway6Allowed = "an IPv6 address, link-local (fe80::1) or inside the network of one of this interface's addresses";
    private const string DnsAllowed = "an IPv4 or IPv6 address";
    private const string NameAllowed = "1 to 15 letters, digits or any of . _ - beginning with a letter, as the kernel names interfaces; not lo, all or default";
    private const string SlotAllowed = "a PCI slot such as 0000:3b:00.0, or a name such as eth1, as the machine's hardware report shows them";
    private const string SearchAllowed = "a domain such as example.com";
    private const string RouteAllowed = "a network such as 10.8.0.0/16 with no bit set behind its prefix, or default";
    private const string ViaAllowed = "the address of a router of the same family as the route, inside the network of one of this interface's addresses where there are any";

    /// <param name="owners">Bonds and bridges that it is part of; null: none.</param>
    /// <param name="linked">A VLAN is on it.</param>
    public static CheckedInterface Check(InterfaceSpec spec, string field, IReadOnlyList<string>? owners, bool linked, FieldErrors errors)
    {
        spec = Identity(spec, field, errors);
        var addresses = new List<CheckedAddress>();
        for (var i = 0; i < spec.Addresses.Count; i++)
        {
            var parsed = HostAddress.WithPrefix(spec.Addresses[i]);
            errors.Check($"{field}.addresses[{i}]", parsed is not null, spec.Addresses[i], AddressAllowed);
            if (parsed is var (address, network))
                addresses.Add(new($"{field}.addresses[{i}]", address, network));
        }
        if (owners is not null)
            Part(spec, field, owners, errors);
        else if (!spec.Dhcp4 && spec.Addresses.Count == 0 && spec.Dhcp6 != true && spec.AcceptRa != true && !linked)
            errors.Add($"{field}.addresses", "At least one address is needed where dhcp4 is false.");
        var routers = Routers(spec, field, addresses, errors);
        Routes(spec, field, addresses, errors);
        for (var i = 0; i < spec.Dns.Count; i++)
            errors.Check($"{field}.dns[{i}]", HostAddress.Read(spec.Dns[i]) is not null, spec.Dns[i], DnsAllowed);
        for (var i = 0; i < spec.Search?.Count; i++)
            errors.Check($"{field}.search[{i}]", spec.Search[i].Length <= 253 && DomainPattern().IsMatch(spec.Search[i]), spec.Search[i], SearchAllowed);
        var six = spec.Dhcp6 == true || spec.AcceptRa == true || addresses.Exists(address => address.Address.AddressFamily == AddressFamily.InterNetworkV6);
        if (spec.Mtu is { } mtu)
            errors.Check($"{field}.mtu", mtu >= (six ? 1280 : 68) && mtu <= 9216, Text(mtu), six ? "1280 to 9216, for IPv6 needs 1280" : "68 to 9216");
        return new(field, spec, addresses, routers);
    }

    private static InterfaceSpec Identity(InterfaceSpec spec, string field, FieldErrors errors)
    {
        var kind = spec.Kind ?? InterfaceKinds.Ethernet;
        errors.Check($"{field}.kind", InterfaceKinds.All.Contains(kind), kind, string.Join(", ", InterfaceKinds.All));
        if (spec.Name is not null || kind != InterfaceKinds.Ethernet)
            errors.Check($"{field}.name", spec.Name is { } name && NamePattern().IsMatch(name) && name is not ("lo" or "all" or "default"), spec.Name, NameAllowed);
        foreach (var (named, given) in ((string, bool)[])[(InterfaceKinds.Bond, spec.Bond is not null), (InterfaceKinds.Vlan, spec.Vlan is not null), (InterfaceKinds.Bridge, spec.Bridge is not null)])
        {
            if (given && kind != named)
                errors.Add($"{field}.{named}", $"Is only for kind {named}, not for '{FieldErrors.Show(kind)}'.");
            else if (!given && kind == named)
                errors.Add($"{field}.{named}", $"Required for kind {named}.");
        }
        var mac = spec.Mac is null ? null : errors.Mac(spec.Mac, $"{field}.mac");
        if (kind != InterfaceKinds.Ethernet && spec.Mac is not null)
            errors.Add($"{field}.mac", $"Is only for kind ethernet: a {FieldErrors.Show(kind)} takes the MAC of its first part.");
        if (kind != InterfaceKinds.Ethernet && spec.Slot is not null)
            errors.Add($"{field}.slot", "Is only for kind ethernet.");
        if (spec.Slot is not null)
            errors.Check($"{field}.slot", SlotPattern().IsMatch(spec.Slot), spec.Slot, SlotAllowed);
        if (spec is { Slot: not null, Mac: not null })
            errors.Add($"{field}.slot", "Give either slot or mac: together they could name two interfaces.");
        if (spec.Bond is { } bond)
            Bond(bond, $"{field}.bond", errors);
        if (spec.Vlan is { } vlan)
            errors.Check($"{field}.vlan.id", vlan.Id is >= 1 and <= 4094, Text(vlan.Id), "1 to 4094");
        if (spec.Bridge is { Ports.Count: 0 })
            errors.Add($"{field}.bridge.ports", "At least one port is needed.");
        return spec with { Mac = mac, Kind = kind == InterfaceKinds.Ethernet ? null : kind };
    }

    private static void Bond(BondSpec bond, string field, FieldErrors errors)
    {
        errors.Check($"{field}.mode", BondSpec.Modes.Contains(bond.Mode), bond.Mode.Length == 0 ? null : bond.Mode, string.Join(", ", BondSpec.Modes));
        if (bond.Members.Count == 0)
            errors.Add($"{field}.members", "At least one member is needed.");
        if (bond.Miimon is { } miimon)
            errors.Check($"{field}.miimon", miimon is >= 10 and <= BondSpec.LongestMiimon, Text(miimon), "10 to 10000 milliseconds");
        if (bond.LacpRate is { } rate)
            errors.Check($"{field}.lacp_rate", BondSpec.LacpRates.Contains(rate) && bond.Mode == "802.3ad", rate, "slow or fast, with mode 802.3ad");
        if (bond.HashPolicy is { } policy)
            errors.Check($"{field}.hash_policy", BondSpec.HashPolicies.Contains(policy) && bond.Mode == "802.3ad", policy, string.Join(", ", BondSpec.HashPolicies) + ", with mode 802.3ad");
        if (bond.Primary is { } primary)
            errors.Check($"{field}.primary", bond.Members.Contains(primary) && bond.Mode == "active-backup", primary, "one of members, with mode active-backup");
    }

    /// <summary>What is part of a bond or bridge has no network of its own.</summary>
    private static void Part(InterfaceSpec spec, string field, IReadOnlyList<string> owners, FieldErrors errors)
    {
        foreach (var (name, given) in ((string, bool)[])
            [("dhcp4", spec.Dhcp4), ("dhcp6", spec.Dhcp6 == true), ("accept_ra", spec.AcceptRa == true), ("addresses", spec.Addresses.Count > 0), ("gateway", spec.Gateway is not null),
             ("gateway6", spec.Gateway6 is not null), ("routes", spec.Routes is not null), ("dns", spec.Dns.Count > 0), ("search", spec.Search is not null)])
        {
            if (given)
                errors.Add($"{field}.{name}", $"Is part of {owners[0]}, which has the addresses: give it there.");
        }
    }

    private static List<int> Routers(InterfaceSpec spec, string field, List<CheckedAddress> addresses, FieldErrors errors)
    {
        var families = new List<int>();
        if (spec.Gateway is not null)
        {
            // A router of IPv6 is usually known by its link-local address (RFC 4861, 4.2).
            var gateway = HostAddress.Read(spec.Gateway);
            errors.Check($"{field}.gateway", gateway is not null && Reaches(gateway, addresses), spec.Gateway, GatewayAllowed);
            families.Add(gateway?.AddressFamily == AddressFamily.InterNetworkV6 ? 6 : 4);
        }
        if (spec.Gateway6 is not null)
        {
            var gateway = HostAddress.Read(spec.Gateway6);
            errors.Check($"{field}.gateway6", gateway is { AddressFamily: AddressFamily.InterNetworkV6 } && Reaches(gateway, addresses), spec.Gateway6, Gateway6Allowed);
            if (families.Contains(6))
                errors.Add($"{field}.gateway6", "There is a default router of IPv6 in gateway already.");
            else
                families.Add(6);
        }
        return families;
    }

    private static void Routes(InterfaceSpec spec, string field, List<CheckedAddress> addresses, FieldErrors errors)
    {
        for (var i = 0; i < spec.Routes?.Count; i++)
        {
            var (route, name) = (spec.Routes[i], $"{field}.routes[{i}]");
            var to = HostAddress.Network(route.To);
            errors.Check($"{name}.to", to is not null || route.To == "default", route.To.Length == 0 ? null : route.To, RouteAllowed);
            var via = HostAddress.Read(route.Via);
            // Where addresses come by DHCP nobody knows yet what is in reach.
            var reached = via is not null && (spec.Dhcp4 && via.AddressFamily == AddressFamily.InterNetwork || spec.Dhcp6 == true || spec.AcceptRa == true || Reaches(via, addresses));
            errors.Check($"{name}.via", reached && (to is null || to.Value.BaseAddress.AddressFamily == via!.AddressFamily), route.Via.Length == 0 ? null : route.Via, ViaAllowed);
            errors.Check($"{name}.metric", route.Metric is null or (>= 0 and < uint.MaxValue), route.Metric?.ToString(CultureInfo.InvariantCulture), "0 to 4294967294");
        }
    }

    private static bool Reaches(IPAddress router, List<CheckedAddress> addresses) => router.IsIPv6LinkLocal || addresses.Exists(address => address.Network.Contains(router));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9._-]{0,14}\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A([0-9A-Fa-f]{4}:[0-9A-Fa-f]{2}:[01][0-9A-Fa-f]\.[0-7]|[A-Za-z][A-Za-z0-9._-]{0,14})\z")]
    private static partial Regex SlotPattern();

    [GeneratedRegex(@"\A([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\z")]
    private static partial Regex DomainPattern();
}
