using System.Text.RegularExpressions;
using LpmOs.EndToEnd.Evidence;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>
/// (f) The way back to the disk on BIOS: network first, and the system on the third disk, behind one full of data and one with an
/// older system. SeaBIOS itself would try the first disk alone.
/// </summary>
public sealed partial class BiosLocalBootTests(ITestOutputHelper output)
{
    [Fact]
    [Trait("case", "f")]
    public async Task Bios_server_with_three_disks_starts_the_newest_system_of_them()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Repository.NewWorkFolder("f");
        await using var network = await LabNetwork.CreateAsync("f", folder, cancellationToken);
        await using var deployment = await Deployment.StandaloneAsync(network, "full", cancellationToken);
        var spec = new MachineSpec
        {
            Firmware = FirmwareKind.Bios,
            NicDevice = "virtio-net-pci",
            DiskDevice = "virtio-blk-pci",
            SerialNumber = "SN-LOCAL-0001",
            Mac = "52:54:00:77:00:06",
            DiskSerial = "VD-0006",
            DisksInFront = [Path.Combine(folder, "data.raw"), Path.Combine(folder, "older.raw")],
        };
        await new SampleDisk(spec.DisksInFront[0]).MakeDataAsync(cancellationToken);
        await new SampleDisk(spec.DisksInFront[1]).MakeSystemAsync("THE OLDER SYSTEM", new DateTimeOffset(2024, 3, 1, 0, 0, 0, TimeSpan.Zero), false, cancellationToken);
        await new SampleDisk(Path.Combine(folder, "disk.raw")).MakeSystemAsync("THE NEWEST SYSTEM", new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero), false, cancellationToken);
        var boot = new BootCase("f BIOS, three disks", network, output);
        await using var machine = new VirtualMachine(network, spec);

        await boot.RejectAsync(spec, cancellationToken);
        await using (var capture = await PacketCapture.StartAsync(network, "local", cancellationToken))
        {
            await boot.StartAsync(machine, "power-on to the disk's system", NewestSystem(), cancellationToken, NotWanted());
            await BootCase.CheckAsync(capture, cancellationToken);
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
