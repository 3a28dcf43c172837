using System.Security.Cryptography;

namespace LpmOs.Boot.Tests.Lab;

/// <summary>The whole service against clients that others wrote, on a network of its own; the bytes on the cable are judged by tshark.</summary>
[Collection("lab")]
public sealed class RealClientTests(BootNetwork network) : IClassFixture<BootNetwork>
{
    private static readonly string[] Full = ["--Boot:Dhcp:Range=10.88.0.100-10.88.0.110", "--Boot:Dhcp:Router=10.88.0.254", "--Boot:Dhcp:Dns=10.88.0.53", "--Boot:Dhcp:LeaseTime=30m"];

    [Fact]
    public async Task Udhcpc_gets_an_address_keeps_it_and_another_client_gets_another()
    {
        BootNetwork.RequirePossible();
        await network.StartServiceAsync("full", Full);
        var first = await network.UdhcpcAsync();
        Assert.Equal(("10.88.0.1", "255.255.255.0", "10.88.0.254", "10.88.0.53", "1800"), (first["serverid"], first["subnet"], first["router"], first["dns"], first["lease"]));
        Assert.StartsWith("10.88.0.1", first["ip"]);
        Assert.False(first.ContainsKey("boot_file"));
        Assert.Equal(first["ip"], (await network.UdhcpcAsync())["ip"]);
        // The same card under another name, as firmware and system have them, is the same machine; another card is not.
        Assert.Equal(first["ip"], (await network.UdhcpcAsync("-x", "0x3d:01aabbccddeeff"))["ip"]);
        var mac = (await network.AtClient("cat", "/sys/class/net/c0/address")).Output.Trim();
        await Command.Run("ip", "-n", network.Client, "link", "set", "c0", "address", "02:00:5e:10:00:01");
        Assert.NotEqual(first["ip"], (await network.UdhcpcAsync())["ip"]);
        await Command.Run("ip", "-n", network.Client, "link", "set", "c0", "address", mac);

        await network.StartServiceAsync("full", Full); // From the store, another process knows the lease.
        Assert.Equal(first["ip"], (await network.UdhcpcAsync("-r", "10.88.0.109"))["ip"]);
    }

    [Fact]
    public async Task A_pxe_rom_is_told_the_boot_file_and_fetches_it()
    {
        BootNetwork.RequirePossible();
        await network.StartServiceAsync("full", Full);
        var learnt = await network.UdhcpcAsync("-V", "PXEClient:Arch:00000:UNDI:002001", "-x", "0x5d:0000");
        Assert.Equal(("undionly.kpxe", "10.88.0.1"), (learnt["boot_file"], learnt["siaddr"]));
        await Command.Run("ip", "-n", network.Client, "addr", "replace", learnt["ip"] + "/24", "dev", "c0");
        var target = Path.Combine(network.Folder, "fetched");
        var (code, output) = await network.AtClient("curl", "-sS", "-o", target, $"tftp://{learnt["siaddr"]}/{learnt["boot_file"]}");
        Assert.True(code == 0, output);
        Assert.Equal(200_000, new FileInfo(target).Length);
        var ipxe = await network.UdhcpcAsync("-V", "PXEClient:Arch:00000:UNDI:002001", "-x", "0x4d:69505845");
        Assert.Equal("http://10.88.0.1:8082/boot.ipxe", ipxe["boot_file"]);
        // The service says that DHCP answers a moment before its HTTP port is open.
        (code, output) = await network.AtClient("curl", "-fsS", "--retry", "60", "--retry-delay", "1", "--retry-connrefused", ipxe["boot_file"]);
        Assert.True(code == 0, output);
        Assert.StartsWith("#!ipxe\n", output);
        await network.AtClient("ip", "addr", "flush", "dev", "c0");
    }

    [Theory]
    [InlineData(1500)]
    [InlineData(900)] // The way is narrower than the link: what the kernel would cut itself it does not take, and each datagram goes alone.
    public async Task A_windowed_transfer_arrives_whole_whatever_the_way_takes(int mtuOfTheWay)
    {
        BootNetwork.RequirePossible();
        await network.StartServiceAsync("full", Full);
        await Command.Run("ip", "-n", network.Client, "addr", "replace", "10.88.0.200/24", "dev", "c0");
        await network.AtServer("ip", "route", "replace", "10.88.0.200/32", "dev", "s0", "mtu", "lock", mtuOfTheWay.ToString());
        try
        {
            var expected = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(network.Folder, "files", "ipxe", "undionly.kpxe"), TestContext.Current.CancellationToken)));
            var (code, output) = await network.AtClient("python3", Path.Combine(Repository.Root, "tests", "LpmOs.Boot.Tests", "Lab", "windowed_read.py"), "10.88.0.1", "undionly.kpxe", "1428", "16");
            Assert.True(code == 0, output);
            Assert.StartsWith(expected + " ", output, StringComparison.Ordinal);
        }
        finally
        {
            await network.AtServer("ip", "route", "del", "10.88.0.200/32");
            await network.AtClient("ip", "addr", "flush", "dev", "c0");
        }
    }

    [Fact]
    public async Task Proxy_mode_gives_nobody_an_address()
    {
        BootNetwork.RequirePossible();
        await network.StartServiceAsync("proxy");
        Assert.Empty(await network.UdhcpcAsync());
        Assert.Empty(await network.UdhcpcAsync("-V", "PXEClient:Arch:00000:UNDI:002001"));
    }

    [Fact]
    public async Task Every_datagram_of_ours_is_well_formed()
    {
        BootNetwork.RequirePossible();
        Assert.True(File.Exists("/usr/bin/tshark"), "tshark is not installed: build/install-prerequisites.sh installs it.");
        var capture = Path.Combine(network.Folder, "cable.pcap");
        await network.StartServiceAsync("full", Full);
        using (var tcpdump = Command.Start("ip", "netns", "exec", network.Client, "tcpdump", "-U", "-i", "c0", "-w", capture, "udp"))
        {
            await tcpdump.StandardError.ReadLineAsync(TestContext.Current.CancellationToken); // "listening on c0"
            await network.UdhcpcAsync();
            await network.UdhcpcAsync("-V", "PXEClient:Arch:00007:UNDI:003016", "-x", "0x5d:0007", "-x", "0x61:00564d77770000000000000000000001aa");
            await network.UdhcpcAsync("-V", "HTTPClient:Arch:00016:UNDI:003016", "-x", "0x5d:0010");
            await network.StartServiceAsync("proxy");
            await network.UdhcpcAsync("-V", "PXEClient:Arch:00000:UNDI:002001", "-x", "0x5d:0000");
            await Command.Run("kill", "-INT", tcpdump.Id.ToString());
            await tcpdump.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        var offers = await Command.Run("tshark", "-r", capture, "-Y", "dhcp.option.dhcp == 2", "-T", "fields", "-e", "dhcp.file", "-e", "dhcp.option.vendor_class_id", "-e", "dhcp.ip.your");
        Assert.Contains("snponly.efi\t\t10.88.0.1", offers);
        Assert.Contains("http://10.88.0.1:8082/files/ipxe/snponly.efi\tHTTPClient\t10.88.0.1", offers);
        Assert.Contains("undionly.kpxe\tPXEClient\t0.0.0.0", offers);
        Assert.DoesNotContain("\n", (await Command.Run("tshark", "-r", capture, "-Y", "_ws.malformed || (udp.srcport == 67 && _ws.expert.severity >= 0x00600000)")).Replace("Running as user \"root\" and group \"root\". This could be dangerous.\n", ""));
    }
}
