using LpmOs.EndToEnd.Evidence;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>
/// (t) GRUB beside a site's own DHCP server: UEFI with Secure Boot gets its address there and shim from our proxyDHCP, and GRUB, whose "server" is the one that gave the
/// address, finds its files with us once that server names us as next-server. Before, the timeline says what is missing.
/// </summary>
public sealed class GrubProxyTests(ITestOutputHelper output)
{
    [Fact]
    [Trait("case", "t")]
    public async Task Grub_finds_us_beside_a_foreign_dhcp_server_that_names_us()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Repository.NewWorkFolder("t");
        await using var network = await LabNetwork.CreateAsync("t", folder, cancellationToken);
        await network.StartForeignDhcpAsync(cancellationToken);
        await using var deployment = await Deployment.StandaloneAsync(network, "proxy", cancellationToken, ("Boot:SecureBoot", "always"));
        var spec = new MachineSpec
        {
            Firmware = FirmwareKind.UefiSecureBoot,
            NicDevice = "virtio-net-pci",
            DiskDevice = "virtio-blk-pci",
            SerialNumber = "SN-GRUB-0001",
            Mac = "52:54:00:77:00:20",
            DiskSerial = "VD-0020",
        };
        var boot = new BootCase("t UEFI, GRUB, proxyDHCP", network, output);
        await using var machine = new VirtualMachine(network, spec);

        machine.PowerOn();
        await boot.Operator.WaitAsync(
            $"/api/v1/boots?idc=dc1", boots => boots.ToString().Contains("\"grub_asks_elsewhere\"", StringComparison.Ordinal), TimeSpan.FromSeconds(400), cancellationToken);
        boot.Add("power-on to the diagnosis that next-server is missing", machine.Console.Now);
        await machine.PowerOffAsync();
        await network.StopForeignDhcpAsync();
        await network.StartForeignDhcpAsync(cancellationToken, $"dhcp-boot=,,{LabNetwork.Address}\n");
        await using var capture = await PacketCapture.StartAsync(network, "proxy", cancellationToken);
        await boot.StartAsync(machine, "power-on to first report", ConsoleMarks.Polling(), cancellationToken);
        await BootCase.CheckAsync(capture, cancellationToken);
        Assert.All(await capture.DhcpAsync("dhcp.type == 2 && dhcp.ip.your != 0.0.0.0", cancellationToken), offer => Assert.Contains("10.77.0.2", offer, StringComparison.Ordinal));
        var fetched = await capture.TftpFilesAsync(cancellationToken);
        foreach (var file in new[] { "shimx64.efi", "grubx64.efi", "grub/grub.cfg", $"/grub/machine/x86_64-efi/{spec.Mac}/{spec.SerialNumber}", "boot/vmlinuz", "boot/initramfs" })
            Assert.Contains(fetched, name => name.EndsWith(file, StringComparison.Ordinal));
        await boot.EndAsync(machine, cancellationToken);
    }
}
