using LpmOs.Agent.Install;
using LpmOs.Agent.Install.Target;
using LpmOs.Agent.Install.Target.Network;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Tests.Install.Target.Network;

/// <summary>A bond with a VLAN and a bridge on it, in each form, read by the programs that the new system has: netplan, libnm, ifupdown; and by systemd-networkd's files as netplan makes them.</summary>
public sealed class NetworkFilesTests
{
    private static readonly NetworkSpec Spec = new()
    {
        Interfaces =
        [
            new() { Name = "port0", Mac = "52:54:00:00:00:01", Dhcp4 = false },
            new() { Name = "port1", Mac = "52:54:00:00:00:02", Dhcp4 = false },
            new() { Kind = "bond", Name = "bond0", Dhcp4 = false, Mtu = 9000, Bond = new BondSpec { Mode = "802.3ad", Members = ["port0", "port1"], LacpRate = "fast", HashPolicy = "layer3+4" } },
            new()
            {
                Kind = "vlan", Name = "bond0.42", Vlan = new VlanSpec { Id = 42, Link = "bond0" }, Dhcp4 = false, Addresses = ["10.42.0.21/24", "2001:db8:42::21/64"], Gateway = "10.42.0.1", Gateway6 = "fe80::1",
                Routes = [new RouteSpec { To = "10.8.0.0/16", Via = "10.42.0.254", Metric = 50 }], Dns = ["10.42.0.53", "2001:db8::53"], Search = ["db.example.com"],
            },
            new() { Kind = "vlan", Name = "bond0.7", Vlan = new VlanSpec { Id = 7, Link = "bond0" }, Dhcp4 = false },
            new() { Kind = "bridge", Name = "br0", Bridge = new BridgeSpec { Ports = ["bond0.7"], Stp = true }, Dhcp4 = true, Dhcp6 = true, Mtu = 1400 },
            new() { Mac = "52:54:00:00:00:03", Dhcp4 = true },
            // No IPv4 here, and a server that only IPv4 reaches: libnm refuses a profile that has both.
            new() { Mac = "52:54:00:00:00:04", Dhcp4 = false, Addresses = ["2001:db8:7::5/64"], Dns = ["10.42.0.53", "2001:db8::53"] },
        ],
    };

    private static IReadOnlyList<NetworkPlan> Plans => NetworkPlan.From(Spec, "52:54:00:00:00:09");

    [Fact]
    public void NetplanTakesItAndMakesOfItWhatWeWriteForNetworkdOurselves()
    {
        Assert.True(File.Exists("/usr/sbin/netplan"), "Needs netplan: apt-get install netplan.io.");
        using var machine = new RecordedMachine().File("etc/netplan/50-lpmos.yaml", NetplanFile.Text(Plans));
        File.SetUnixFileMode(Path.Join(machine.Root, "etc/netplan/50-lpmos.yaml"), TargetTree.PrivateFile);

        var said = RecordedMachine.Program("sh", $"-c \"netplan generate --root-dir {machine.Root} 2>&1; echo code $?\"");

        Assert.Contains("code 0", said, StringComparison.Ordinal);
        var theirs = Settings(Directory.EnumerateFiles(Path.Join(machine.Root, "run/systemd/network")).Select(File.ReadAllText));
        var ours = Settings(NetworkdFiles.All(Plans).Select(file => file.Text));
        string[] compared =
        [
            "Bond.Mode", "Bond.LACPTransmitRate", "Bond.MIIMonitorSec", "Bond.TransmitHashPolicy", "VLAN.Id", "Bridge.STP", "NetDev.Name", "NetDev.Kind", "Network.Bond", "Network.VLAN", "Network.Bridge",
            "Network.Address", "Network.DNS", "Network.Domains",
        ];
        foreach (var name in compared)
            Assert.Equal((name, string.Join('|', Values(theirs, name))), (name, string.Join('|', Values(ours, name))));
        Assert.Equal(Values(theirs, "Match.PermanentMACAddress"), Values(ours, "Match.PermanentMACAddress").Concat(Values(ours, "Match.MACAddress")).Order(StringComparer.Ordinal));
        // That there is no DHCP we say, netplan does not.
        Assert.Equal(Values(theirs, "Network.DHCP"), Values(ours, "Network.DHCP").Except(["no"]));
        Assert.Contains("52:54:00:00:00:01", ours["NetDev.MACAddress"]);
        Assert.Equal(["10.42.0.254"], ours["Route.Gateway"]);
    }

    [Fact]
    public void NetworkManagersLibraryTakesEachKeyfile()
    {
        using var machine = new RecordedMachine();
        foreach (var (name, text) in NetworkManagerFiles.All(Plans))
            machine.File(name, text);
        // What libnm reads of each: verified as the daemon would, then told setting by setting.
        const string script = """
            import sys, glob, gi
            gi.require_version('NM', '1.0')
            from gi.repository import NM, GLib
            for path in sorted(glob.glob(sys.argv[1] + '/*.nmconnection')):
                keys = GLib.KeyFile.new(); keys.load_from_file(path, GLib.KeyFileFlags.NONE)
                def warn(*a): print('WARNING', a); return True
                c = NM.keyfile_read(keys, '/', NM.KeyfileHandlerFlags.NONE, warn, None)
                c.normalize(); c.verify()
                s, b, v = c.get_setting_connection(), c.get_setting_bond(), c.get_setting_vlan()
                four = c.get_setting_ip4_config()
                print(s.get_id(), s.get_uuid(), s.get_connection_type(), s.get_interface_name(), s.get_master(), s.get_slave_type())
                if b: print(' bond', ' '.join(sorted('%s=%s' % (n, b.get_option_by_name(n)) for n in ('mode', 'miimon', 'lacp_rate', 'xmit_hash_policy'))))
                if v: print(' vlan', v.get_id(), v.get_parent())
                if four: print(' ipv4', four.get_method(), [four.get_address(i).get_address() + '/' + str(four.get_address(i).get_prefix()) for i in range(four.get_num_addresses())], four.get_gateway(), [(r.get_dest(), r.get_next_hop(), r.get_metric()) for r in (four.get_route(i) for i in range(four.get_num_routes()))], [four.get_dns_search(i) for i in range(four.get_num_dns_searches())])
            """;
        machine.File("read.py", script);

        var said = RecordedMachine.Program("sh", $"-c \"/usr/bin/python3 {machine.Root}/read.py {machine.Root} 2>&1\"");

        Assert.True(said.Contains("bond0.42", StringComparison.Ordinal), "Needs libnm for Python (apt-get install python3-gi gir1.2-nm-1.0), or libnm refused a file: " + said);
        Assert.DoesNotContain("WARNING", said, StringComparison.Ordinal);
        Assert.DoesNotContain("Error", said, StringComparison.Ordinal);
        var lines = said.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string UuidOf(string id) => lines.Single(line => line.StartsWith(id + " ", StringComparison.Ordinal)).Split(' ')[1];
        Assert.Contains($"lpmos0 {UuidOf("lpmos0")} 802-3-ethernet None {UuidOf("bond0")} bond", lines);
        Assert.Contains("bond lacp_rate=fast miimon=100 mode=802.3ad xmit_hash_policy=layer3+4", lines);
        Assert.Contains($"vlan 42 {UuidOf("bond0")}", lines);
        Assert.Contains("ipv4 manual ['10.42.0.21/24'] 10.42.0.1 [('10.8.0.0', '10.42.0.254', 50)] ['db.example.com']", lines);
        Assert.Contains($"bond0.7 {UuidOf("bond0.7")} vlan bond0.7 {UuidOf("br0")} bridge", lines);
    }

    /// <summary>NetworkManager takes a bond's primary by its interface's name, which a file of systemd-udevd must give first.</summary>
    [Fact]
    public void ABondsPrimaryHasTheNameThatNetworkManagerKnowsItBy()
    {
        using var machine = new RecordedMachine().File("usr/sbin/NetworkManager", "");
        var plans = NetworkPlan.From(
            new() { Interfaces = [new() { Name = "port0", Mac = "52:54:00:00:00:01", Dhcp4 = false }, new() { Name = "port1", Mac = "52:54:00:00:00:02", Dhcp4 = false }, new() { Kind = "bond", Name = "bond0", Bond = new BondSpec { Mode = "active-backup", Members = ["port0", "port1"], Primary = "port1" } }] },
            "52:54:00:00:00:09");

        Assert.Equal("NetworkManager", new NetworkConfiguration(new TargetTree(machine.Root)).Write(plans, null));

        Assert.Contains("mode=active-backup\nmiimon=100\nprimary=lan1\n", File.ReadAllText(Path.Join(machine.Root, "etc/NetworkManager/system-connections/lpmos2.nmconnection")), StringComparison.Ordinal);
        Assert.Contains("MACAddress=52:54:00:00:00:02\nType=ether\n\n[Link]\nName=lan1", File.ReadAllText(Path.Join(machine.Root, "etc/systemd/network/10-lpmos1.link")), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Join(machine.Root, "etc/systemd/network/10-lpmos0.link")));
    }

    [Fact]
    public void IfupdownReadsItAndWouldDoIt()
    {
        Assert.True(File.Exists("/usr/sbin/ifquery") || File.Exists("/sbin/ifquery"), "Needs ifquery: apt-get install ifupdown.");
        using var machine = new RecordedMachine().File("interfaces", IfupdownFile.Text(Plans));
        string Query(string what) => RecordedMachine.Program("sh", $"-c \"PATH=/usr/sbin:/sbin:/usr/bin:/bin; ifquery --interfaces={machine.Root}/interfaces {what} 2>&1\"");

        Assert.Equal(["lo", "lan0", "lan1", "lan6", "lan7", "bond0", "bond0.42", "bond0.7", "br0"], Query("--list").Split('\n', StringSplitOptions.RemoveEmptyEntries));
        var bond = Query("bond0");
        Assert.Contains("bond-slaves: lan0 lan1", bond, StringComparison.Ordinal);
        Assert.Contains("bond-mode: 802.3ad", bond, StringComparison.Ordinal);
        Assert.Contains("bond-lacp-rate: fast", bond, StringComparison.Ordinal);
        var vlan = Query("bond0.42");
        Assert.Contains("address: 10.42.0.21\n", vlan, StringComparison.Ordinal);
        Assert.Contains("gateway: fe80::1", vlan, StringComparison.Ordinal);
        Assert.Contains("type vlan id 42", vlan, StringComparison.Ordinal);
        Assert.Contains("bridge_ports: bond0.7", Query("br0"), StringComparison.Ordinal);
        // What ifup would do, in its order: the bond is there before it gets its MAC and its size, and all that before the scripts that fill it; a bridge is made by such a script.
        string[] Would(string name) => [.. RecordedMachine.Program("sh", $"-c \"PATH=/usr/sbin:/sbin:/usr/bin:/bin; ifup --no-act --verbose --force --interfaces={machine.Root}/interfaces --state-dir={machine.Root} {name} 2>&1\"").Split('\n')];
        int At(string[] lines, string text) => Array.FindIndex(lines, line => line.Contains(text, StringComparison.Ordinal));
        var makes = Would("bond0");
        var order = (int[])[At(makes, "ip link add dev bond0 type bond"), At(makes, "ip link set dev bond0 address 52:54:00:00:00:01"), At(makes, "ip link set dev bond0 mtu 9000"), At(makes, "/etc/network/if-pre-up.d")];
        Assert.Equal(order.Order(), order);
        Assert.True(order[0] >= 0, string.Join('\n', makes));
        makes = Would("br0");
        Assert.InRange(At(makes, "/etc/network/if-pre-up.d"), 0, At(makes, "ip link set dev br0 mtu 1400") - 1);
        Assert.Contains("Name=lan6", IfupdownFile.Link(Plans[6]), StringComparison.Ordinal);
    }

    [Fact]
    public void ActiveBackupHasItsPrimaryInEachForm()
    {
        var plans = NetworkPlan.From(new()
        {
            Interfaces =
            [
                new() { Name = "a", Mac = "52:54:00:00:00:01", Dhcp4 = false }, new() { Name = "b", Mac = "52:54:00:00:00:02", Dhcp4 = false },
                new() { Kind = "bond", Name = "bond0", Dhcp4 = true, Bond = new BondSpec { Mode = "active-backup", Members = ["a", "b"], Primary = "b", Miimon = 50 } },
            ],
        }, "52:54:00:00:00:09");

        Assert.Contains("primary: \"b\"", NetplanFile.Text(plans), StringComparison.Ordinal);
        Assert.Contains("PermanentMACAddress=52:54:00:00:00:02\nType=ether\n\n[Network]\nBond=bond0\nPrimarySlave=yes\n", NetworkdFiles.Network(plans[1], plans), StringComparison.Ordinal);
        Assert.Contains("  bond-primary lan1\n", IfupdownFile.Text(plans), StringComparison.Ordinal);
        Assert.Contains("MIIMonitorSec=50ms", string.Concat(NetworkdFiles.All(plans).Select(file => file.Text)), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatNobodyCanBuildIsRefusedBeforeTheDiskIsTouched()
    {
        Assert.Throws<InstallException>(() => NetworkPlan.From(new() { Interfaces = [new() { Kind = "vlan", Name = "v", Vlan = new VlanSpec { Id = 5, Link = "nobody" } }] }, "52:54:00:00:00:01"));
        Assert.Throws<InstallException>(() => NetworkPlan.From(new() { Interfaces = [new() { Kind = "vlan", Name = "v", Vlan = new VlanSpec { Id = 5, Link = "v" } }] }, "52:54:00:00:00:01"));
        Assert.Throws<InstallException>(() => NetworkPlan.From(new() { Interfaces = [new() { Name = "a\nb" }] }, "52:54:00:00:00:01"));
        Assert.Throws<InstallException>(() => NetworkPlan.From(new() { Interfaces = [new() { Name = "a" }, new() { Kind = "bond", Name = "b", Bond = new BondSpec { Mode = "802.3ad\nx", Members = ["a"] } }] }, "52:54:00:00:00:01"));
        using var machine = new RecordedMachine().File("sbin/ifup", "");
        // wicked's program of that name.
        Assert.Contains("none of netplan", Assert.Throws<InstallException>(() => new NetworkConfiguration(new TargetTree(machine.Root)).Write(Plans, null)).Message, StringComparison.Ordinal);
        machine.File("etc/network/interfaces", "");
        var failure = Assert.Throws<InstallException>(() => new NetworkConfiguration(new TargetTree(machine.Root)).Write(Plans, null));
        Assert.Contains("ifenslave", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>networkd takes the first file that fits and NetworkManager the profile used last: what the image was built with must not be there beside ours.</summary>
    [Theory]
    [InlineData("usr/sbin/netplan", "etc/netplan/90-default.yaml", "etc/netplan/50-lpmos.yaml")]
    [InlineData("usr/sbin/NetworkManager", "etc/NetworkManager/system-connections/eno1.nmconnection", "etc/NetworkManager/system-connections/lpmos0.nmconnection")]
    [InlineData("usr/sbin/NetworkManager", "etc/sysconfig/network-scripts/ifcfg-eno1", "etc/NetworkManager/system-connections/lpmos0.nmconnection")]
    [InlineData("usr/lib/systemd/system/systemd-networkd.service", "etc/systemd/network/10-all.network", "etc/systemd/network/10-lpmos0.network")]
    public void TheNetworkThatTheImageCameWithIsPutAside(string program, string old, string ours)
    {
        using var machine = new RecordedMachine().File(program, "").File("usr/lib/systemd/system/NetworkManager.service", "").File("etc/sysconfig/network-scripts/ifcfg-lo", "lo")
            .File(old, "the image's").File("etc/network/interfaces", "auto eth0\niface eth0 inet dhcp\n").File("etc/network/interfaces.d/eth1", "auto eth1\n");
        var plans = NetworkPlan.From(new() { Interfaces = [new() { Mac = "52:54:00:00:00:01" }] }, "52:54:00:00:00:01");
        string Text(string path) => File.ReadAllText(Path.Join(machine.Root, path));
        // Twice: an agent that was restarted writes it once more.
        for (var time = 0; time < 2; time++)
            new NetworkConfiguration(new TargetTree(machine.Root)).Write(plans, null);
        Assert.False(File.Exists(Path.Join(machine.Root, old)));
        Assert.Equal("the image's", Text("var/lib/lpmos/replaced/" + old));
        Assert.NotEqual("", Text(ours));
        Assert.Equal("lo", Text("etc/sysconfig/network-scripts/ifcfg-lo"));
        Assert.Equal("auto lo\niface lo inet loopback\n", Text("etc/network/interfaces"));
        Assert.Contains("eth0", Text("var/lib/lpmos/replaced/etc/network/interfaces"), StringComparison.Ordinal);
        Assert.Equal([], Directory.GetFiles(Path.Join(machine.Root, "etc/network/interfaces.d")));
        Assert.Equal(program.EndsWith("NetworkManager", StringComparison.Ordinal), new FileInfo(Path.Join(machine.Root, "etc/systemd/system/multi-user.target.wants/NetworkManager.service")).LinkTarget is not null);
    }

    /// <summary>libnm refuses a whole profile for a server of a family that is link-local alone, and for a gateway without an address.</summary>
    [Fact]
    public void WhatTheDaemonRefusesIsNotWritten()
    {
        var quiet = NetworkPlan.From(new() { Interfaces = [new() { Dhcp4 = false, Addresses = ["10.0.0.5/24"], AcceptRa = false, Dns = ["2001:db8::53", "10.0.0.53"], Search = ["example.org"] }] }, "52:54:00:00:00:01");
        var six = NetworkManagerFiles.Text(quiet[0], quiet)[(NetworkManagerFiles.Text(quiet[0], quiet).IndexOf("[ipv6]", StringComparison.Ordinal))..];
        Assert.Equal("[ipv6]\nmethod=link-local\n", six);
        var routed = NetworkPlan.From(new() { Interfaces = [new() { Dhcp4 = true, AcceptRa = true, Gateway6 = "fe80::1" }] }, "52:54:00:00:00:01");
        var text = NetworkManagerFiles.Text(routed[0], routed);
        Assert.Contains("[ipv6]\nmethod=auto\nroute1=::/0,fe80::1\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("gateway=", text, StringComparison.Ordinal);
    }

    private static string[] Values(Dictionary<string, List<string>> all, string name) => [.. all.GetValueOrDefault(name, []).Select(value => value == "yes" ? "true" : value).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>"Section.Key" to values, of all files.</summary>
    private static Dictionary<string, List<string>> Settings(IEnumerable<string> files)
    {
        var all = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var text in files)
        {
            var section = "";
            foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (line.StartsWith('['))
                    section = line.Trim('[', ']');
                else if (line.Split('=', 2) is [var key, var value] && !line.StartsWith('#'))
                    (all.TryGetValue($"{section}.{key}", out var values) ? values : all[$"{section}.{key}"] = []).Add(value);
            }
        }
        return all;
    }
}
