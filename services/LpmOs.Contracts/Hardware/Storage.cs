namespace LpmOs.Contracts.Hardware;

/// <summary>An md array.</summary>
public sealed record SoftwareArray
{
    /// <summary>Kernel path, for example <c>/dev/md0</c>; null where the array is not assembled.</summary>
    public string? Device { get; init; }
    /// <summary>Name in the superblock, with its host: <c>any:root</c>.</summary>
    public string? Name { get; init; }
    public string? Uuid { get; init; }
    /// <summary>raid0, raid1, raid10, raid5, raid6, linear, container.</summary>
    public string? Level { get; init; }
    /// <summary>Kernel's word: clean, active, inactive, read-auto…</summary>
    public string? State { get; init; }
    public long SizeBytes { get; init; }
    /// <summary>How many members the array is made for.</summary>
    public int? Members { get; init; }
    /// <summary>How many of them are missing or failed.</summary>
    public int? Degraded { get; init; }
    /// <summary>Members that are there, by kernel path.</summary>
    public IReadOnlyList<string> Devices { get; init => field = Entries.WithoutGaps(value); } = [];
}

/// <summary>An LVM volume group.</summary>
public sealed record VolumeGroup
{
    public required string Name { get; init; }
    public string? Uuid { get; init; }
    public long SizeBytes { get; init; }
    public long FreeBytes { get; init; }
    /// <summary>Kernel paths; a missing one is called <c>[unknown]</c>.</summary>
    public IReadOnlyList<string> PhysicalVolumes { get; init => field = Entries.WithoutGaps(value); } = [];
    public IReadOnlyList<LogicalVolume> LogicalVolumes { get; init => field = Entries.WithoutGaps(value); } = [];
}

public sealed record LogicalVolume
{
    public required string Name { get; init; }
    public long SizeBytes { get; init; }
}

/// <summary>One disk over several paths (device-mapper multipath).</summary>
public sealed record Multipath
{
    /// <summary>Kernel path of the whole, for example <c>/dev/dm-0</c>.</summary>
    public required string Device { get; init; }
    public string? Name { get; init; }
    public string? Wwid { get; init; }
    /// <summary>Kernel paths of the single ways.</summary>
    public IReadOnlyList<string> Paths { get; init => field = Entries.WithoutGaps(value); } = [];
}

/// <summary>A hardware RAID controller.</summary>
public sealed record RaidController
{
    /// <summary>As its program numbers it; the PCI address where no program answered.</summary>
    public required string Id { get; init; }
    public string? Model { get; init; }
    public string? Serial { get; init; }
    public string? Firmware { get; init; }
    public string? PciSlot { get; init; }
    public string? Driver { get; init; }
    /// <summary>storcli, perccli, ssacli or arcconf; null: no program for it is in the boot image, arrays and disks are not known.</summary>
    public string? Tool { get; init; }
    /// <summary>Its program's word: Optimal, OK, Degraded…</summary>
    public string? State { get; init; }
    /// <summary>Battery or capacitor of the write cache, its program's word.</summary>
    public string? CacheBattery { get; init; }
    public IReadOnlyList<RaidArray> Arrays { get; init => field = Entries.WithoutGaps(value); } = [];
    public IReadOnlyList<RaidDisk> Disks { get; init => field = Entries.WithoutGaps(value); } = [];
}

/// <summary>What a RAID controller shows to the system as one disk.</summary>
public sealed record RaidArray
{
    /// <summary>As its program numbers it.</summary>
    public required string Id { get; init; }
    public string? Name { get; init; }
    /// <summary>raid0, raid1, raid5, raid6, raid10, raid50, raid60; jbod.</summary>
    public string? Level { get; init; }
    public long SizeBytes { get; init; }
    /// <summary><c>optimal</c>, <c>degraded</c>, <c>rebuilding</c>, <c>failed</c>, or the program's own word.</summary>
    public string? State { get; init; }
    /// <summary>Kernel path, where the program tells.</summary>
    public string? Device { get; init; }
    /// <summary>World wide name, as the kernel sees it in <see cref="Disk.Wwn"/>.</summary>
    public string? Wwn { get; init; }
    /// <summary>Ids of the disks that it is made of.</summary>
    public IReadOnlyList<string> Disks { get; init => field = Entries.WithoutGaps(value); } = [];
}

/// <summary>A disk behind a RAID controller.</summary>
public sealed record RaidDisk
{
    /// <summary>Place as the program takes it in commands: <c>252:0</c>, <c>1I:1:1</c>, <c>0,4</c>.</summary>
    public required string Id { get; init; }
    public string? Model { get; init; }
    public string? Serial { get; init; }
    public string? Firmware { get; init; }
    public long SizeBytes { get; init; }
    /// <summary>hdd or ssd.</summary>
    public string? Type { get; init; }
    /// <summary>sas, sata or nvme.</summary>
    public string? Transport { get; init; }
    /// <summary><c>online</c>, <c>unassigned</c>, <c>hot_spare</c>, <c>jbod</c>, <c>foreign</c> (of an array of another controller), <c>rebuilding</c>, <c>failed</c>, or the program's own word.</summary>
    public string? State { get; init; }
    public DiskHealth? Health { get; init; }
}
