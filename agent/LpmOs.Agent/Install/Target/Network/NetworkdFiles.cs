using System.Globalization;
using System.Text;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Target.Network;

/// <summary>systemd.network(5) and systemd.netdev(5), by file name. The DHCP client's identifier is the MAC, as the firmware and the boot image used it, so that the address stays.</summary>
internal static class NetworkdFiles
{
    public static IEnumerable<(string Name, string Text)> All(IReadOnlyList<NetworkPlan> plans)
    {
        foreach (var plan in plans)
        {
            if (!plan.IsEthernet)
                yield return ($"10-lpmos{plan.Number}.netdev", Device(plan));
            yield return ($"10-lpmos{plan.Number}.network", Network(plan, plans));
        }
    }

    public static string Network(NetworkPlan plan, IReadOnlyList<NetworkPlan> plans)
    {
        // A bond gives its MAC to its members, a VLAN has that of its link: then the MAC that the hardware came with tells them apart (systemd 245 or later).
        var match = !plan.IsEthernet ? $"Name={plan.Id}" : plan.IsShared ? $"PermanentMACAddress={plan.Mac}\nType=ether" : $"MACAddress={plan.Mac}";
        var text = new StringBuilder($"[Match]\n{match}\n\n");
        if (plan.Mtu is { } mtu)
            text.Append(CultureInfo.InvariantCulture, $"[Link]\nMTUBytes={mtu}\n\n");
        text.Append("[Network]\n");
        text.AppendJoin("", plans.Where(other => other.Vlan?.Link == plan.Id).Select(vlan => $"VLAN={vlan.Id}\n"));
        if (plan.Owner is { } owner)
        {
            text.Append(owner.Bond is { } bond ? $"Bond={owner.Id}\n{(bond.Primary == plan.Id ? "PrimarySlave=yes\n" : "")}" : $"Bridge={owner.Id}\n");
            return text.ToString();
        }
        text.Append((plan.Dhcp4, plan.Dhcp6) switch { (true, true) => "DHCP=yes\n", (true, false) => "DHCP=ipv4\n", (false, true) => "DHCP=ipv6\n", _ => "DHCP=no\n" });
        if (plan.AcceptRa is { } accept)
            text.Append($"IPv6AcceptRA={(accept ? "yes" : "no")}\n");
        if (!plan.HasNetwork)
            text.Append("LinkLocalAddressing=no\n");
        text.AppendJoin("", plan.Addresses.Select(address => $"Address={address}\n"));
        text.AppendJoin("", plan.Gateways.Select(gateway => $"Gateway={gateway}\n"));
        text.AppendJoin("", plan.Dns.Select(dns => $"DNS={dns}\n"));
        if (plan.Search.Count > 0)
            text.Append($"Domains={string.Join(' ', plan.Search)}\n");
        foreach (var route in plan.Routes)
        {
            text.Append($"\n[Route]\nDestination={route.To}\nGateway={route.Via}\n");
            if (route.Metric is { } metric)
                text.Append(CultureInfo.InvariantCulture, $"Metric={metric}\n");
        }
        if (plan.Dhcp4)
            text.Append("\n[DHCPv4]\nClientIdentifier=mac\n");
        return text.ToString();
    }

    private static string Device(NetworkPlan plan)
    {
        var text = new StringBuilder($"[NetDev]\nName={plan.Id}\nKind={plan.Kind}\n");
        // Otherwise systemd makes up a MAC that no DHCP server and no switch has heard of.
        if (plan.Vlan is null)
            text.Append($"MACAddress={plan.Mac}\n");
        if (plan.Bond is { } bond)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n[Bond]\nMode={bond.Mode}\nMIIMonitorSec={bond.Miimon ?? BondSpec.UsualMiimon}ms\n");
            if (bond.LacpRate is not null)
                text.Append($"LACPTransmitRate={bond.LacpRate}\n");
            if (bond.HashPolicy is not null)
                text.Append($"TransmitHashPolicy={bond.HashPolicy}\n");
        }
        if (plan.Vlan is { } vlan)
            text.Append(CultureInfo.InvariantCulture, $"\n[VLAN]\nId={vlan.Id}\n");
        if (plan.Bridge is { } bridge)
            text.Append($"\n[Bridge]\nSTP={(bridge.Stp == true ? "yes" : "no")}\n");
        return text.ToString();
    }
}
