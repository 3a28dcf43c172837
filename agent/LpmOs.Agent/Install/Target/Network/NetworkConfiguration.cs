using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Target.Network;

/// <summary>Writes the network for whatever the image configures its network with.</summary>
internal sealed class NetworkConfiguration(TargetTree tree)
{
    private const string Wants = "/etc/systemd/system/multi-user.target.wants/";
    /// <summary>The image's own files, out of the way and not lost.</summary>
    private const string AsideFolder = "/var/lib/lpmos/replaced";
    private const string OnlyLoopback = "auto lo\niface lo inet loopback\n";
    private const string OnlineWants = "/etc/systemd/system/network-online.target.wants/";

    /// <returns>What it was written for.</returns>
    /// <param name="plans">Interfaces of the new system.</param>
    /// <param name="resolver">The boot image's own resolv.conf, for systems in which nothing else writes it.</param>
    public string Write(IReadOnlyList<NetworkPlan> plans, string? resolver)
    {
        if (tree.HasProgram("netplan") && tree.Exists("/etc/netplan"))
        {
            // networkd takes the first file that fits, NetworkManager any: what the image was built or used with would win, or be added.
            PutAside("/etc/netplan", name => name.EndsWith(".yaml", StringComparison.Ordinal));
            LeaveToOthers();
            tree.Write("/etc/netplan/50-lpmos.yaml", NetplanFile.Text(plans), TargetTree.PrivateFile);
            return "netplan";
        }
        if (tree.HasProgram("NetworkManager"))
        {
            PutAside("/etc/NetworkManager/system-connections", _ => true);
            PutAside("/etc/sysconfig/network-scripts", name => name.StartsWith("ifcfg-", StringComparison.Ordinal) && name != "ifcfg-lo");
            LeaveToOthers();
            if (Unit("NetworkManager.service") is { } manager)
                tree.Link(Wants + "NetworkManager.service", manager);
            // NetworkManager knows a bond's primary only by its name.
            foreach (var plan in plans.Where(plan => plan.Owner?.Bond?.Primary == plan.Id))
                tree.Write($"/etc/systemd/network/10-lpmos{plan.Number}.link", IfupdownFile.Link(plan));
            foreach (var (name, text) in NetworkManagerFiles.All(plans))
                tree.Write("/etc/NetworkManager/system-connections/" + name, text, TargetTree.PrivateFile);
            return "NetworkManager";
        }
        if (Unit("systemd-networkd.service") is { } networkd)
        {
            PutAside("/etc/systemd/network", name => name.EndsWith(".network", StringComparison.Ordinal));
            LeaveToOthers();
            WriteNetworkd(plans, networkd, resolver);
            return "systemd-networkd";
        }
        // SUSE's wicked and RHEL 7's network-scripts have a program of that name too.
        if (tree.HasProgram("ifup") && tree.Exists("/etc/network"))
        {
            PutAside("/etc/network/interfaces.d", _ => true);
            Require(plans, InterfaceKinds.Bond, tree.Exists("/etc/network/if-pre-up.d/ifenslave"), "ifenslave");
            Require(plans, InterfaceKinds.Bridge, tree.HasProgram("brctl"), "bridge-utils");
            foreach (var plan in plans.Where(plan => plan.IsEthernet))
                tree.Write($"/etc/systemd/network/10-lpmos{plan.Number}.link", IfupdownFile.Link(plan));
            tree.Write("/etc/network/interfaces", IfupdownFile.Text(plans));
            return "ifupdown";
        }
        throw new InstallException(FailureCodes.Configuration, "The image has none of netplan, NetworkManager, systemd-networkd and ifupdown: its network cannot be configured.", "Add one of them to the image. wicked (SUSE) and network-scripts (RHEL 7) are not written.");
    }

    /// <summary>Files of a folder that configure interfaces too, kept under a name that nothing reads.</summary>
    private void PutAside(string folder, Func<string, bool> counts)
    {
        foreach (var name in tree.Names(folder).Where(name => counts(name) && !Directory.Exists(tree.Resolve($"{folder}/{name}")) && !name.Contains("lpmos", StringComparison.Ordinal)))
            tree.Move($"{folder}/{name}", $"{AsideFolder}{folder}/{name}");
    }

    /// <summary>ifupdown, where the image has it as well, keeps the loopback interface alone: what it names NetworkManager does not touch, and networkd configures twice.</summary>
    private void LeaveToOthers()
    {
        PutAside("/etc/network/interfaces.d", _ => true);
        if (tree.Read("/etc/network/interfaces") is not { } text || text == OnlyLoopback)
            return;
        tree.Move("/etc/network/interfaces", AsideFolder + "/etc/network/interfaces");
        tree.Write("/etc/network/interfaces", OnlyLoopback);
    }

    private void WriteNetworkd(IReadOnlyList<NetworkPlan> plans, string networkd, string? resolver)
    {
        foreach (var (name, text) in NetworkdFiles.All(plans))
            tree.Write("/etc/systemd/network/" + name, text);
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
        var search = plans.SelectMany(plan => plan.Search).Distinct().ToList();
        var domains = search.Count > 0 ? $"search {string.Join(' ', search)}\n" : "";
        var content = servers.Count > 0 ? domains + string.Concat(servers.Select(server => $"nameserver {server}\n")) : resolver;
        if (content is not null)
            tree.Write("/etc/resolv.conf", content);
    }

    private static void Require(IReadOnlyList<NetworkPlan> plans, string kind, bool there, string package)
    {
        if (!there && plans.Any(plan => plan.Kind == kind))
            throw new InstallException(FailureCodes.Configuration, $"The image configures its network with ifupdown, which makes no {kind} without the package {package}.", $"Add {package} to the image, or use an image with netplan, NetworkManager or systemd-networkd.");
    }

    private string? Unit(string name) => ((string[])["/usr/lib/systemd/system/", "/lib/systemd/system/"]).Select(folder => folder + name).FirstOrDefault(tree.Exists);
}
