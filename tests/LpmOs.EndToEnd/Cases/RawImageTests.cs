using LpmOs.EndToEnd.Evidence;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>(o) UEFI, NVMe: a vendor's image of a whole disk (qcow2), imported and installed.</summary>
public sealed class RawImageTests(ITestOutputHelper output)
{
    [Fact]
    [Trait("case", "o")]
    public async Task An_imported_disk_image_is_written_grown_and_starts_by_its_own_boot_loader()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Repository.NewWorkFolder("o");
        var files = await Repository.CopyBootFilesAsync(folder, cancellationToken);
        var vendor = new RawSystem(Directory.CreateDirectory(Path.Combine(folder, "vendor")).FullName);
        await vendor.ImportAsync(files, cancellationToken);
        await using var network = await LabNetwork.CreateAsync("o", folder, cancellationToken);
        await using var deployment = await Deployment.StandaloneAsync(network, "full", cancellationToken, ("Boot:FilesPath", files));
        var spec = new MachineSpec { Firmware = FirmwareKind.Uefi, NicDevice = "virtio-net-pci", DiskDevice = "nvme", SerialNumber = "SN-RAW-0001", Mac = "52:54:00:77:00:10", DiskSerial = "VD-RAW" };
        var it = new StorageCase("o UEFI, NVMe, image of a whole disk", spec, network, output);
        await using var machine = new VirtualMachine(network, spec);

        var answer = await it.InstallAsync(machine, """{"preset":"plain"}""", cancellationToken);
        Assert.Equal(("raw.zst", RawSystem.DiskBytes), (answer.GetProperty("plan").GetProperty("image").GetProperty("format").GetString()!, answer.GetProperty("plan").GetProperty("image").GetProperty("raw_bytes").GetInt64()));
        foreach (var said in (string[])[await StorageCase.WitnessAsync(machine, cancellationToken), await it.RestartAsync(machine, "power cycle", cancellationToken)])
        {
            Assert.Contains("/ /dev/nvme0n1p2 ext4", said, StringComparison.Ordinal);
            Assert.Contains("/boot/efi /dev/nvme0n1p1 vfat", said, StringComparison.Ordinal);
        }
        Assert.Contains(machine.Console.Lines, line => ConsoleMarks.Login().Match(line.Text).Groups["hostname"].Value == InstallationCase.Hostname);
        await machine.PowerOffAsync();

        // The table is the vendor's, the last partition reaches to the disk's end, and its file system with it; every file below /usr is the vendor's.
        var disk = new DiskImage(machine.DiskFile);
        var (label, partitions) = await disk.PartitionsAsync(cancellationToken);
        Assert.Equal(("gpt", "ESP", "vendor"), (label, partitions[0].Name, partitions[1].Name));
        Assert.Equal(RawSystem.RootStart, partitions[1].StartBytes);
        Assert.InRange(partitions[1].StartBytes + partitions[1].SizeBytes, spec.DiskBytes - (2 << 20), spec.DiskBytes);
        var system = new StorageImage(machine.DiskFile);
        var (uuid, bytes) = await system.FileSystemAsync(partitions[1], cancellationToken);
        Assert.Equal(RawSystem.RootUuid, uuid);
        Assert.InRange(bytes, partitions[1].SizeBytes - 4096, partitions[1].SizeBytes);
        Assert.Empty(await system.DifferencesAsync(partitions[1], "/usr", vendor.Tree, Path.Combine(folder, "installed"), cancellationToken));
        await it.EndAsync(machine, cancellationToken);
    }
}
