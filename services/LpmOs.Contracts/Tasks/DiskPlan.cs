namespace LpmOs.Contracts.Tasks;

/// <summary>A disk that may be written, and how to know it again.</summary>
public sealed record DiskPlan
{
    public required string Device { get; init; }
    public string? Serial { get; init; }
    public string? Wwn { get; init; }
    public string? Model { get; init; }
    /// <summary>With <see cref="Array"/>: the least that it will have.</summary>
    public required long SizeBytes { get; init; }
    /// <summary>An array that hardware_config makes before: it is known by the controller, <see cref="Device"/> is <c>/dev/raid/NAME</c>. Null: the disk is there.</summary>
    public ArrayDisk? Array { get; init; }
    /// <summary><see cref="Hardware.DiskContent.Digest"/> when the plan was made; null where it was not reported.</summary>
    public string? ContentDigest { get; init; }
    /// <summary>GPT disk GUID to write; null: the plan's.</summary>
    public string? DiskGuid { get; init; }
    /// <summary>How it is wiped before, see <see cref="WipeMethods"/>; null: labels only.</summary>
    public string? Wipe { get; init; }
}

/// <summary>How to know a disk that is an array of a RAID controller.</summary>
public sealed record ArrayDisk
{
    /// <summary>Id of the controller in the hardware report.</summary>
    public required string Controller { get; init; }
    /// <summary>storcli, perccli, ssacli or arcconf.</summary>
    public required string Tool { get; init; }
    /// <summary>By it the controller is known again.</summary>
    public string? ControllerSerial { get; init; }
    public required string Name { get; init; }
    public required string Level { get; init; }
    /// <summary>Places of the disks that it is made of.</summary>
    public required IReadOnlyList<string> Disks { get; init; }
    /// <summary>It can have no more: a larger disk is another one.</summary>
    public required long MostBytes { get; init; }
}

public sealed record PartitionPlan
{
    /// <summary>GPT partition name.</summary>
    public required string Name { get; init; }
    /// <summary><c>bios_boot</c>, <c>esp</c>, <c>boot</c>, <c>root</c>, <c>swap</c>, <c>data</c>.</summary>
    public required string Role { get; init; }
    /// <summary>Null: the rest of the disk.</summary>
    public long? SizeBytes { get; init; }
    /// <summary><c>vfat</c>, <c>ext4</c>, <c>xfs</c>, <c>btrfs</c>, <c>swap</c>, or null for none.</summary>
    public string? FileSystem { get; init; }
    public string? MountPoint { get; init; }
    /// <summary>Place of its disk in <see cref="InstallPlan.Disks"/>, from 0; null: the plan's only disk.</summary>
    public int? Disk { get; init; }
    /// <summary>The array that it is a member of.</summary>
    public string? Array { get; init; }
    /// <summary>The volume group that it is a physical volume of.</summary>
    public string? VolumeGroup { get; init; }
    /// <summary>What is on it lies on LUKS2, opened with <see cref="InstallPlan.Encryption"/>; null: it does not.</summary>
    public bool? Encrypted { get; init; }
}

/// <summary>A software RAID array; its members are the partitions that name it, in their order.</summary>
public sealed record ArrayPlan
{
    public required string Name { get; init; }
    /// <summary>1 or 10.</summary>
    public required int Level { get; init; }
    /// <summary>RFC 9562 UUID of the array, derived from task and attempt.</summary>
    public required string Uuid { get; init; }
    /// <summary>Used of each member.</summary>
    public required long MemberBytes { get; init; }
    /// <summary>Of the array as a whole.</summary>
    public required long SizeBytes { get; init; }
    public string? FileSystem { get; init; }
    public string? MountPoint { get; init; }
    public string? VolumeGroup { get; init; }
    /// <summary>What is on it lies on LUKS2, opened with <see cref="InstallPlan.Encryption"/>; null: it does not.</summary>
    public bool? Encrypted { get; init; }
}

/// <summary>A volume group; its physical volumes are the partitions and arrays that name it.</summary>
public sealed record VolumeGroupPlan
{
    public required string Name { get; init; }
    /// <summary>In whole extents of 4 MiB.</summary>
    public required long SizeBytes { get; init; }
    public required IReadOnlyList<VolumePlan> Volumes { get; init; }
}

public sealed record VolumePlan
{
    public required string Name { get; init; }
    public required long SizeBytes { get; init; }
    public string? FileSystem { get; init; }
    public string? MountPoint { get; init; }
    /// <summary>What is on it lies on LUKS2, opened with <see cref="InstallPlan.Encryption"/>; null: it does not.</summary>
    public bool? Encrypted { get; init; }
}

/// <summary>How the encrypted parts are opened.</summary>
public sealed record EncryptionPlan
{
    /// <summary>SHA-256 of the sealed passphrase: says whether it is still the one that was approved, and nothing about it. The passphrase itself is handed to the agent alone.</summary>
    public required string PassphraseDigest { get; init; }
    /// <summary>See <see cref="EncryptionUnlocks"/>; null: by the passphrase.</summary>
    public string? Unlock { get; init; }
    /// <summary>With <c>tpm</c>: registers that the key is bound to, in their order; empty: none, the TPM alone.</summary>
    public IReadOnlyList<int>? TpmPcrs { get; init; }
}

/// <summary>Swap in a file of the root file system.</summary>
public sealed record SwapFilePlan
{
    public required string Path { get; init; }
    public required long SizeBytes { get; init; }
}

/// <summary>A row of the table that is shown before approval: what will be on the disks, in the order in which it is made.</summary>
public sealed record LayoutRow
{
    /// <summary><c>/dev/vda1</c>, <c>/dev/md/root</c>, <c>/dev/system/var</c> or a file's path.</summary>
    public required string Device { get; init; }
    /// <summary><c>disk</c>, <c>partition</c>, <c>array</c>, <c>volume_group</c>, <c>volume</c>, <c>swap_file</c>.</summary>
    public required string Kind { get; init; }
    public required string Name { get; init; }
    public required long SizeBytes { get; init; }
    /// <summary>What it is for: a partition's role, <c>raid1</c>, <c>raid10</c>; for disks how they are wiped.</summary>
    public string? Role { get; init; }
    public string? FileSystem { get; init; }
    public string? MountPoint { get; init; }
    /// <summary>Devices of the rows that it lies on.</summary>
    public IReadOnlyList<string> On { get; init => field = value ?? []; } = [];
    /// <summary>What is on it lies on LUKS2.</summary>
    public bool? Encrypted { get; init; }
}

/// <summary>One of the machine's disks, and why it is a target or not.</summary>
public sealed record DiskVerdict
{
    public required string Device { get; init; }
    public string? Path { get; init; }
    public string? Serial { get; init; }
    public string? Wwn { get; init; }
    public string? Model { get; init; }
    public required long SizeBytes { get; init; }
    /// <summary>It will be written: everything on it is lost.</summary>
    public required bool Chosen { get; init; }
    /// <summary>Group of the layout that chose it, or that it would have fitted; null where it fits none.</summary>
    public string? Group { get; init; }
    /// <summary>It matches what the task asks for, whether or not it was chosen.</summary>
    public required bool Fits { get; init; }
    /// <summary>Why it does not fit, or fits and was not chosen; null for chosen ones.</summary>
    public string? Reason { get; init; }
    /// <summary>
    /// The same for programs: <c>fits_as_others</c>, <c>not_smallest</c>, <c>not_largest</c>, <c>not_of_the_set</c>, <c>without_equal</c>, <c>other_count</c>, <c>several_paths</c>, <c>removable</c>, <c>too_small</c>,
    /// <c>too_large</c>, <c>other_serial</c>, <c>other_wwn</c>, <c>other_device</c>, <c>other_path</c>, <c>other_model</c>, <c>other_transport</c>, <c>rotational</c>, <c>not_rotational</c>, <c>other_array</c>, <c>made_by_task</c>.
    /// </summary>
    public string? ReasonCode { get; init; }
    /// <summary>What the reason names: a size, a place, a bus, device names; null where it names nothing, or it is not known.</summary>
    public string? ReasonValue { get; init; }
    /// <summary>Something is on it, or what is on it is not known.</summary>
    public required bool HoldsData { get; init; }
    /// <summary>What is on it, in a few words.</summary>
    public required string Content { get; init; }
}
