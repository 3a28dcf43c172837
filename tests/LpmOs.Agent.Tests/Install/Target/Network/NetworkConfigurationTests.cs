using LpmOs.Agent.Install;
using LpmOs.Agent.Install.Target;
using LpmOs.Agent.Install.Target.Network;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Tests.Install.Target.Network;

/// <summary>For what the network is written in images that have several: for what they start.</summary>
public sealed class NetworkConfigurationTests
{
    private const string Units = "usr/lib/systemd/system/";
    private const string Wants = "etc/systemd/system/multi-user.target.wants/";
    private static readonly IReadOnlyList<NetworkPlan> Plain = NetworkPlan.From(new() { Interfaces = [new() { Mac = "52:54:00:00:00:01", Dhcp4 = false, Addresses = ["10.0.0.5/24"], Dns = ["10.0.0.53"], Search = ["example.org"] }] }, "52:54:00:00:00:01");

    private static IReadOnlyList<NetworkPlan> Bond => NetworkPlan.From(
        new() { Interfaces = [new() { Name = "port0", Mac = "52:54:00:00:00:01", Dhcp4 = false }, new() { Kind = "bond", Name = "bond0", Bond = new BondSpec { Mode = "active-backup", Members = ["port0"] }, Dhcp4 = true }] }, "52:54:00:00:00:01");

    /// <summary>An image with all but netplan.</summary>
    private static RecordedMachine Image(params string[] enabled)
    {
        var machine = new RecordedMachine().File("usr/sbin/NetworkManager", "").File(Units + "NetworkManager.service", "").File(Units + "systemd-networkd.service", "").File("usr/sbin/ifup", "").File("etc/network/interfaces", "")
            .File(Units + "networking.service", "");
        foreach (var name in enabled)
            Link(machine, Wants + name, "/lib/systemd/system/" + name);
        return machine;
    }

    private static void Link(RecordedMachine machine, string path, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Join(machine.Root, path))!);
        File.CreateSymbolicLink(Path.Join(machine.Root, path), target);
    }

    private static string Write(RecordedMachine machine, IReadOnlyList<NetworkPlan>? plans = null) => new NetworkConfiguration(new TargetTree(machine.Root)).Write(plans ?? Plain, "nameserver 192.0.2.1\n");

    [Theory]
    [InlineData("", "NetworkManager")]
    [InlineData("systemd-networkd.service", "systemd-networkd")]
    [InlineData("networking.service", "ifupdown")]
    [InlineData("networking.service systemd-networkd.service", "systemd-networkd")]
    [InlineData("networking.service NetworkManager.service", "NetworkManager")]
    public void WhatTheImageStartsIsWritten(string enabled, string renderer)
    {
        using var machine = Image(enabled.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(renderer, Write(machine));

        Assert.Equal(renderer == "ifupdown", File.ReadAllText(Path.Join(machine.Root, "etc/network/interfaces")).Contains("iface lan0", StringComparison.Ordinal));
        Assert.Equal(renderer == "systemd-networkd", File.Exists(Path.Join(machine.Root, "etc/systemd/network/10-lpmos0.network")));
        Assert.Equal(renderer == "NetworkManager", File.Exists(Path.Join(machine.Root, "etc/NetworkManager/system-connections/lpmos0.nmconnection")));
        // An agent that was restarted chooses the same.
        Assert.Equal(renderer, Write(machine));
    }

    [Fact]
    public void WhatIsMaskedWouldNeverStart()
    {
        using var machine = Image();
        Link(machine, "etc/systemd/system/NetworkManager.service", "/dev/null");
        Link(machine, "etc/systemd/system/systemd-networkd.service", "/dev/null");

        Assert.Equal("ifupdown", Write(machine));

        Assert.NotNull(new FileInfo(Path.Join(machine.Root, Wants, "networking.service")).LinkTarget);
        Link(machine, "etc/systemd/system/networking.service", "/dev/null");
        Assert.Contains("or has masked it", Assert.Throws<InstallException>(() => Write(machine)).Message, StringComparison.Ordinal);
    }

    /// <summary>Debian's standard image starts ifupdown, and has networkd beside it, which needs no ifenslave.</summary>
    [Fact]
    public void WhatIfupdownCannotMakeAnotherDoes()
    {
        using var machine = Image("networking.service");
        File.Delete(Path.Join(machine.Root, "usr/sbin/NetworkManager"));

        Assert.Equal("systemd-networkd", Write(machine, Bond));

        Assert.Equal("auto lo\niface lo inet loopback\n", File.ReadAllText(Path.Join(machine.Root, "etc/network/interfaces")));
        using var able = Image("networking.service").File("etc/network/if-pre-up.d/ifenslave", "");
        Assert.Equal("ifupdown", Write(able, Bond));
    }

    /// <summary>The files of networkd would come beside ours; name servers in interfaces(5) need resolvconf.</summary>
    [Fact]
    public void IfupdownHasItsNameServersAndNobodyBesideIt()
    {
        using var machine = Image("networking.service").File("etc/systemd/network/10-all.network", "[Match]\n");

        Assert.Equal("ifupdown", Write(machine));

        Assert.False(File.Exists(Path.Join(machine.Root, "etc/systemd/network/10-all.network")));
        Assert.Equal("search example.org\nnameserver 10.0.0.53\n", File.ReadAllText(Path.Join(machine.Root, "etc/resolv.conf")));
        using var other = Image("networking.service").File("usr/sbin/resolvconf", "");
        Write(other);
        Assert.False(File.Exists(Path.Join(other.Root, "etc/resolv.conf")));
    }
}
