using System.Diagnostics;

namespace LpmOs.Boot.Tests.Lab;

/// <summary>A room behind a router: ISC's own relay agent, which marks each request with the port that it came in on (option 82, RFC 3046), between the machines and us.</summary>
[Collection("lab")]
public sealed class RelayTests : IAsyncLifetime
{
    private readonly BootNetwork _network = new();
    private string _room = "";

    public async ValueTask InitializeAsync()
    {
        await _network.InitializeAsync();
        if (!BootNetwork.Possible)
            return;
        // The namespace on the other end of our cable is the router; the machine is behind it.
        _room = _network.Client + "r";
        await Command.Run("ip", "netns", "add", _room);
        await Command.Run("ip", "-n", _network.Client, "link", "add", "r0", "type", "veth", "peer", "name", "m0", "netns", _room);
        await Command.Run("ip", "-n", _network.Client, "addr", "add", "10.88.0.254/24", "dev", "c0");
        await Command.Run("ip", "-n", _network.Client, "addr", "add", "10.99.0.254/24", "dev", "r0");
        foreach (var (space, link) in new[] { (_network.Client, "r0"), (_room, "m0"), (_room, "lo") })
            await Command.Run("ip", "-n", space, "link", "set", link, "up");
        await _network.AtClient("busybox", "sysctl", "-q", "-w", "net.ipv4.ip_forward=1");
        await _network.AtServer("ip", "route", "add", "10.99.0.0/24", "via", "10.88.0.254");
    }

    public async ValueTask DisposeAsync()
    {
        if (_room.Length > 0)
            await Command.Try("ip", "netns", "del", _room);
        await _network.DisposeAsync();
    }

    [Fact]
    public async Task A_machine_behind_a_relay_gets_an_address_of_its_own_network_and_the_relay_its_option_82_back()
    {
        BootNetwork.RequirePossible();
        var program = new[] { "/usr/sbin/dhcrelay", "/sbin/dhcrelay" }.FirstOrDefault(File.Exists);
        Assert.True(program is not null, "dhcrelay is not installed (Debian: isc-dhcp-relay): build/install-prerequisites.sh installs it.");
        await _network.StartServiceAsync("full", "--Boot:Dhcp:Range=10.88.0.100-10.88.0.110", "--Boot:Dhcp:Subnets:0:Range=10.99.0.100-10.99.0.110", "--Boot:Dhcp:Subnets:0:Netmask=255.255.255.0",
            "--Boot:Dhcp:Subnets:0:Router=10.99.0.254", "--Boot:Dhcp:ConflictProbe=false");
        var capture = Path.Combine(_network.Folder, "relay.pcap");
        using var tcpdump = Command.Start("ip", "netns", "exec", _network.Client, "tcpdump", "-U", "--immediate-mode", "-i", "c0", "-w", capture, "udp port 67");
        await tcpdump.StandardError.ReadLineAsync(TestContext.Current.CancellationToken); // "listening on c0"
        // -a: adds circuit and remote id; with -D it forwards no answer that lacks them.
        using var relay = Command.Start("ip", "netns", "exec", _network.Client, program!, "-4", "-d", "-a", "-D", "-id", "r0", "-iu", "c0", "10.88.0.1");
        await UntilListeningAsync(relay);
        _ = relay.StandardOutput.ReadToEndAsync(CancellationToken.None);
        try
        {
            var learnt = await _network.UdhcpcAtAsync(_room, "m0", "-V", "PXEClient:Arch:00000:UNDI:002001", "-x", "0x5d:0000");
            Assert.StartsWith("10.99.0.1", learnt.GetValueOrDefault("ip", "no lease"));
            Assert.Equal(("255.255.255.0", "10.99.0.254", "10.88.0.1", "undionly.kpxe"), (learnt["subnet"], learnt["router"], learnt["siaddr"], learnt["boot_file"]));
            // Through the router, as firmware does: the program that it was told of.
            await Command.Run("ip", "-n", _room, "addr", "add", learnt["ip"] + "/24", "dev", "m0");
            await Command.Run("ip", "-n", _room, "route", "add", "default", "via", learnt["router"]);
            var (code, output) = await Command.Try("ip", "netns", "exec", _room, "curl", "-sS", "-o", Path.Combine(_network.Folder, "fetched"), $"tftp://{learnt["siaddr"]}/{learnt["boot_file"]}");
            Assert.True(code == 0, output);
            // The same machine has the same address again.
            Assert.Equal(learnt["ip"], (await _network.UdhcpcAtAsync(_room, "m0", "-r", learnt["ip"]))["ip"]);
        }
        finally
        {
            relay.Kill(entireProcessTree: true);
            await relay.WaitForExitAsync(CancellationToken.None);
        }
        await Command.Run("kill", "-INT", tcpdump.Id.ToString());
        await tcpdump.WaitForExitAsync(TestContext.Current.CancellationToken);

        var asked = await ReadAsync(capture, "dhcp.type == 1 && dhcp.ip.relay == 10.99.0.254");
        var answered = await ReadAsync(capture, "dhcp.type == 2 && dhcp.ip.relay == 10.99.0.254");
        Assert.NotEmpty(asked);
        Assert.NotEmpty(answered);
        // The interface's name, byte for byte as it was sent.
        Assert.All(asked.Concat(answered), packet => Assert.Contains("7230", packet, StringComparison.Ordinal));
        Assert.Equal(asked.Distinct(), answered.Distinct());
        Assert.Empty(await ReadAsync(capture, "_ws.malformed"));
    }

    /// <summary>The agent circuit ids of the packets, in hexadecimal.</summary>
    private static async Task<string[]> ReadAsync(string capture, string filter)
    {
        var (_, output) = await Command.Try("tshark", "-r", capture, "-Y", filter, "-T", "fields", "-e", "dhcp.option.agent_information_option.agent_circuit_id");
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith("Running as", StringComparison.Ordinal)).Select(line => line.Trim())];
    }

    private static async Task UntilListeningAsync(Process relay)
    {
        // ISC's banner ends with one line for each socket.
        while (await relay.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.StartsWith("Sending on   Socket/fallback", StringComparison.Ordinal))
            {
                _ = relay.StandardError.ReadToEndAsync(CancellationToken.None);
                return;
            }
        }
        Assert.Fail("dhcrelay ended before it listened.");
    }
}
