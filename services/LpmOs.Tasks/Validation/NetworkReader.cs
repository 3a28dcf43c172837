using LpmOs.Contracts.Tasks;
using LpmOs.Tasks.Requests;

namespace LpmOs.Tasks.Validation;

/// <summary>Reads a <see cref="NetworkSpec"/> as somebody wrote it; what is left out gets the value that goes without saying.</summary>
internal static class NetworkReader
{
    public const int MostInterfaces = 16;
    public const int MostAddresses = 16;
    public const int MostDns = 8;
    private const int MostRoutes = 32;
    private const int MostSearch = 6;

    public static NetworkSpec? Read(JsonFields? json)
    {
        if (json is null)
            return null;
        var interfaces = json.Objects("interfaces", MostInterfaces)?.Select(Interface).ToList() ?? [];
        json.RefuseOthers();
        var owned = interfaces.SelectMany(one => (one.Spec.Bond?.Members ?? []).Concat(one.Spec.Bridge?.Ports ?? []).Append(one.Spec.Vlan?.Link)).OfType<string>().ToHashSet(StringComparer.Ordinal);
        // Who gives addresses and does not speak of DHCP wants none, nor does an interface that carries others.
        return new NetworkSpec { Interfaces = [.. interfaces.Select(one => one.Spec with { Dhcp4 = one.Dhcp4 ?? (one.Spec.Addresses.Count == 0 && one.Spec.Dhcp6 != true && !(one.Spec.Name is { } name && owned.Contains(name))) })] };
    }

    private static (InterfaceSpec Spec, bool? Dhcp4) Interface(JsonFields json)
    {
        var bond = json.Object("bond") is { } readBond ? Bond(readBond) : null;
        var vlan = json.Object("vlan") is { } readVlan ? Vlan(readVlan) : null;
        var bridge = json.Object("bridge") is { } readBridge ? Bridge(readBridge) : null;
        var spec = new InterfaceSpec
        {
            Mac = json.Text("mac"), Addresses = json.Texts("addresses", MostAddresses) ?? [], Gateway = json.Text("gateway"), Dns = json.Texts("dns", MostDns) ?? [],
            Kind = json.Text("kind") ?? (bond is not null ? InterfaceKinds.Bond : vlan is not null ? InterfaceKinds.Vlan : bridge is not null ? InterfaceKinds.Bridge : null),
            Name = json.Text("name"), Slot = json.Text("slot"), Dhcp6 = json.Flag("dhcp6"), AcceptRa = json.Flag("accept_ra"), Gateway6 = json.Text("gateway6"),
            Routes = json.Objects("routes", MostRoutes)?.Select(Route).ToList() is { Count: > 0 } routes ? routes : null,
            Search = json.Texts("search", MostSearch) is { Count: > 0 } search ? search : null,
            Mtu = json.Number("mtu"), Bond = bond, Vlan = vlan, Bridge = bridge,
        };
        var dhcp4 = json.Flag("dhcp4");
        json.RefuseOthers();
        return (spec, dhcp4);
    }

    private static BondSpec Bond(JsonFields json)
    {
        var bond = new BondSpec
        {
            Mode = json.Text("mode") ?? "", Members = json.Texts("members", MostInterfaces) ?? [], Miimon = json.Number("miimon"), LacpRate = json.Text("lacp_rate"),
            HashPolicy = json.Text("hash_policy"), Primary = json.Text("primary"),
        };
        json.RefuseOthers();
        return bond;
    }

    private static VlanSpec Vlan(JsonFields json)
    {
        var vlan = new VlanSpec { Id = json.Number("id") ?? 0, Link = json.Text("link") ?? "" };
        json.RefuseOthers();
        return vlan;
    }

    private static BridgeSpec Bridge(JsonFields json)
    {
        var bridge = new BridgeSpec { Ports = json.Texts("ports", MostInterfaces) ?? [], Stp = json.Flag("stp") };
        json.RefuseOthers();
        return bridge;
    }

    private static RouteSpec Route(JsonFields json)
    {
        var route = new RouteSpec { To = json.Text("to") ?? "", Via = json.Text("via") ?? "", Metric = json.LongNumber("metric") };
        json.RefuseOthers();
        return route;
    }
}
