using LpmOs.Contracts.Tasks;

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
            tree.Write("/etc/netplan/50-lpmos.yaml", NetplanFile.Text(plans), TargetTree.PrivateFile);
            return "netplan";
        }
        if (tree.HasProgram("NetworkManager"))
        {
            // NetworkManager knows a bond's primary only by its name.
            foreach (var plan in plans.Where(plan => plan.Owner?.Bond?.Primary == plan.Id))
                tree.Write($"/etc/systemd/network/10-lpmos{plan.Number}.link", IfupdownFile.Link(plan));
            foreach (var (name, text) in NetworkManagerFiles.All(plans))
                tree.Write("/etc/NetworkManager/system-connections/" + name, text, TargetTree.PrivateFile);
            return "NetworkManager";
        }
        if (Unit("systemd-networkd.service") is { } networkd)
        {
            WriteNetworkd(plans, networkd, resolver);
            return "systemd-networkd";
        }
        if (tree.HasProgram("ifup"))
        {
            Require(plans, InterfaceKinds.Bond, tree.Exists("/etc/network/if-pre-up.d/ifenslave"), "ifenslave");
            Require(plans, InterfaceKinds.Bridge, tree.HasProgram("brctl"), "bridge-utils");
            foreach (var plan in plans.Where(plan => plan.IsEthernet))
                tree.Write($"/etc/systemd/network/10-lpmos{plan.Number}.link", IfupdownFile.Link(plan));
            tree.Write("/etc/network/interfaces", IfupdownFile.Text(plans));
            return "ifupdown";
        }
        throw new InstallException(FailureCodes.Configuration, "The image has none of netplan, NetworkManager, systemd-networkd and ifupdown: its network cannot be configured.", "Add one of them to the image.");
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
