using System.Text.Json;
using LpmOs.EndToEnd.Evidence;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>(j) BIOS, the preset lvm with an XFS root and a swap file.</summary>
public sealed class LvmTests(ITestOutputHelper output)
{
    private const long MiB = 1 << 20;

    [Fact]
    [Trait("case", "j")]
    public async Task A_system_on_lvm_is_what_was_planned_and_starts_again()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Repository.NewWorkFolder("j");
        await using var network = await LabNetwork.CreateAsync("j", folder, cancellationToken);
        await using var deployment = await Deployment.StandaloneAsync(network, "full", cancellationToken);
        var spec = new MachineSpec { Firmware = FirmwareKind.Bios, NicDevice = "virtio-net-pci", DiskDevice = "virtio-blk-pci", SerialNumber = "SN-LVM-0001", Mac = "52:54:00:77:00:0a", DiskSerial = "VD-LVM" };
        var it = new StorageCase("j BIOS, LVM", spec, network, output);
        await using var machine = new VirtualMachine(network, spec);

        var answer = await it.InstallAsync(machine, """{"preset":"lvm","swap_file":"64MiB"}""", cancellationToken);
        foreach (var said in (string[])[await StorageCase.WitnessAsync(machine, cancellationToken), await it.RestartAsync(machine, "power cycle", cancellationToken)])
        {
            Assert.Contains("/ /dev/mapper/system-root ext4", said, StringComparison.Ordinal);
            Assert.Contains("/var /dev/mapper/system-var ext4", said, StringComparison.Ordinal);
            Assert.Contains("/boot /dev/vda3 ext4", said, StringComparison.Ordinal);
            Assert.Matches(@"swap: /swapfile\s+file\s+65532", said);
        }
        await machine.PowerOffAsync();

        // The bytes: the table, LVM's own metadata, and a file on the root volume.
        var (label, partitions) = await new DiskImage(machine.DiskFile).PartitionsAsync(cancellationToken);
        Assert.Equal("gpt", label);
        var planned = answer.GetProperty("plan").GetProperty("partitions").EnumerateArray().ToList();
        Assert.Equal(planned.Select(part => (part.GetProperty("name").GetString()!, part.GetProperty("size_bytes").GetInt64())), partitions.Select(part => (part.Name, part.SizeBytes)));
        Assert.Equal("E6D6D379-F507-44C2-A23C-238F2A3DF928", partitions[3].Type);
        var metadata = await new StorageImage(machine.DiskFile).VolumeGroupAsync(partitions[3], cancellationToken);
        var group = Assert.Single(answer.GetProperty("plan").GetProperty("volume_groups").EnumerateArray());
        Assert.Contains("system {", metadata, StringComparison.Ordinal);
        Assert.Contains("extent_size = 8192", metadata, StringComparison.Ordinal);
        Assert.Contains($"pe_count = {group.GetProperty("size_bytes").GetInt64() / (4 * MiB)}", metadata, StringComparison.Ordinal);
        foreach (var volume in group.GetProperty("volumes").EnumerateArray())
            Assert.Contains($"extent_count = {volume.GetProperty("size_bytes").GetInt64() / (4 * MiB)}", metadata, StringComparison.Ordinal);
        // The root volume begins with the group's first extent, 1 MiB into the partition.
        var table = await new StorageImage(machine.DiskFile).ReadFileAsync(partitions[3], MiB, "/etc/fstab", cancellationToken);
        Assert.Contains("/dev/mapper/system-root / ext4", table, StringComparison.Ordinal);
        Assert.Contains("/swapfile none swap", table, StringComparison.Ordinal);
        Assert.Equal(["disk", "partition", "partition", "partition", "partition", "volume_group", "volume", "volume", "swap_file"], answer.GetProperty("layout").EnumerateArray().Select(row => row.GetProperty("kind").GetString()!));
        await it.EndAsync(machine, cancellationToken);
    }
}
