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

    private const string Manager = "NetworkManager", Networkd = "systemd-networkd", Ifupdown = "ifupdown";

    private readonly SystemdUnits _units = new(tree);

    /// <returns>What it was written for.</returns>
    /// <param name="plans">Interfaces of the new system.</param>
    /// <param name="resolver">The boot image's own resolv.conf, for systems in which nothing else writes it.</param>
    /// <exception cref="InstallException">The image has nothing that takes it.</exception>
    public string Write(IReadOnlyList<NetworkPlan> plans, string? resolver)
    {
        var renderer = Renderer(plans);
        switch (renderer)
        {
            case "netplan":
                // networkd takes the first file that fits, NetworkManager any: what the image was built or used with would win, or be added.
                PutAside("/etc/netplan", name => name.EndsWith(".yaml", StringComparison.Ordinal));
                LeaveToOthers();
                tree.Write("/etc/netplan/50-lpmos.yaml", NetplanFile.Text(plans), TargetTree.PrivateFile);
                break;
            case Manager:
                WriteManager(plans);
                break;
            case Networkd:
                LeaveToOthers();
                WriteNetworkd(plans, resolver);
                break;
            default:
                WriteIfupdown(plans, resolver);
                break;
        }
        return renderer;
    }

    /// <summary>netplan, for it is what makes the files of the others; else what the image starts; else the first that it has.</summary>
    private string Renderer(IReadOnlyList<NetworkPlan> plans)
    {
        if (tree.HasProgram("netplan") && tree.Exists("/etc/netplan"))
            return "netplan";
        var there = There().ToList();
        if (there.Count == 0)
            throw new InstallException(FailureCodes.Configuration, "The image has none of netplan, NetworkManager, systemd-networkd and ifupdown, or has masked it: its network cannot be configured.", "Add one of them to the image, or unmask it. wicked (SUSE) and network-scripts (RHEL 7) are not written.");
        var chosen = there.FirstOrDefault(one => _units.IsEnabled(one.Unit)).Name ?? there[0].Name;
        if (chosen == Ifupdown && Lacking(plans) is { } lacking)
            return there.FirstOrDefault(one => one.Name != Ifupdown).Name
                ?? throw new InstallException(FailureCodes.Configuration, $"The image configures its network with ifupdown, which makes no {lacking.Kind} without the package {lacking.Package}.", $"Add {lacking.Package} to the image, or use an image with netplan, NetworkManager or systemd-networkd.");
        return chosen;
    }

    private IEnumerable<(string Name, string Unit)> There()
    {
        if (tree.HasProgram(Manager) && !_units.IsMasked("NetworkManager.service"))
            yield return (Manager, "NetworkManager.service");
        if (_units.Find("systemd-networkd.service") is not null)
            yield return (Networkd, "systemd-networkd.service");
        // SUSE's wicked and RHEL 7's network-scripts have a program of that name too.
        if (tree.HasProgram("ifup") && tree.Exists("/etc/network") && !_units.IsMasked("networking.service"))
            yield return (Ifupdown, "networking.service");
    }

    private (string Kind, string Package)? Lacking(IReadOnlyList<NetworkPlan> plans) =>
        plans.Any(plan => plan.Kind == InterfaceKinds.Bond) && !tree.Exists("/etc/network/if-pre-up.d/ifenslave") ? (InterfaceKinds.Bond, "ifenslave")
        : plans.Any(plan => plan.Kind == InterfaceKinds.Bridge) && !tree.HasProgram("brctl") ? (InterfaceKinds.Bridge, "bridge-utils") : null;

    private void WriteManager(IReadOnlyList<NetworkPlan> plans)
    {
        PutAside("/etc/NetworkManager/system-connections", _ => true);
        PutAside("/etc/sysconfig/network-scripts", name => name.StartsWith("ifcfg-", StringComparison.Ordinal) && name != "ifcfg-lo");
        PutNetworkdAside();
        LeaveToOthers();
        Enable("NetworkManager.service");
        // NetworkManager knows a bond's primary only by its name.
        foreach (var plan in plans.Where(plan => plan.Owner?.Bond?.Primary == plan.Id))
            tree.Write($"/etc/systemd/network/10-lpmos{plan.Number}.link", IfupdownFile.Link(plan));
        foreach (var (name, text) in NetworkManagerFiles.All(plans))
            tree.Write("/etc/NetworkManager/system-connections/" + name, text, TargetTree.PrivateFile);
    }

    private void WriteIfupdown(IReadOnlyList<NetworkPlan> plans, string? resolver)
    {
        PutAside("/etc/network/interfaces.d", _ => true);
        PutNetworkdAside();
        Enable("networking.service");
        foreach (var plan in plans.Where(plan => plan.IsEthernet))
            tree.Write($"/etc/systemd/network/10-lpmos{plan.Number}.link", IfupdownFile.Link(plan));
        tree.Write("/etc/network/interfaces", IfupdownFile.Text(plans));
        // Name servers in the file above are for who reads them there; DHCP's client writes its own.
        if (!tree.HasProgram("resolvconf") && !_units.IsEnabled("systemd-resolved.service"))
            WriteResolver(plans, resolver);
    }

    private void PutNetworkdAside() => PutAside("/etc/systemd/network", name => name.EndsWith(".network", StringComparison.Ordinal));

    private void Enable(string unit)
    {
        if (_units.Find(unit) is { } file)
            tree.Link(Wants + unit, file);
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

    private void WriteNetworkd(IReadOnlyList<NetworkPlan> plans, string? resolver)
    {
        PutNetworkdAside();
        foreach (var (name, text) in NetworkdFiles.All(plans))
            tree.Write("/etc/systemd/network/" + name, text);
        Enable("systemd-networkd.service");
        if (_units.Find("systemd-networkd.socket") is { } socket)
            tree.Link("/etc/systemd/system/sockets.target.wants/systemd-networkd.socket", socket);
        if (_units.Find("systemd-networkd-wait-online.service") is { } online)
            tree.Link(OnlineWants + "systemd-networkd-wait-online.service", online);
        if (_units.Find("systemd-resolved.service") is not null)
        {
            Enable("systemd-resolved.service");
            tree.Link("/etc/resolv.conf", "../run/systemd/resolve/stub-resolv.conf");
            return;
        }
        WriteResolver(plans, resolver);
    }

    private void WriteResolver(IReadOnlyList<NetworkPlan> plans, string? resolver)
    {
        var servers = plans.SelectMany(plan => plan.Dns).Distinct().ToList();
        var search = plans.SelectMany(plan => plan.Search).Distinct().ToList();
        var domains = search.Count > 0 ? $"search {string.Join(' ', search)}\n" : "";
        var content = servers.Count > 0 ? domains + string.Concat(servers.Select(server => $"nameserver {server}\n")) : resolver;
        if (content is not null)
            tree.Write("/etc/resolv.conf", content);
    }
}
