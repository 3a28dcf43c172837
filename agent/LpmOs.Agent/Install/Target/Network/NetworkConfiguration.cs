namespace LpmOs.Agent.Install.Target.Network;

/// <summary>Writes the network for whatever the image configures its network with.</summary>
internal sealed class NetworkConfiguration(TargetTree tree)
{
    private const string Wants = "/etc/systemd/system/multi-user.target.wants/";
    private const string OnlineWants = "/etc/systemd/system/network-online.target.wants/";

    /// <returns>What it was written for.</returns>
    /// <param name="plans">Interfaces of the new system.</param>
    /// <param name="resolver">The boot image's own resolv.conf, for systems in which nothing else writes it.</param>
    public string Write(IReadOnlyList<NetworkPlan> plans, string? resolver)
    {
        if (tree.HasProgram("netplan") && tree.Exists("/etc/netplan"))
        {
            tree.Write("/etc/netplan/50-lpmos.yaml", NetworkFiles.Netplan(plans), TargetTree.PrivateFile);
            return "netplan";
        }
        if (tree.HasProgram("NetworkManager"))
        {
            for (var i = 0; i < plans.Count; i++)
                tree.Write($"/etc/NetworkManager/system-connections/lpmos{i}.nmconnection", NetworkFiles.NetworkManager(plans[i], i), TargetTree.PrivateFile);
            return "NetworkManager";
        }
        if (Unit("systemd-networkd.service") is { } networkd)
        {
            WriteNetworkd(plans, networkd, resolver);
            return "systemd-networkd";
        }
        if (tree.HasProgram("ifup"))
        {
            for (var i = 0; i < plans.Count; i++)
                tree.Write($"/etc/systemd/network/10-lpmos{i}.link", NetworkFiles.Link(plans[i], i));
            tree.Write("/etc/network/interfaces", NetworkFiles.Ifupdown(plans));
            return "ifupdown";
        }
        throw new InstallException(FailureCodes.Configuration, "The image has none of netplan, NetworkManager, systemd-networkd and ifupdown: its network cannot be configured.", "Add one of them to the image.");
    }

    private void WriteNetworkd(IReadOnlyList<NetworkPlan> plans, string networkd, string? resolver)
    {
        for (var i = 0; i < plans.Count; i++)
            tree.Write($"/etc/systemd/network/10-lpmos{i}.network", NetworkFiles.Networkd(plans[i]));
        tree.Link(Wants + "systemd-networkd.service", networkd);
        if (Unit("systemd-networkd.socket") is { } socket)
            tree.Link("/etc/systemd/system/sockets.target.wants/systemd-networkd.socket", socket);
        if (Unit("systemd-networkd-wait-online.service") is { } online)
            tree.Link(OnlineWants + "systemd-networkd-wait-online.service", online);
        if (Unit("systemd-resolved.service") is { } resolved)
        {
            tree.Link(Wants + "systemd-resolved.service", resolved);
            tree.Link("/etc/resolv.conf", "../run/systemd/resolve/stub-resolv.conf");
            return;
        }
        var servers = plans.SelectMany(plan => plan.Dns).Distinct().ToList();
        var text = servers.Count > 0 ? string.Concat(servers.Select(server => $"nameserver {server}\n")) : resolver;
        if (text is not null)
            tree.Write("/etc/resolv.conf", text);
    }

    private string? Unit(string name) => ((string[])["/usr/lib/systemd/system/", "/lib/systemd/system/"]).Select(folder => folder + name).FirstOrDefault(tree.Exists);
}
