namespace LpmOs.Contracts.Hardware;

public sealed record Disk
{
    /// <summary>Kernel path, for example <c>/dev/nvme0n1</c>; may change from boot to boot.</summary>
    public required string Device { get; init; }
    /// <summary>GB of 10^9 bytes, rounded, as vendors sell it.</summary>
    public int SizeGb { get; init; }
    public long SizeBytes { get; init; }
    /// <summary><c>hdd</c>, <c>ssd</c>, <c>nvme</c> or <c>virtual</c>.</summary>
    public string? Type { get; init; }
    public string? Model { get; init; }
    public string? Serial { get; init; }
    /// <summary>World wide name: NAA, EUI-64 or NVMe namespace identifier as the kernel prints it.</summary>
    public string? Wwn { get; init; }
    /// <summary>nvme, sata, sas, scsi, usb, virtio.</summary>
    public string? Transport { get; init; }
    public bool Rotational { get; init; }
    public bool Removable { get; init; }
    public int LogicalSectorBytes { get; init => field = value == 0 ? 512 : value; } = 512;
    /// <summary>Null where the disk does not tell.</summary>
    public int? PhysicalSectorBytes { get; init; }
    /// <summary>Revision of the disk's own firmware.</summary>
    public string? Firmware { get; init; }
    /// <summary>PCI address of the controller, for example <c>0000:3b:00.0</c>.</summary>
    public string? PciSlot { get; init; }
    /// <summary>Place in an enclosure, as the enclosure names it.</summary>
    public string? Bay { get; init; }
    /// <summary>Null where no program of the boot image could ask, as for virtual disks.</summary>
    public DiskHealth? Health { get; init; }
    /// <summary>What holds the disk or its partitions, by name: <c>md0</c>, an LVM volume group, a multipath device.</summary>
    public IReadOnlyList<string> MemberOf { get; init => field = Entries.WithoutGaps(value); } = [];
    /// <summary>Where it is plugged in, as udev names it below /dev/disk/by-path, for example <c>pci-0000:00:1f.2-ata-1</c>; null where the kernel does not tell.</summary>
    public string? Path { get; init; }
    /// <summary>How it can be wiped beside overwriting, see <see cref="Tasks.WipeMethods"/>; null where the agent did not ask.</summary>
    public IReadOnlyList<string>? WipeMethods { get; init; }
    public DiskContent? Content { get; init; }
}

/// <summary>What is on a disk now, as far as its labels tell.</summary>
public sealed record DiskContent
{
    /// <summary><c>gpt</c>, <c>dos</c>, or null where there is no partition table.</summary>
    public string? PartitionTable { get; init; }
    /// <summary>GPT disk GUID or DOS disk id.</summary>
    public string? DiskId { get; init; }
    /// <summary><see cref="Signature"/> of a disk without a table that holds something, and nobody knows what.</summary>
    public const string UnknownData = "unknown_data";

    /// <summary>File system or member signature on the bare disk (ext4, LVM2_member, linux_raid_member…); <c>ambivalent</c>: of several at once; <c>unknown_data</c>: of none that is known, on a disk that is not blank.</summary>
    public string? Signature { get; init; }
    public IReadOnlyList<DiskPartition> Partitions { get; init => field = Entries.WithoutGaps(value); } = [];
    /// <summary>
    /// SHA-256 over table, ids, partitions and signatures. An empty disk has the digest of the empty description;
    /// two disks with the same digest look the same to a person reading the plan.
    /// </summary>
    public string? Digest { get; init; }
}

public sealed record DiskPartition
{
    public int Number { get; init; }
    public long StartBytes { get; init; }
    public long SizeBytes { get; init; }
    public string? Name { get; init; }
    public string? TypeId { get; init; }
    public string? FileSystem { get; init; }
    public string? Label { get; init; }
    public string? Uuid { get; init; }
}

/// <summary>What a disk says of itself: SMART of ATA and SCSI, or the SMART/Health log of NVMe (NVM Express Base Specification 2.0, section 5.16.1.3).</summary>
public sealed record DiskHealth
{
    /// <summary>The disk's own verdict; false: replace it. NVMe: no critical warning is set.</summary>
    public bool? Passed { get; init; }
    /// <summary>Of the endurance, used; over 100 where the vendor's estimate has been passed.</summary>
    public int? WearPercent { get; init; }
    public long? ReallocatedSectors { get; init; }
    public long? PendingSectors { get; init; }
    /// <summary>Errors of the medium that the disk could not correct.</summary>
    public long? MediaErrors { get; init; }
    public int? TemperatureCelsius { get; init; }
    public long? PowerOnHours { get; init; }
    public long? WrittenBytes { get; init; }
    /// <summary>Program that asked: smartctl, nvme, or that of a RAID controller.</summary>
    public string? Source { get; init; }
}
