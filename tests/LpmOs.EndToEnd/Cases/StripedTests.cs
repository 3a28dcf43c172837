using System.Buffers.Binary;
using System.Text;
using LpmOs.EndToEnd.Evidence;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>(r10) UEFI, the preset raid10 with a btrfs root on four disks; then the first disk is pulled.</summary>
public sealed class StripedTests(ITestOutputHelper output)
{
    private const long ArrayOffset = 16 << 20, Gib = 1L << 30;

    [Fact]
    [Trait("case", "r10")]
    public async Task A_btrfs_root_on_RAID_10_of_four_disks_starts_without_its_first_disk()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Repository.NewWorkFolder("r10");
        await using var network = await LabNetwork.CreateAsync("r10", folder, cancellationToken);
        await using var deployment = await Deployment.StandaloneAsync(network, "full", cancellationToken);
        var spec = new MachineSpec
        {
            Firmware = FirmwareKind.Uefi, NicDevice = "virtio-net-pci", DiskDevice = "virtio-blk-pci", SerialNumber = "SN-R10-0001", Mac = "52:54:00:77:00:2a", DiskSerial = "VD-R10-1", DiskBytes = 3 * Gib,
            DisksBehind = [.. Enumerable.Range(2, 3).Select(number => new ExtraDisk(Path.Combine(folder, $"disk{number}.raw"), $"VD-R10-{number}", 3 * Gib))],
        };
        var it = new StorageCase("r10 UEFI, btrfs on RAID 10, first disk pulled", spec, network, output);
        await using var machine = new VirtualMachine(network, spec);

        // Discarded disks read zeros: the arrays need not be synchronized, which an emulated machine would do for minutes.
        var answer = await it.InstallAsync(machine, """{"preset":"raid10","root_file_system":"btrfs","wipe":"quick"}""", cancellationToken);
        var said = await StorageCase.WitnessAsync(machine, cancellationToken);
        Assert.Matches(@"\n/ /dev/md\S+ btrfs", said);
        Assert.Matches(@"\n/boot /dev/md\S+ ext4", said);
        Assert.Matches(@"md: md\d+ : active raid10 vd\S+ vd\S+ vd\S+ vd\S+", said);
        Assert.Equal(2, said.Split("[4/4] [UUUU]").Length - 1);
        await machine.PowerOffAsync();

        // All four by their bytes: an ESP with a loader, a member of each planned array.
        var arrays = answer.GetProperty("plan").GetProperty("arrays").EnumerateArray().ToDictionary(array => array.GetProperty("name").GetString()!);
        var menus = new List<string>();
        var blocks = new List<byte[]>();
        foreach (var file in (string[])[machine.DiskFile, .. spec.DisksBehind.Select(disk => disk.File)])
        {
            var (label, partitions) = await new DiskImage(file).PartitionsAsync(cancellationToken);
            Assert.Equal("gpt", label);
            Assert.Equal(["bios", "esp", "boot", "root"], partitions.Select(partition => partition.Name));
            Assert.Contains("BOOTX64.EFI", await new DiskImage(file).ListEspAsync(partitions[1], cancellationToken), StringComparison.OrdinalIgnoreCase);
            foreach (var (partition, level) in ((DiskImagePartition, string)[])[(partitions[2], "raid1"), (partitions[3], "raid10")])
            {
                var member = await new StorageImage(file).ArrayMemberAsync(partition, cancellationToken);
                var uuid = arrays[partition.Name].GetProperty("uuid").GetString()!.Replace("-", "", StringComparison.Ordinal);
                Assert.Contains($"MD_LEVEL={level}\n", member, StringComparison.Ordinal);
                Assert.Contains("MD_DEVICES=4\n", member, StringComparison.Ordinal);
                Assert.Contains($"MD_UUID={string.Join(':', uuid.Chunk(8).Select(part => new string(part)))}", member, StringComparison.Ordinal);
            }
            menus.Add(await new StorageImage(file).ReadFileAsync(partitions[2], ArrayOffset, "/grub/grub.cfg", cancellationToken));
            blocks.Add(await SuperblockAsync(file, partitions[3].StartBytes + ArrayOffset, cancellationToken));
        }

        // Two copies, near: the first chunk of the array, where btrfs has its superblock, lies on the first two members and on no other.
        Assert.Equal([true, true, false, false], blocks.Select(block => block.AsSpan(0x40, 8).SequenceEqual("_BHRfS_M"u8)));
        foreach (var block in blocks.Take(2))
        {
            Assert.Equal(1L, BinaryPrimitives.ReadInt64LittleEndian(block.AsSpan(0x88)));
            Assert.Equal(arrays["root"].GetProperty("size_bytes").GetInt64(), BinaryPrimitives.ReadInt64LittleEndian(block.AsSpan(0x70)));
            Assert.Equal("root", Encoding.ASCII.GetString(block, 0x12B, 256).TrimEnd('\0'));
        }
        Assert.Single(menus.Distinct());
        Assert.Contains($"root=UUID={new Guid(blocks[0].AsSpan(0x20, 16), bigEndian: true)}", menus[0], StringComparison.Ordinal);

        machine.Pulled.Add(machine.DiskFile);
        var degraded = await it.RestartAsync(machine, "start without the first disk", cancellationToken);
        Assert.Matches(@"\n/ /dev/md\S+ btrfs", degraded);
        Assert.Equal(2, degraded.Split("[4/3] [_UUU]").Length - 1);
        await it.EndAsync(machine, cancellationToken);
    }

    /// <summary>What would be the first superblock of a btrfs file system, 64 KiB from its beginning (btrfs on-disk format, superblock).</summary>
    private static async Task<byte[]> SuperblockAsync(string file, long start, CancellationToken cancellationToken)
    {
        var block = new byte[4096];
        await using var bytes = File.OpenRead(file);
        bytes.Position = start + (64 << 10);
        await bytes.ReadExactlyAsync(block, cancellationToken);
        return block;
    }
}
