namespace LpmOs.Boot.Tests.Lab;

/// <summary>A boot service on two wires of three: each has its own network and is told our address there, and the third hears nothing.</summary>
[Collection("lab")]
public sealed class InterfacesTests : IAsyncLifetime
{
    private readonly BootNetwork _network = new();
    private readonly List<string> _rooms = [];

    public async ValueTask InitializeAsync()
    {
        await _network.InitializeAsync();
        if (!BootNetwork.Possible)
            return;
        foreach (var (i, address) in new[] { (1, "10.77.0.1/24"), (2, "10.66.0.1/24") })
        {
            var room = _network.Client + "i" + i;
            _rooms.Add(room);
            await Command.Run("ip", "netns", "add", room);
            await Command.Run("ip", "-n", _network.Server, "link", "add", "s" + i, "type", "veth", "peer", "name", "m0", "netns", room);
            await Command.Run("ip", "-n", _network.Server, "addr", "add", address, "dev", "s" + i);
            foreach (var (space, link) in new[] { (_network.Server, "s" + i), (room, "m0"), (room, "lo") })
                await Command.Run("ip", "-n", space, "link", "set", link, "up");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var room in _rooms)
            await Command.Try("ip", "netns", "del", room);
        await _network.DisposeAsync();
    }

    [Fact]
    public async Task Machines_on_each_wire_boot_from_our_address_there()
    {
        BootNetwork.RequirePossible();
        await _network.StartServiceAsync("full", "--Boot:Dhcp:Interface=s0,s1", "--Boot:Dhcp:Range=10.88.0.100-10.88.0.110", "--Boot:Dhcp:Subnets:0:Range=10.77.0.100-10.77.0.110",
            "--Boot:Dhcp:Subnets:0:Netmask=255.255.255.0", "--Boot:Dhcp:Subnets:0:Router=10.77.0.254", "--Boot:Sentinel:Interval=1s");
        string[] firmware = ["-V", "PXEClient:Arch:00000:UNDI:002001", "-x", "0x5d:0000"], ipxe = [.. firmware, "-x", "0x4d:69505845"];
        foreach (var (space, link, net) in new[] { (_network.Client, "c0", "10.88.0."), (_rooms[0], "m0", "10.77.0.") })
        {
            var told = await _network.UdhcpcAtAsync(space, link, firmware);
            Assert.StartsWith(net + "1", told.GetValueOrDefault("ip", "no lease"));
            Assert.Equal((net + "1", net + "1", "undionly.kpxe"), (told["serverid"], told["siaddr"], told["boot_file"]));
            Assert.Equal($"http://{net}1:8082/boot.ipxe", (await _network.UdhcpcAtAsync(space, link, ipxe))["boot_file"]);
            await Command.Run("ip", "-n", space, "addr", "add", told["ip"] + "/24", "dev", link);
            var (_, script) = await Command.Try("ip", "netns", "exec", space, "curl", "-sS", $"http://{net}1:8082/boot.ipxe");
            Assert.Contains($"http://{net}1:8082/", script);
            var (code, output) = await Command.Try("ip", "netns", "exec", space, "curl", "-sS", "-o", Path.Combine(_network.Folder, "fetched"), $"tftp://{net}1/undionly.kpxe");
            Assert.True(code == 0, output);
        }
        Assert.Empty(await _network.UdhcpcAtAsync(_rooms[1], "m0", firmware));

        // The second wire is watched, too.
        using var rogue = Command.Start("ip", "netns", "exec", _rooms[0], "dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--port=0", "--interface=m0", "--bind-interfaces", "--no-ping",
            "--dhcp-range=10.77.0.50,10.77.0.50,255.255.255.0,1h", $"--dhcp-leasefile={_network.Folder}/leases", "--dhcp-broadcast");
        _ = rogue.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await _network.LineAsync("Another DHCP server answers on s1");
        }
        finally
        {
            rogue.Kill(entireProcessTree: true);
            await rogue.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task As_a_proxy_it_answers_on_each_wire_with_its_address_there()
    {
        BootNetwork.RequirePossible();
        await _network.StartServiceAsync("proxy", "--Boot:Dhcp:Interface=s0,s1");
        // Nobody gives addresses here: the client asks in vain, and what it is answered is read from the wire.
        var capture = Path.Combine(_network.Folder, "proxy.pcap");
        using var tcpdump = Command.Start("ip", "netns", "exec", _rooms[0], "tcpdump", "-U", "--immediate-mode", "-i", "m0", "-w", capture, "udp port 67");
        await tcpdump.StandardError.ReadLineAsync(TestContext.Current.CancellationToken); // "listening on m0"
        await _network.UdhcpcAtAsync(_rooms[0], "m0", "-V", "PXEClient:Arch:00000:UNDI:002001", "-x", "0x5d:0000");
        await Command.Run("kill", "-INT", tcpdump.Id.ToString());
        await tcpdump.WaitForExitAsync(TestContext.Current.CancellationToken);
        var (_, answers) = await Command.Try("tshark", "-r", capture, "-Y", "dhcp.type == 2", "-T", "fields", "-e", "ip.src", "-e", "dhcp.ip.server", "-e", "dhcp.file");
        Assert.Contains("10.77.0.1\t10.77.0.1\tundionly.kpxe", answers);
        Assert.DoesNotContain("10.88.0.1", answers);
    }
}
