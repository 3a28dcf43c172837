using System.Globalization;
using System.Text;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Target.Network;

/// <summary>interfaces(5), for the names that <see cref="Link"/> gives. Bonds need the image's ifenslave, bridges its bridge-utils; VLANs ifupdown makes by itself.</summary>
internal static class IfupdownFile
{
    public static string Text(IReadOnlyList<NetworkPlan> plans)
    {
        var text = new StringBuilder("# Written by LpmOs at installation.\nauto lo\niface lo inet loopback\n");
        // Parts first: what is made of them waits for them.
        foreach (var plan in plans.OrderBy(plan => plan.Kind switch { InterfaceKinds.Ethernet => 0, InterfaceKinds.Bond => 1, InterfaceKinds.Vlan when !IsBridge(plan.Vlan!.Link, plans) => 2, InterfaceKinds.Bridge => 3, _ => 4 }))
            Interface(text, plan, plans);
        return text.ToString();
    }

    /// <summary>systemd.link(5): a fixed name for an interface where the network's configuration can only go by names.</summary>
    public static string Link(NetworkPlan plan) => $"[Match]\nMACAddress={plan.Mac}\nType=ether\n\n[Link]\nName={Name(plan)}\n";

    /// <summary>What the interface is called where <see cref="Link"/> is written.</summary>
    public static string Name(NetworkPlan plan) => plan.IsEthernet ? string.Create(CultureInfo.InvariantCulture, $"lan{plan.Number}") : plan.Id;

    private static bool IsBridge(string id, IReadOnlyList<NetworkPlan> plans) => plans.Any(plan => plan.Id == id && plan.Bridge is not null);

    private static void Interface(StringBuilder text, NetworkPlan plan, IReadOnlyList<NetworkPlan> plans)
    {
        var name = Name(plan);
        text.Append($"\nauto {name}\n");
        var once = Once(plan, plans);
        var stanzas = 0;
        void Stanza(string family, string method, IEnumerable<string> lines)
        {
            // What makes the interface stands in the first stanza alone; the others find it there.
            text.Append($"iface {name} {family} {method}\n").AppendJoin("", lines.Concat(stanzas++ == 0 ? once : []).Select(line => $"  {line}\n"));
        }

        if (plan.Dhcp4)
            Stanza("inet", "dhcp", []);
        foreach (var (number, address) in plan.Addresses4.Index())
            Stanza("inet", "static", Static(address, number == 0, false));
        foreach (var (number, address) in plan.Addresses6.Index())
            Stanza("inet6", "static", Static(address, number == 0, true));
        if (plan.Dhcp6)
            Stanza("inet6", "dhcp", []);
        else if (plan.AcceptRa == true && !plan.Addresses6.Any())
            Stanza("inet6", "auto", []);
        if (stanzas == 0)
            Stanza("inet", "manual", []);

        IEnumerable<string> Static(string address, bool first, bool six)
        {
            yield return $"address {address}";
            if (first && plan.Gateways.FirstOrDefault(gateway => NetworkPlan.IsSix(gateway) == six) is { } gateway)
                yield return $"gateway {gateway}";
            if (six && plan.AcceptRa is { } accept)
                yield return $"accept_ra {(accept ? 2 : 0)}";
            if (plan.Dns.Count > 0)
                yield return $"dns-nameservers {string.Join(' ', plan.Dns)}";
            if (plan.Search.Count > 0)
                yield return $"dns-search {string.Join(' ', plan.Search)}";
        }
    }

    private static List<string> Once(NetworkPlan plan, IReadOnlyList<NetworkPlan> plans)
    {
        string Named(string id) => Name(plans.First(other => other.Id == id));
        var lines = new List<string>();
        if (plan.Bond is { } bond)
        {
            // ifenslave makes the bond as the last of what comes before "up" (interfaces(5)), and takes one that is there; the module may make a bond0 by itself.
            lines.Add($"pre-up ip link show dev {plan.Id} > /dev/null 2>&1 || ip link add dev {plan.Id} type bond 2> /dev/null || ip link show dev {plan.Id} > /dev/null");
            lines.Add($"pre-up ip link set dev {plan.Id} address {plan.Mac}");
            lines.Add($"bond-slaves {string.Join(' ', bond.Members.Select(Named))}");
            lines.Add($"bond-mode {bond.Mode}");
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"bond-miimon {bond.Miimon ?? BondSpec.UsualMiimon}"));
            if (bond.LacpRate is not null)
                lines.Add($"bond-lacp-rate {bond.LacpRate}");
            if (bond.HashPolicy is not null)
                lines.Add($"bond-xmit-hash-policy {bond.HashPolicy}");
            if (bond.Primary is not null)
                lines.Add($"bond-primary {Named(bond.Primary)}");
        }
        if (plan.Vlan is { } vlan)
            lines.AddRange([string.Create(CultureInfo.InvariantCulture, $"pre-up ip link show dev {plan.Id} > /dev/null 2>&1 || ip link add link {Named(vlan.Link)} name {plan.Id} type vlan id {vlan.Id}"), $"post-down ip link del dev {plan.Id} || true"]);
        if (plan.Bridge is { } bridge)
            lines.AddRange([$"bridge_ports {string.Join(' ', bridge.Ports.Select(Named))}", $"bridge_stp {(bridge.Stp == true ? "on" : "off")}", "bridge_fd 0", $"bridge_hw {plan.Mac}"]);
        // A bridge is made by its script, as the last of what comes before "up".
        if (plan.Mtu is { } mtu)
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{(plan.Bridge is null ? "pre-up" : "post-up")} ip link set dev {Name(plan)} mtu {mtu}"));
        foreach (var route in plan.Routes)
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"post-up ip {(NetworkPlan.IsSix(route.Via) ? "-6 " : "")}route replace {route.To} via {route.Via} dev {Name(plan)}{(route.Metric is { } metric ? $" metric {metric}" : "")}"));
        // Also where DHCP gives the addresses: a stanza for it has no such lines of its own.
        if (plan.Addresses.Count == 0 && plan.Dns.Count > 0)
            lines.Add($"dns-nameservers {string.Join(' ', plan.Dns)}");
        if (plan.Addresses.Count == 0 && plan.Search.Count > 0)
            lines.Add($"dns-search {string.Join(' ', plan.Search)}");
        if (plan.Dhcp4)
            lines.AddRange(plan.Gateways.Where(gateway => !NetworkPlan.IsSix(gateway)).Select(gateway => $"post-up ip route replace default via {gateway} dev {Name(plan)}"));
        return lines;
    }
}
