using LpmOs.EndToEnd.Evidence;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>
/// (s) iPXE already in the NIC's ROM, and no DHCP of ours: the site's own server has the lines that <c>lpmosctl dhcp snippet</c> prints, and iPXE chains straight to our
/// script. Then a site that says nothing but <c>autoexec.ipxe</c>, the name that iPXE looks for beside where it came from, by TFTP.
/// </summary>
public sealed class RomIpxeTests(ITestOutputHelper output)
{
    [Fact]
    [Trait("case", "s")]
    public async Task Ipxe_in_the_rom_chains_our_script_from_the_sites_own_dhcp_server()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Repository.NewWorkFolder("s");
        await using var network = await LabNetwork.CreateAsync("s", folder, cancellationToken);
        var snippet = await Lpmosctl.RunAsync(network, ["dhcp", "snippet", "dnsmasq", "--boot-url", $"http://{LabNetwork.Address}:8082"], cancellationToken);
        await network.StartForeignDhcpAsync(cancellationToken, snippet);
        await using var deployment = await Deployment.StandaloneAsync(network, "off", cancellationToken);
        var spec = new MachineSpec
        {
            Firmware = FirmwareKind.Bios,
            NicDevice = "virtio-net-pci",
            DiskDevice = "virtio-blk-pci",
            SerialNumber = "SN-ROM-0001",
            Mac = "52:54:00:77:00:19",
            DiskSerial = "VD-0019",
        };
        var boot = new BootCase("s BIOS, iPXE in the ROM, DHCP off", network, output);
        await using var machine = new VirtualMachine(network, spec);

        await using (var capture = await PacketCapture.StartAsync(network, "snippet", cancellationToken))
        {
            await boot.StartAsync(machine, "power-on to first report", ConsoleMarks.Polling(), cancellationToken);
            await BootCase.CheckAsync(capture, cancellationToken);
            Assert.All(await capture.DhcpAsync("dhcp.type == 2", cancellationToken), answer => Assert.Contains("10.77.0.2", answer, StringComparison.Ordinal));
            Assert.Empty(await capture.TftpFilesAsync(cancellationToken));
            Assert.Contains("GET\t/boot.ipxe", await capture.HttpRequestsAsync(cancellationToken));
        }

        await machine.PowerOffAsync();
        await network.StopForeignDhcpAsync();
        await network.StartForeignDhcpAsync(cancellationToken, $"dhcp-boot=tftp://{LabNetwork.Address}/autoexec.ipxe\n");
        await using (var capture = await PacketCapture.StartAsync(network, "autoexec", cancellationToken))
        {
            await boot.StartAsync(machine, "power-on to first report by autoexec.ipxe", ConsoleMarks.Polling(), cancellationToken);
            await BootCase.CheckAsync(capture, cancellationToken);
            Assert.Contains("autoexec.ipxe", await capture.TftpFilesAsync(cancellationToken));
            var requests = await capture.HttpRequestsAsync(cancellationToken);
            Assert.DoesNotContain("GET\t/boot.ipxe", requests);
            Assert.Contains(requests, request => request.Contains("/ipxe?mac=52-54-00-77-00-19", StringComparison.Ordinal));
        }

        await boot.EndAsync(machine, cancellationToken);
    }
}
