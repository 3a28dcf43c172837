using System.Text.RegularExpressions;
using LpmOs.EndToEnd.Evidence;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>
/// (g) UEFI on Arm: AAVMF's PXE client, GRUB, kernel, our initramfs with its network up; then the agent's report where the image was
/// built with an agent (.NET's run-time pack for Arm is not to be had everywhere).
/// </summary>
public sealed partial class Arm64Tests(ITestOutputHelper output)
{
    [Fact]
    [Trait("case", "g")]
    public async Task Arm_server_boots_our_image_through_grub()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Repository.NewWorkFolder("g");
        await using var network = await LabNetwork.CreateAsync("g", folder, cancellationToken);
        await using var deployment = await Deployment.StandaloneAsync(network, "full", cancellationToken);
        var spec = new MachineSpec
        {
            Firmware = FirmwareKind.Arm64,
            NicDevice = "virtio-net-pci",
            DiskDevice = "virtio-blk-pci",
            SerialNumber = "SN-ARM-0001",
            Mac = "52:54:00:77:00:07",
            DiskSerial = "VD-0007",
        };
        var boot = new BootCase("g UEFI on arm64", network, output);
        await using var machine = new VirtualMachine(network, spec);
        var hasAgent = File.Exists(Path.Combine(Repository.Files, "boot", "arm64", "agent.txt"));

        await using var capture = await PacketCapture.StartAsync(network, "boot", cancellationToken);
        await boot.StartAsync(machine, hasAgent ? "power-on to first report" : "power-on to network up in our image, which has no agent", hasAgent ? ConsoleMarks.Polling() : NoAgent(), cancellationToken);
        Assert.True(machine.Console.Contains(ConsoleMarks.BootImage()));
        Assert.True(machine.Console.Contains(NetworkUp()));
        await BootCase.CheckAsync(capture, cancellationToken);
        Assert.NotEmpty(await capture.DhcpAsync("dhcp.type == 1 && dhcp.option.vendor_class_id contains \"PXEClient:Arch:00011\"", cancellationToken));
        var fetched = await capture.TftpFilesAsync(cancellationToken);
        foreach (var file in new[] { "grubaa64.efi", "grub/grub.cfg", $"/grub/machine/arm64-efi/{spec.Mac}/{spec.SerialNumber}", "boot/arm64/vmlinuz.gz", "boot/arm64/initramfs" })
            Assert.Contains(fetched, name => name.EndsWith(file, StringComparison.Ordinal));
        if (hasAgent)
            Assert.Contains("aarch64", (await boot.Operator.MachineAsync(spec.SerialNumber, cancellationToken)).ToString(), StringComparison.Ordinal);
        await boot.EndAsync(machine, cancellationToken);
    }

    [GeneratedRegex("init: network up: ")]
    private static partial Regex NetworkUp();

    [GeneratedRegex("init: this image was built without an agent")]
    private static partial Regex NoAgent();
}
