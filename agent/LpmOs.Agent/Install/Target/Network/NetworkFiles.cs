using System.Text;

namespace LpmOs.Agent.Install.Target.Network;

/// <summary>The same network in the forms that distributions read. Interfaces are known by their MAC, since names differ between kernels.</summary>
internal static class NetworkFiles
{
    /// <summary>netplan(5), version 2. Every value is quoted: MACs and addresses have meanings of their own in YAML.</summary>
    public static string Netplan(IReadOnlyList<NetworkPlan> plans)
    {
        var text = new StringBuilder("network:\n  version: 2\n  ethernets:\n");
        for (var i = 0; i < plans.Count; i++)
        {
            var plan = plans[i];
            text.Append($"    lpmos{i}:\n      match:\n        macaddress: \"{plan.Mac}\"\n      dhcp4: {(plan.Dhcp4 ? "true" : "false")}\n");
            if (plan.Addresses.Count > 0)
                text.Append("      addresses:\n").AppendJoin("", plan.Addresses.Select(address => $"        - \"{address}\"\n"));
            if (plan.Gateway is not null)
                text.Append($"      routes:\n        - to: \"{(plan.Gateway.Contains(':', StringComparison.Ordinal) ? "::/0" : "0.0.0.0/0")}\"\n          via: \"{plan.Gateway}\"\n");
            if (plan.Dns.Count > 0)
                text.Append("      nameservers:\n        addresses:\n").AppendJoin("", plan.Dns.Select(dns => $"          - \"{dns}\"\n"));
        }
        return text.ToString();
    }

    /// <summary>systemd.network(5). The client identifier is the MAC, as the firmware and the boot image used it, so that the address stays.</summary>
    public static string Networkd(NetworkPlan plan)
    {
        var text = new StringBuilder($"[Match]\nMACAddress={plan.Mac}\n\n[Network]\n");
        text.Append(plan.Dhcp4 ? "DHCP=ipv4\n" : "DHCP=no\n");
        text.AppendJoin("", plan.Addresses.Select(address => $"Address={address}\n"));
        if (plan.Gateway is not null)
            text.Append($"Gateway={plan.Gateway}\n");
        text.AppendJoin("", plan.Dns.Select(dns => $"DNS={dns}\n"));
        if (plan.Dhcp4)
            text.Append("\n[DHCPv4]\nClientIdentifier=mac\n");
        return text.ToString();
    }

    /// <summary>NetworkManager's keyfile (nm-settings-keyfile(5)).</summary>
    public static string NetworkManager(NetworkPlan plan, int number)
    {
        var v4 = plan.Addresses.Where(address => !address.Contains(':', StringComparison.Ordinal)).ToList();
        var v6 = plan.Addresses.Except(v4).ToList();
        var text = new StringBuilder($"[connection]\nid=lpmos{number}\ntype=ethernet\nautoconnect=true\n\n[ethernet]\nmac-address={plan.Mac.ToUpperInvariant()}\n");
        Section("ipv4", plan.Dhcp4 ? "auto" : v4.Count > 0 ? "manual" : "disabled", v4, ':', false);
        Section("ipv6", v6.Count > 0 ? "manual" : "auto", v6, ':', true);
        return text.ToString();

        void Section(string name, string method, List<string> addresses, char colon, bool wanted)
        {
            text.Append($"\n[{name}]\nmethod={method}\n");
            for (var i = 0; i < addresses.Count; i++)
                text.Append($"address{i + 1}={addresses[i]}\n");
            if (plan.Gateway is { } gateway && gateway.Contains(colon, StringComparison.Ordinal) == wanted)
                text.Append($"gateway={gateway}\n");
            var dns = plan.Dns.Where(server => server.Contains(colon, StringComparison.Ordinal) == wanted).ToList();
            if (dns.Count > 0)
                text.Append($"dns={string.Join(';', dns)};\n");
        }
    }

    /// <summary>interfaces(5), for the names that <see cref="Link"/> gives.</summary>
    public static string Ifupdown(IReadOnlyList<NetworkPlan> plans)
    {
        var text = new StringBuilder("# Written by LpmOs at installation.\nauto lo\niface lo inet loopback\n");
        for (var i = 0; i < plans.Count; i++)
        {
            var plan = plans[i];
            text.Append($"\nauto lan{i}\n");
            if (plan.Dhcp4)
                text.Append($"iface lan{i} inet dhcp\n");
            foreach (var address in plan.Addresses)
            {
                var six = address.Contains(':', StringComparison.Ordinal);
                text.Append($"iface lan{i} inet{(six ? "6" : "")} static\n  address {address}\n");
                if (plan.Gateway is { } gateway && gateway.Contains(':', StringComparison.Ordinal) == six)
                    text.Append($"  gateway {gateway}\n");
                if (plan.Dns.Count > 0)
                    text.Append($"  dns-nameservers {string.Join(' ', plan.Dns)}\n");
            }
        }
        return text.ToString();
    }

    /// <summary>systemd.link(5): a fixed name for an interface where the network's configuration can only go by names.</summary>
    public static string Link(NetworkPlan plan, int number) => $"[Match]\nMACAddress={plan.Mac}\nType=ether\n\n[Link]\nName=lan{number}\n";
}
