using System.Globalization;
using System.Text;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Target.Network;

/// <summary>netplan(5), version 2. Every value is quoted: MACs and addresses have meanings of their own in YAML.</summary>
internal static class NetplanFile
{
    public static string Text(IReadOnlyList<NetworkPlan> plans)
    {
        var text = new StringBuilder("network:\n  version: 2\n");
        // What is spoken of before it is defined makes netplan read the file twice, and name servers and domains come out doubled.
        var onBridges = plans.Any(plan => plan.Vlan is { } vlan && plans.Any(other => other.Id == vlan.Link && other.Bridge is not null));
        (string, string)[] last = [(InterfaceKinds.Vlan, "vlans"), (InterfaceKinds.Bridge, "bridges")];
        foreach (var (kind, heading) in ((string, string)[])[(InterfaceKinds.Ethernet, "ethernets"), (InterfaceKinds.Bond, "bonds"), .. onBridges ? last.Reverse() : last])
        {
            var these = plans.Where(plan => plan.Kind == kind).ToList();
            if (these.Count == 0)
                continue;
            text.Append($"  {heading}:\n");
            foreach (var plan in these)
                Interface(text, plan);
        }
        return text.ToString();
    }

    private static void Interface(StringBuilder text, NetworkPlan plan)
    {
        text.Append(plan.IsEthernet ? $"    {plan.Id}:\n      match:\n        macaddress: \"{plan.Mac}\"\n" : $"    {plan.Id}:\n");
        Made(text, plan);
        if (plan.Mtu is { } mtu)
            text.Append(CultureInfo.InvariantCulture, $"      mtu: {mtu}\n");
        text.Append($"      dhcp4: {Flag(plan.Dhcp4)}\n");
        if (plan.Dhcp6)
            text.Append("      dhcp6: true\n");
        if (plan.AcceptRa is { } accept)
            text.Append($"      accept-ra: {Flag(accept)}\n");
        // What is part of another waits for nothing, not even for a link-local address.
        if (plan.Owner is not null)
            text.Append("      link-local: []\n");
        if (plan.Addresses.Count > 0)
            text.Append("      addresses:\n").AppendJoin("", plan.Addresses.Select(address => $"        - \"{address}\"\n"));
        var routes = plan.Gateways.Select(gateway => new RouteSpec { To = NetworkPlan.IsSix(gateway) ? "::/0" : "0.0.0.0/0", Via = gateway }).Concat(plan.Routes).ToList();
        if (routes.Count > 0)
            text.Append("      routes:\n");
        foreach (var route in routes)
        {
            text.Append($"        - to: \"{route.To}\"\n          via: \"{route.Via}\"\n");
            if (route.Metric is { } metric)
                text.Append(CultureInfo.InvariantCulture, $"          metric: {metric}\n");
        }
        if (plan.Dns.Count > 0 || plan.Search.Count > 0)
            text.Append("      nameservers:\n");
        if (plan.Dns.Count > 0)
            text.Append("        addresses:\n").AppendJoin("", plan.Dns.Select(dns => $"          - \"{dns}\"\n"));
        if (plan.Search.Count > 0)
            text.Append("        search:\n").AppendJoin("", plan.Search.Select(domain => $"          - \"{domain}\"\n"));
    }

    private static void Made(StringBuilder text, NetworkPlan plan)
    {
        if (plan.Bond is { } bond)
        {
            text.Append($"      macaddress: \"{plan.Mac}\"\n      interfaces:\n").AppendJoin("", bond.Members.Select(member => $"        - \"{member}\"\n"));
            text.Append(CultureInfo.InvariantCulture, $"      parameters:\n        mode: \"{bond.Mode}\"\n        mii-monitor-interval: {bond.Miimon ?? BondSpec.UsualMiimon}\n");
            if (bond.LacpRate is not null)
                text.Append($"        lacp-rate: \"{bond.LacpRate}\"\n");
            if (bond.HashPolicy is not null)
                text.Append($"        transmit-hash-policy: \"{bond.HashPolicy}\"\n");
            if (bond.Primary is not null)
                text.Append($"        primary: \"{bond.Primary}\"\n");
        }
        if (plan.Vlan is { } vlan)
            text.Append(CultureInfo.InvariantCulture, $"      id: {vlan.Id}\n      link: \"{vlan.Link}\"\n");
        if (plan.Bridge is { } bridge)
            text.Append($"      macaddress: \"{plan.Mac}\"\n      interfaces:\n").AppendJoin("", bridge.Ports.Select(port => $"        - \"{port}\"\n")).Append($"      parameters:\n        stp: {Flag(bridge.Stp ?? false)}\n");
    }

    private static string Flag(bool value) => value ? "true" : "false";
}
