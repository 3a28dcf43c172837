namespace LpmOs.Contracts.Tasks;

/// <summary>
/// Where and how a system is laid out on the machine's disks. A preset by its name, or a layout of one's own (<see cref="Disks"/>, <see cref="Arrays"/>,
/// <see cref="VolumeGroups"/>), never both. Without either: <c>plain</c>. See docs/disks.md.
/// </summary>
public sealed record DiskLayoutSpec
{
    /// <summary>Which disk or disks the preset is for; without it <c>plain</c> and <c>lvm</c> take the only disk that fits, RAID presets the equal ones.</summary>
    public DiskSelector? Disk { get; init; }
    /// <summary>Of the presets' root: <c>ext4</c> (default), <c>xfs</c> or <c>btrfs</c>.</summary>
    public string? RootFileSystem { get; init; }
    /// <summary><c>plain</c> (default), <c>lvm</c>, <c>raid1</c>, <c>raid1-lvm</c>, <c>raid10</c>: see <c>GET /api/v1/disk-layouts</c>.</summary>
    public string? Preset { get; init; }
    /// <summary>What happens to the old content of all target disks before: <c>none</c> (default), <c>quick</c>, <c>secure</c>, <c>overwrite</c>, see <see cref="WipePolicies"/>.</summary>
    public string? Wipe { get; init; }
    /// <summary>Size of a swap file on the root file system, for example <c>4GiB</c>; swap partitions and volumes are part of a layout of one's own.</summary>
    public string? SwapFile { get; init; }
    /// <summary>A layout of one's own: groups of disks with their partitions.</summary>
    public IReadOnlyList<DiskGroupSpec>? Disks { get; init; }
    /// <summary>Software RAID arrays, of the partitions that name them.</summary>
    public IReadOnlyList<ArraySpec>? Arrays { get; init; }
    /// <summary>LVM volume groups, of the partitions and arrays that name them.</summary>
    public IReadOnlyList<VolumeGroupSpec>? VolumeGroups { get; init; }
    /// <summary>
    /// How the parts with <c>encrypted</c> are encrypted (LUKS2). With the presets <c>lvm</c>, <c>raid1-lvm</c> and <c>raid10</c>: all of the system but /boot is. Null: nothing is.
    /// </summary>
    public EncryptionSpec? Encryption { get; init; }
}

/// <summary>Encryption of disks, LUKS2 (cryptsetup(8)).</summary>
public sealed record EncryptionSpec
{
    public const int ShortestPassphrase = 12;
    public const int LongestPassphrase = 512;

    /// <summary>
    /// 12 to 512 printable ASCII characters, not beginning or ending with a blank: what somebody types at the machine's console at each start. It is sealed before it is stored
    /// and read back sealed, as <c>sealed:…</c>, which may be sent again to keep it.
    /// </summary>
    public required string Passphrase { get; init; }
    /// <summary>
    /// What opens the encrypted parts at each start: <c>passphrase</c> (default), or <c>tpm</c>: the machine's TPM 2.0, by itself; the passphrase is then for recovery, asked for
    /// when the TPM does not give its key, and may be sealed away. See <see cref="EncryptionUnlocks"/>.
    /// </summary>
    public string? Unlock { get; init; }
    /// <summary>
    /// With <c>tpm</c>: registers that must read at each start as they did when the system was installed, any of 0, 2, 3 and 7 (default: 7, the state and the keys of Secure Boot).
    /// An empty list binds to the TPM alone.
    /// </summary>
    public IReadOnlyList<int>? TpmPcrs { get; init; }
}

/// <summary>Values of <see cref="EncryptionSpec.Unlock"/>.</summary>
public static class EncryptionUnlocks
{
    public const string Passphrase = "passphrase";
    public const string Tpm = "tpm";

    public static IReadOnlyList<string> All { get; } = [Passphrase, Tpm];

    /// <summary>
    /// What the firmware alone has measured (TCG PC Client Platform Firmware Profile, 3.3.4): its code, its drivers and their settings, and Secure Boot. They read alike in the boot
    /// image and in the installed system; 1 has the boot entries that an installation writes, and from 4 on it is what was started.
    /// </summary>
    public static IReadOnlyList<int> Pcrs { get; } = [0, 2, 3, 7];

    /// <summary>Where the task names none.</summary>
    public static IReadOnlyList<int> UsualPcrs { get; } = [7];
}

/// <summary>Disks that are partitioned alike.</summary>
public sealed record DiskGroupSpec
{
    /// <summary>Small letters, digits and <c>-</c>, at most 16; once in a layout.</summary>
    public required string Name { get; init; }
    /// <summary>Which disks; of those that no group before has taken.</summary>
    public DiskSelector? Disk { get; init; }
    /// <summary>In their order on each disk of the group; at most 16.</summary>
    public required IReadOnlyList<PartitionSpec> Partitions { get; init; }
}

/// <summary>One partition on each disk of a group. It has a file system, or belongs to an array or a volume group.</summary>
public sealed record PartitionSpec
{
    /// <summary>GPT name: 1 to 36 letters, digits, <c>_</c>, <c>-</c>; left out: its role.</summary>
    public string? Name { get; init; }
    /// <summary><c>bios_boot</c>, <c>esp</c>, <c>boot</c>, <c>root</c>, <c>swap</c> or <c>data</c> (default).</summary>
    public string? Role { get; init; }
    /// <summary><c>512MiB</c>, <c>20GB</c>, <c>30%</c> of the disk, or <c>rest</c> (default; one on a disk).</summary>
    public string? Size { get; init; }
    /// <summary><c>ext4</c>, <c>xfs</c>, <c>btrfs</c>, <c>vfat</c>, <c>swap</c>; left out for members and BIOS boot.</summary>
    public string? FileSystem { get; init; }
    public string? MountPoint { get; init; }
    /// <summary>Name of the array that it is a member of.</summary>
    public string? Array { get; init; }
    /// <summary>Name of the volume group that it is a physical volume of.</summary>
    public string? VolumeGroup { get; init; }
    /// <summary>Its file system, swap or physical volume lies on LUKS2; needs <see cref="DiskLayoutSpec.Encryption"/>. Not for esp, bios_boot, /boot and members of arrays.</summary>
    public bool? Encrypted { get; init; }
}

/// <summary>A software RAID array (Linux md, metadata 1.2).</summary>
public sealed record ArraySpec
{
    /// <summary>Small letters, digits and <c>-</c>, at most 16; once in a layout.</summary>
    public required string Name { get; init; }
    /// <summary><c>1</c> (2 members or more) or <c>10</c> (4 or more, an even number; near 2).</summary>
    public required int Level { get; init; }
    public string? FileSystem { get; init; }
    public string? MountPoint { get; init; }
    public string? VolumeGroup { get; init; }
    /// <summary>As for partitions.</summary>
    public bool? Encrypted { get; init; }
}

/// <summary>An LVM volume group.</summary>
public sealed record VolumeGroupSpec
{
    /// <summary>Small letters, digits and <c>_</c>, at most 16; once in a layout.</summary>
    public required string Name { get; init; }
    /// <summary>At most 16. What they leave of the group stays free.</summary>
    public required IReadOnlyList<VolumeSpec> Volumes { get; init; }
}

/// <summary>An LVM logical volume.</summary>
public sealed record VolumeSpec
{
    /// <summary>Small letters, digits and <c>_</c>, at most 16; once in a group.</summary>
    public required string Name { get; init; }
    /// <summary><c>20GB</c>, <c>30%</c> of the group, or <c>rest</c> (default; one in a group).</summary>
    public string? Size { get; init; }
    public string? FileSystem { get; init; }
    public string? MountPoint { get; init; }
    /// <summary>As for partitions; where all of a group is to be encrypted, its partition or array is.</summary>
    public bool? Encrypted { get; init; }
}

/// <summary>All that is given must match, and exactly as many disks as are wanted may.</summary>
public sealed record DiskSelector
{
    /// <summary>Name of an array that this task's <c>hardware_config</c> has: the disk that its controller shows of it, made by this very task or there already. Stands alone.</summary>
    public string? Array { get; init; }
    public string? Serial { get; init; }
    public string? Wwn { get; init; }
    /// <summary>Kernel path; the weakest choice, since names move between boots.</summary>
    public string? Device { get; init; }
    /// <summary>Where it is plugged in, as udev names it below /dev/disk/by-path, for example <c>pci-0000:00:1f.2-ata-1</c>; <c>*</c> is a wildcard.</summary>
    public string? Path { get; init; }
    /// <summary>Model, with <c>*</c> as wildcard.</summary>
    public string? Model { get; init; }
    /// <summary>At least so large: <c>400GB</c>, <c>1TiB</c>, or bytes.</summary>
    public string? MinSize { get; init; }
    /// <summary>At most so large.</summary>
    public string? MaxSize { get; init; }
    /// <summary>True: hard disks; false: flash.</summary>
    public bool? Rotational { get; init; }
    /// <summary>nvme, sata, sas, scsi, usb or virtio.</summary>
    public string? Transport { get; init; }
    /// <summary><c>smallest</c> or <c>largest</c> of those that match the rest.</summary>
    public string? Prefer { get; init; }
    /// <summary>How many disks; left out: as many as the preset needs, else 1.</summary>
    public int? Count { get; init; }
    /// <summary>"The n equal ones": of those that match the rest, the only n of the same model and size.</summary>
    public int? Equal { get; init; }
}

/// <summary>Values of <see cref="DiskLayoutSpec.Wipe"/>.</summary>
public static class WipePolicies
{
    /// <summary>Only labels, as any installation clears them.</summary>
    public const string None = "none";
    /// <summary>All blocks are given back to the device (discard) where it can; else labels and the edges of the disk and of its partitions. In seconds.</summary>
    public const string Quick = "quick";
    /// <summary>All data is destroyed by the strongest means that the device has; may take hours on hard disks.</summary>
    public const string Secure = "secure";
    /// <summary>Zeros all over the disk, whatever it says that it can: for disks that refuse what they announce. Blocks that a flash disk keeps in reserve are not reached.</summary>
    public const string Overwrite = "overwrite";

    public static IReadOnlyList<string> All { get; } = [None, Quick, Secure, Overwrite];
}

/// <summary>Values of <see cref="DiskPlan.Wipe"/> and of a certificate's method.</summary>
public static class WipeMethods
{
    public const string NvmeSanitizeCrypto = "nvme_sanitize_crypto";
    public const string NvmeSanitizeBlock = "nvme_sanitize_block";
    public const string NvmeFormatCrypto = "nvme_format_crypto";
    public const string NvmeFormat = "nvme_format";
    public const string AtaEnhancedSecureErase = "ata_enhanced_secure_erase";
    public const string AtaSecureErase = "ata_secure_erase";
    public const string Discard = "discard";
    public const string Overwrite = "overwrite";
    /// <summary>Begin and end of the disk and of each of its partitions.</summary>
    public const string Edges = "edges";

    /// <summary>What destroys all data, the strongest first.</summary>
    public static IReadOnlyList<string> Secure { get; } =
        [NvmeSanitizeCrypto, NvmeSanitizeBlock, NvmeFormatCrypto, NvmeFormat, AtaEnhancedSecureErase, AtaSecureErase, Overwrite];
}
