namespace LpmOs.Contracts.Hardware;

/// <summary>What an agent found in one machine; stored as it is under <c>/os/{idc}/machines/{sn}/meta</c>.</summary>
public sealed record Inventory
{
    /// <summary>SMBIOS type 1 serial number, or the documented fall-back where the vendor left it blank.</summary>
    public required string SerialNumber { get; init; }
    /// <summary>MAC of the boot interface: lower case, colons.</summary>
    public required string MacAddress { get; init; }
    /// <summary>SMBIOS type 1 manufacturer.</summary>
    public string? Company { get; init; }
    /// <summary>SMBIOS type 1 product name.</summary>
    public string? Product { get; init; }
    /// <summary>SMBIOS type 1 version or family, what vendors print on the front.</summary>
    public string? ModelName { get; init; }
    public bool IsVm { get; init; }
    /// <summary>kvm, qemu, vmware, virtualbox, xen, hyperv, parallels; null on bare metal.</summary>
    public string? Virtualization { get; init; }
    /// <summary>SMBIOS type 1 UUID, lower case.</summary>
    public string? Uuid { get; init; }
    public Firmware? Firmware { get; init; }
    public Cpu? Cpu { get; init; }
    public Memory? Memory { get; init; }
    public IReadOnlyList<Disk> Disks { get; init => field = WithoutGaps(value); } = [];
    public IReadOnlyList<Nic> Nics { get; init => field = WithoutGaps(value); } = [];
    /// <summary>PCI devices for which no driver was bound in the boot image.</summary>
    public IReadOnlyList<PciDevice> DriverlessDevices { get; init => field = WithoutGaps(value); } = [];
    public string? AgentVersion { get; init; }
    /// <summary>Set by the regional service when it stored the report.</summary>
    public DateTimeOffset? ReportedAt { get; init; }
    /// <summary>Set by the regional service: another machine has reported this serial number within the last week.</summary>
    public SerialConflict? SerialConflict { get; init; }

    // JSON may hold null in place of an entry; whoever reads the list counts on there being something in each place.
    private static IReadOnlyList<T> WithoutGaps<T>(IReadOnlyList<T>? entries) where T : class => entries is null ? [] : entries.Contains(null!) ? [.. entries.Where(entry => entry is not null)] : entries;
}

/// <summary>System firmware (SMBIOS type 0) and the way this boot came about.</summary>
public sealed record Firmware
{
    public string? Vendor { get; init; }
    public string? Version { get; init; }
    public string? Date { get; init; }
    /// <summary><c>bios</c> or <c>uefi</c>: how the running kernel was started.</summary>
    public string? BootMode { get; init; }
    /// <summary>Null where the firmware does not tell (BIOS).</summary>
    public bool? SecureBoot { get; init; }
}

public sealed record Cpu
{
    public string? Model { get; init; }
    /// <summary>Physical cores in all sockets.</summary>
    public int Cores { get; init; }
    /// <summary>Logical processors in all sockets.</summary>
    public int Threads { get; init; }
    public int Sockets { get; init; }
    /// <summary>x86_64 or aarch64.</summary>
    public string? Architecture { get; init; }
}

public sealed record Memory
{
    /// <summary>GiB, rounded to the nearest whole one, as vendors sell it.</summary>
    public int TotalGb { get; init; }
    /// <summary>Bytes usable by the kernel (MemTotal).</summary>
    public long TotalBytes { get; init; }
}

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
    public DiskContent? Content { get; init; }
}

/// <summary>What is on a disk now, as far as its labels tell.</summary>
public sealed record DiskContent
{
    /// <summary><c>gpt</c>, <c>dos</c>, or null where there is no partition table.</summary>
    public string? PartitionTable { get; init; }
    /// <summary>GPT disk GUID or DOS disk id.</summary>
    public string? DiskId { get; init; }
    /// <summary>File system or member signature on the bare disk (ext4, LVM2_member, linux_raid_member…).</summary>
    public string? Signature { get; init; }
    public IReadOnlyList<DiskPartition> Partitions { get; init => field = value ?? []; } = [];
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

public sealed record Nic
{
    public required string Name { get; init; }
    public required string Mac { get; init; }
    public string? Driver { get; init; }
    /// <summary>Mbit/s; null while there is no link.</summary>
    public int? SpeedMbps { get; init; }
    public bool Link { get; init; }
    /// <summary>PCI address, for example <c>0000:01:00.0</c>.</summary>
    public string? PciSlot { get; init; }
}

public sealed record PciDevice
{
    public required string Slot { get; init; }
    /// <summary>vendor:device in hexadecimal.</summary>
    public required string Id { get; init; }
    /// <summary>PCI class code in hexadecimal, for example <c>020000</c> for an Ethernet controller.</summary>
    public string? Class { get; init; }
}
