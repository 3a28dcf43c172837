using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Discovery;

/// <summary>Whole disks of <c>/sys/block</c>: what they are and what is on them.</summary>
internal sealed class DiskDiscovery(SystemTree tree, DiskContentReader contents, TimeProvider time)
{
    /// <summary>So many disks are asked at the same time: those of one controller share its queue, and programs share few processors.</summary>
    private const int AtOnce = 16;
    /// <summary>A dying disk may take minutes to refuse a read; the machine is reported without its content then.</summary>
    private static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(20);
    private const string EnclosureLink = "enclosure_device:";
    private static readonly string[] NotDisks = ["loop", "ram", "dm-", "md", "sr", "zram", "fd", "nbd", "mtdblock", "rbd", "drbd", "bcache"];
    // Others ("t10.") only repeat model and serial.
    private static readonly string[] WorldWideForms = ["naa.", "eui.", "uuid.", "nvme."];

    public async Task<IReadOnlyList<Disk>> DisksAsync(CancellationToken cancellationToken) => await DisksAsync((disk, _) => Task.FromResult(disk), cancellationToken).ConfigureAwait(false);

    /// <param name="more">What else is to be found out about each, at the same time.</param>
    public async Task<IReadOnlyList<Disk>> DisksAsync(Func<Disk, CancellationToken, Task<Disk>> more, CancellationToken cancellationToken)
    {
        var found = tree.Names("sys/block").Where(IsDisk).Select(Describe).Where(disk => disk.SizeBytes > 0).Take(InventoryBounds.Disks).ToArray();
        await Parallel.ForEachAsync(Enumerable.Range(0, found.Length), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (i, token) =>
        {
            var told = more(found[i], token);
            found[i] = await told.ConfigureAwait(false) with { Content = (await WithContentAsync(found[i], token).ConfigureAwait(false)).Content };
        }).ConfigureAwait(false);
        return found;
    }

    /// <summary>The same disk with what is on it now.</summary>
    public async Task<Disk> WithContentAsync(Disk disk, CancellationToken cancellationToken)
    {
        try
        {
            var content = await Task.Run(() => contents.ReadAsync(disk, cancellationToken), cancellationToken).WaitAsync(LongestRead, time, cancellationToken).ConfigureAwait(false);
            return disk with { Content = content };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException)
        {
            return disk;
        }
    }

    private bool IsDisk(string name) =>
        !NotDisks.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)) && tree.Number($"sys/block/{name}/hidden") is not 1
        && !(name.StartsWith("mmcblk", StringComparison.Ordinal) && (name.Contains("boot", StringComparison.Ordinal) || name.Contains("rpmb", StringComparison.Ordinal)));

    private Disk Describe(string name)
    {
        var folder = $"sys/block/{name}/";
        var bytes = tree.Number(folder + "size") is > 0 and < long.MaxValue / 512 and var sectors ? sectors * 512 : 0;
        var transport = Transport(name);
        var rotational = tree.Line(folder + "queue/rotational") == "1";
        var vendor = tree.Line(folder + "device/vendor");
        var model = tree.Line(folder + "device/model");
        var isVirtual = transport == "virtio" || vendor is "QEMU" or "VMware" or "VMware," or "Msft" || name.StartsWith("xvd", StringComparison.Ordinal);
        return new()
        {
            Device = "/dev/" + name.Replace('!', '/'),
            SizeBytes = bytes,
            SizeGb = (int)Math.Round(bytes / 1e9, MidpointRounding.AwayFromZero),
            Type = transport == "nvme" ? "nvme" : isVirtual ? "virtual" : rotational ? "hdd" : "ssd",
            // The SCSI vendor field says "ATA" for every SATA disk, and virtio's is a PCI id.
            Model = model is not null && vendor is not null and not "ATA" && !vendor.StartsWith("0x", StringComparison.Ordinal) && !model.StartsWith(vendor, StringComparison.OrdinalIgnoreCase) ? $"{vendor} {model}" : model,
            Serial = Serial(folder),
            Wwn = (tree.Line(folder + "wwid") ?? tree.Line(folder + "device/wwid")) is { } wwid && WorldWideForms.Any(form => wwid.StartsWith(form, StringComparison.Ordinal)) ? wwid : null,
            Transport = transport,
            Rotational = rotational,
            Removable = tree.Line(folder + "removable") == "1",
            LogicalSectorBytes = tree.Number(folder + "queue/logical_block_size") is >= 512 and <= 65536 and var sector ? (int)sector : 512,
            PhysicalSectorBytes = tree.Number(folder + "queue/physical_block_size") is >= 512 and <= 1 << 20 and var physical ? (int)physical : null,
            // NVMe and MMC call it firmware, SCSI and SATA a revision.
            Firmware = tree.Line(folder + "device/firmware_rev") ?? tree.Line(folder + "device/rev"),
            PciSlot = tree.Target($"sys/block/{name}").Split('/').LastOrDefault(NicDiscovery.IsPciSlot),
            Bay = tree.Names(folder + "device").FirstOrDefault(entry => entry.StartsWith(EnclosureLink, StringComparison.Ordinal)) is { } bay ? Printable.Clean(bay[EnclosureLink.Length..], 64) : null,
            MemberOf = StorageDiscovery.HoldersOf(tree, name),
            Path = DiskPath.Of(tree, name),
        };
    }

    // virtio_blk has it beside the disk, NVMe in its controller, SCSI and SATA in vital product data page 80h (SPC-4 7.8.17: four bytes of header).
    private string? Serial(string folder)
    {
        if ((tree.Line(folder + "serial") ?? tree.Line(folder + "device/serial")) is { } serial)
            return serial;
        return tree.Bytes(folder + "device/vpd_pg80", 256) is { Length: > 4 } page && page[1] == 0x80 && Printable.Clean(page.AsSpan(4)) is { Length: > 0 } text ? text : null;
    }

    private string? Transport(string name)
    {
        var path = tree.Target($"sys/block/{name}");
        if (name.StartsWith("nvme", StringComparison.Ordinal))
            return "nvme";
        if (path.Contains("/usb", StringComparison.Ordinal))
            return "usb";
        if (path.Contains("/ata", StringComparison.Ordinal))
            return "sata";
        if (path.Contains("/end_device-", StringComparison.Ordinal))
            return "sas";
        if (path.Contains("/host", StringComparison.Ordinal))
            return "scsi";
        return path.Contains("/virtio", StringComparison.Ordinal) || name.StartsWith("vd", StringComparison.Ordinal) ? "virtio" : null;
    }
}
