using System.Text.RegularExpressions;
using LpmOs.EndToEnd.Evidence;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>
/// (d) UEFI HTTP boot: OVMF fetches its first program by HTTP, without PXE and TFTP. Then the way back to the disk on UEFI: network
/// first, and the system on the third disk, behind one full of data and one with an older system.
/// </summary>
public sealed partial class UefiHttpBootTests(ITestOutputHelper output)
{
    [Fact]
    [Trait("case", "d")]
    public async Task Uefi_http_boot_reaches_the_agent_and_the_newest_system_on_the_disks()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Repository.NewWorkFolder("d");
        await using var network = await LabNetwork.CreateAsync("d", folder, cancellationToken);
        await using var deployment = await Deployment.StandaloneAsync(network, "full", cancellationToken);
        var spec = new MachineSpec
        {
            Firmware = FirmwareKind.Uefi,
            HttpBootOnly = true,
            NicDevice = "virtio-net-pci",
            DiskDevice = "virtio-blk-pci",
            SerialNumber = "SN-HTTP-0001",
            Mac = "52:54:00:77:00:04",
            DiskSerial = "VD-0004",
            DisksInFront = [Path.Combine(folder, "data.raw"), Path.Combine(folder, "older.raw")],
        };
        await new SampleDisk(spec.DisksInFront[0]).MakeDataAsync(cancellationToken);
        await new SampleDisk(spec.DisksInFront[1]).MakeSystemAsync("THE OLDER SYSTEM", new DateTimeOffset(2024, 3, 1, 0, 0, 0, TimeSpan.Zero), false, cancellationToken);
        await new SampleDisk(Path.Combine(folder, "disk.raw")).MakeSystemAsync("THE NEWEST SYSTEM", new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero), false, cancellationToken);
        var boot = new BootCase("d UEFI HTTP boot", network, output);
        await using var machine = new VirtualMachine(network, spec);

        await using (var capture = await PacketCapture.StartAsync(network, "discover", cancellationToken))
        {
            await boot.StartAsync(machine, "power-on to first report", ConsoleMarks.Polling(), cancellationToken);
            await BootCase.CheckAsync(capture, cancellationToken);
            Assert.NotEmpty(await capture.DhcpAsync("dhcp.type == 1 && dhcp.option.vendor_class_id contains \"HTTPClient:Arch:00016\"", cancellationToken));
            Assert.NotEmpty(await capture.DhcpAsync("dhcp.type == 2 && dhcp.option.vendor_class_id == \"HTTPClient\"", cancellationToken));
            Assert.Contains("GET\t/files/ipxe/snponly.efi", await capture.HttpRequestsAsync(cancellationToken));
            Assert.Empty(await capture.TftpFilesAsync(cancellationToken));
        }

        var found = await boot.Operator.MachineAsync(spec.SerialNumber, cancellationToken);
        Assert.Contains("\"boot_mode\":\"uefi\"", found.ToString(), StringComparison.Ordinal);
        await machine.PowerOffAsync();

        await boot.RejectAsync(spec, cancellationToken);
        await using (var capture = await PacketCapture.StartAsync(network, "local", cancellationToken))
        {
            await boot.StartAsync(machine, "power-on to the disk's system", NewestSystem(), cancellationToken, NotWanted());
            await BootCase.CheckAsync(capture, cancellationToken);
            // Once over the network, and no boot image.
            var requests = await capture.HttpRequestsAsync(cancellationToken);
            Assert.Single(requests, request => request.Contains("/ipxe?", StringComparison.Ordinal));
            Assert.DoesNotContain(requests, request => request.Contains("vmlinuz", StringComparison.Ordinal));
        }

        await boot.EndAsync(machine, cancellationToken);
    }

    [GeneratedRegex("THE NEWEST SYSTEM")]
    private static partial Regex NewestSystem();

    [GeneratedRegex("THE OLDER SYSTEM|init: LpmOs boot image")]
    private static partial Regex NotWanted();
}
