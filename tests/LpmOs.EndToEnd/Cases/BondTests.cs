using System.Text.RegularExpressions;
using LpmOs.EndToEnd.Evidence;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>(n) BIOS: two NICs bonded by LACP, a VLAN on the bond; then one cable is pulled.</summary>
public sealed partial class BondTests(ITestOutputHelper output)
{
    private const string Address = "10.77.20.5", SecondMac = "52:54:00:77:00:8e";

    [Fact]
    [Trait("case", "n")]
    public async Task A_system_on_a_vlan_of_a_bond_calls_home_tagged_and_outlives_one_of_its_cables()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Repository.NewWorkFolder("n");
        await using var network = await LabNetwork.CreateAsync("n", folder, cancellationToken);
        await network.AddTapAsync("tap1", cancellationToken);
        await using var partner = await SwitchAsync(network, cancellationToken);
        await using var deployment = await Deployment.StandaloneAsync(network, "full", cancellationToken);
        // LACP is spoken only where speed and duplex are known, as they are of every real NIC.
        var spec = new MachineSpec
        {
            Firmware = FirmwareKind.Bios, NicDevice = "virtio-net-pci,speed=1000,duplex=full", DiskDevice = "virtio-blk-pci", SerialNumber = "SN-BOND-0001", Mac = "52:54:00:77:00:0e", DiskSerial = "VD-BOND", MoreMacs = [SecondMac],
        };
        var captures = new List<PacketCapture>();
        var it = new StorageCase("n BIOS, LACP bond and VLAN", spec, network, output)
        {
            Network = $$"""
                {"interfaces":[{"name":"port0","mac":"{{spec.Mac}}"},{"name":"port1","mac":"{{SecondMac}}"},{"name":"bond0","bond":{"mode":"802.3ad","members":["port0","port1"] } },
                 {"name":"bond0.20","vlan":{"id":20,"link":"bond0" },"addresses":["{{Address}}/24"],"gateway":"10.77.20.1"}]}
                """,
            WhileInstalling = async (machine, token) =>
            {
                // From here on it downloads nothing more.
                await machine.Console.WaitForAsync(ConsoleMarks.Finalizing(), TimeSpan.FromSeconds(1800), token);
                foreach (var tap in (string[])["tap0", "tap1"])
                    captures.Add(await PacketCapture.OnAsync(network, tap, tap, token));
            },
        };
        await using var machine = new VirtualMachine(network, spec);

        // "completed" is what the new system itself said, over the VLAN alone: it has no other address.
        await it.InstallAsync(machine, """{"preset":"plain"}""", cancellationToken);
        await machine.Console.WaitForAsync(ConsoleMarks.Login(), TimeSpan.FromSeconds(600), cancellationToken);
        Assert.Contains("SSH-2.0", await GreetingAsync(network, cancellationToken), StringComparison.Ordinal);
        foreach (var capture in captures)
            await capture.StopAsync();

        var calls = new List<string>();
        foreach (var capture in captures)
        {
            calls.AddRange(await capture.FieldsAsync($"http.request.uri contains \"/api/v1/installed\" && ip.src == {Address}", ["vlan.id", "ip.src", "http.request.uri"], cancellationToken));
            Assert.Empty(await capture.FieldsAsync($"!vlan && (ip.addr == {Address} || arp.src.proto_ipv4 == {Address})", ["frame.number", "ip.dst"], cancellationToken));
            // On both cables the machine says, as LACP has it, that it sends and receives in step with its partner.
            var said = await capture.FieldsAsync("lacp.actor.state.synchronization == 1 && lacp.actor.state.collecting == 1 && lacp.actor.state.distributing == 1 && lacp.actor.sysid != 02:00:00:00:00:aa", ["lacp.actor.sysid", "lacp.partner.sysid"], cancellationToken);
            Assert.Contains($"{spec.Mac}\t02:00:00:00:00:aa", said);
        }
        Assert.NotEmpty(calls);
        Assert.All(calls, call => Assert.StartsWith($"20\t{Address}\t", call, StringComparison.Ordinal));

        // The cable that it was installed through is pulled: both ends see it.
        await machine.SetLinkAsync("nic0", up: false, cancellationToken);
        await network.RunAsync("ip link set tap0 down", cancellationToken);
        await using (var left = await PacketCapture.OnAsync(network, "pulled", "tap1", cancellationToken))
        {
            Assert.Contains("SSH-2.0", await GreetingAsync(network, cancellationToken), StringComparison.Ordinal);
            await left.StopAsync();
            var answers = await left.FieldsAsync($"tcp.srcport == 22 && ip.src == {Address} && tcp.len > 0", ["vlan.id"], cancellationToken);
            Assert.NotEmpty(answers);
            Assert.All(answers, vlan => Assert.Equal("20", vlan));
        }
        await it.EndAsync(machine, cancellationToken);
    }

    // The VLAN's own network, 10.77.20.0/24, in which the services are the router.
    private static async Task<BackgroundProcess> SwitchAsync(LabNetwork network, CancellationToken cancellationToken)
    {
        var process = network.Start("python3", [Path.Combine(Repository.Root, "tests/LpmOs.EndToEnd/Lab/switch.py"), "20", "tap0", "tap1"], "switch.log");
        await process.Log.WaitForAsync(Ready(), TimeSpan.FromSeconds(30), cancellationToken);
        await network.RunAsync($"ip link set trunk master {LabNetwork.Bridge} up", cancellationToken);
        await network.RunAsync("ip addr add 10.77.20.1/24 dev vlan", cancellationToken);
        await network.RunAsync("ip link set vlan up", cancellationToken);
        return process;
    }

    // What its SSH server says to whoever connects; a connection that goes astray is tried again.
    private static async Task<string> GreetingAsync(LabNetwork network, CancellationToken cancellationToken)
    {
        var (_, said, error) = await network.TryAsync(
            ["bash", "-c", $"for try in $(seq 60); do timeout 10 bash -c 'exec 3<>/dev/tcp/{Address}/22; head -c 7 <&3' && exit; sleep 1; done"], cancellationToken);
        return said.Length > 0 ? said : error;
    }

    [GeneratedRegex("switch ready")]
    private static partial Regex Ready();
}
