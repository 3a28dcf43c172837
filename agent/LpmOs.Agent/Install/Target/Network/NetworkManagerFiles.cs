using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Target.Network;

/// <summary>NetworkManager's keyfiles (nm-settings-keyfile(5)), by file name.</summary>
internal static class NetworkManagerFiles
{
    public static IEnumerable<(string Name, string Text)> All(IReadOnlyList<NetworkPlan> plans) => plans.Select(plan => ($"lpmos{plan.Number}.nmconnection", Text(plan, plans)));

    public static string Text(NetworkPlan plan, IReadOnlyList<NetworkPlan> plans)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"[connection]\nid={(plan.IsEthernet ? $"lpmos{plan.Number}" : plan.Id)}\n");
        if (plan.Owner is not null || plan.IsShared || !plan.IsEthernet)
            text.Append($"uuid={Uuid(plan)}\n");
        text.Append($"type={plan.Kind}\nautoconnect=true\nautoconnect-priority=999\n");
        if (!plan.IsEthernet)
            text.Append($"interface-name={plan.Id}\n");
        if (plan.Owner is { } owner)
            text.Append($"master={Uuid(owner)}\nslave-type={owner.Kind}\n");
        text.Append("\n[ethernet]\n");
        if (plan.IsEthernet)
            text.Append($"mac-address={plan.Mac.ToUpperInvariant()}\n");
        else if (plan.Vlan is null)
            text.Append($"cloned-mac-address={plan.Mac.ToUpperInvariant()}\n");
        if (plan.Mtu is { } mtu)
            text.Append(CultureInfo.InvariantCulture, $"mtu={mtu}\n");
        Made(text, plan, plans);
        // Its addresses are those of what it is part of; libnm refuses any of its own.
        if (plan.Owner is not null)
            return text.ToString();
        Section(text, plan, "ipv4", plan.Dhcp4 ? "auto" : plan.Addresses4.Any() ? "manual" : "disabled", [.. plan.Addresses4], false);
        Section(text, plan, "ipv6", Method6(plan), [.. plan.Addresses6], true);
        return text.ToString();
    }

    // Automatic addresses and given ones go together: "auto" takes both.
    private static string Method6(NetworkPlan plan) => plan switch
    {
        { AcceptRa: true } => "auto",
        { Dhcp6: true } => plan.AcceptRa == false ? "dhcp" : "auto",
        _ when plan.Addresses6.Any() => "manual",
        { AcceptRa: false } or { HasNetwork: false } => "link-local",
        _ => "auto",
    };

    private static void Made(StringBuilder text, NetworkPlan plan, IReadOnlyList<NetworkPlan> plans)
    {
        if (plan.Bond is { } bond)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n[bond]\nmode={bond.Mode}\nmiimon={bond.Miimon ?? BondSpec.UsualMiimon}\n");
            if (bond.LacpRate is not null)
                text.Append($"lacp_rate={bond.LacpRate}\n");
            if (bond.HashPolicy is not null)
                text.Append($"xmit_hash_policy={bond.HashPolicy}\n");
            if (bond.Primary is not null)
                text.Append($"primary={IfupdownFile.Name(plans.First(other => other.Id == bond.Primary))}\n");
        }
        if (plan.Vlan is { } vlan)
        {
            var link = plans.First(other => other.Id == vlan.Link);
            text.Append(CultureInfo.InvariantCulture, $"\n[vlan]\nid={vlan.Id}\nparent={Uuid(link)}\n");
        }
        if (plan.Bridge is { } bridge)
            text.Append($"\n[bridge]\nstp={(bridge.Stp == true ? "true" : "false")}\n");
    }

    private static void Section(StringBuilder text, NetworkPlan plan, string name, string method, List<string> addresses, bool six)
    {
        text.Append($"\n[{name}]\nmethod={method}\n");
        for (var i = 0; i < addresses.Count; i++)
            text.Append(CultureInfo.InvariantCulture, $"address{i + 1}={addresses[i]}\n");
        // libnm refuses a gateway without an address of its family.
        var gateway = plan.Gateways.FirstOrDefault(gateway => NetworkPlan.IsSix(gateway) == six);
        if (gateway is not null)
            text.Append(addresses.Count > 0 ? $"gateway={gateway}\n" : $"route1={(six ? "::/0" : "0.0.0.0/0")},{gateway}\n");
        var first = gateway is not null && addresses.Count == 0 ? 2 : 1;
        foreach (var (number, route) in plan.Routes.Where(route => NetworkPlan.IsSix(route.Via) == six).Index())
            text.Append(CultureInfo.InvariantCulture, $"route{number + first}={route.To},{route.Via}{(route.Metric is { } metric ? $",{metric}" : "")}\n");
        var dns = plan.Dns.Where(server => NetworkPlan.IsSix(server) == six).ToList();
        // libnm refuses a profile with servers or domains of a family that is off.
        var off = method is "disabled" or "link-local";
        if (dns.Count > 0 && !off)
            text.Append($"dns={string.Join(';', dns)};\n");
        if (plan.Search.Count > 0 && !off && (!six || !plan.Addresses4.Any() && !plan.Dhcp4))
            text.Append($"dns-search={string.Join(';', plan.Search)};\n");
    }

    /// <summary>A UUID of version 8 (RFC 9562, 5.8) from MAC and name: the same in each file that speaks of it.</summary>
    private static string Uuid(NetworkPlan plan)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes($"lpmos connection {plan.Mac} {plan.Kind} {plan.Id}"))[..16];
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }
}
