namespace LpmOs.Contracts.Tasks;

/// <summary>What will be done to a machine, complete and in order; computed, never typed. Holds no secret.</summary>
public sealed record InstallPlan
{
    /// <summary>SHA-256 over all the rest, lower-case hexadecimal.</summary>
    public string? PlanHash { get; init; }
    public required string TaskId { get; init; }
    public required int Attempt { get; init; }
    public required string Sn { get; init; }
    /// <summary>See <see cref="OperationNames"/>; operations with nothing to do are left out.</summary>
    public required IReadOnlyList<string> Operations { get; init; }
    public required OsPlan Os { get; init; }
    /// <summary>Null where the system runs in memory alone: then no disk may be written.</summary>
    public DiskPlan? Disk { get; init; }
    /// <summary>All disks that may be written, <see cref="Disk"/> first; null where it is the only one and holds nothing but plain partitions.</summary>
    public IReadOnlyList<DiskPlan>? Disks { get; init; }
    /// <summary>What our agent writes; null where the system's own installer does the work.</summary>
    public ImagePlan? Image { get; init; }
    /// <summary>The installer, with the digests of what it is given; null for images.</summary>
    public InstallerPlan? Installer { get; init; }
    public required IReadOnlyList<PartitionPlan> Partitions { get; init; }
    /// <summary>Software RAID arrays; null where there are none.</summary>
    public IReadOnlyList<ArrayPlan>? Arrays { get; init; }
    /// <summary>Null where there are none.</summary>
    public IReadOnlyList<VolumeGroupPlan>? VolumeGroups { get; init; }
    /// <summary>Null where there is none.</summary>
    public SwapFilePlan? SwapFile { get; init; }
    /// <summary>Null where nothing is encrypted.</summary>
    public EncryptionPlan? Encryption { get; init; }
    /// <summary>GPT disk GUID to write: derived from task and attempt, so that an interrupted attempt knows its own disk again.</summary>
    public required string DiskGuid { get; init; }
    public required string Hostname { get; init; }
    public IReadOnlyList<UserPlan> Users { get; init => field = value ?? []; } = [];
    public required NetworkSpec Network { get; init; }
    /// <summary>Added to the installed kernel's command line, for example <c>console=ttyS0,115200</c>.</summary>
    public IReadOnlyList<string> KernelArguments { get; init => field = value ?? []; } = [];
    /// <summary>RAID controllers that are changed before the system is installed; null where none is asked for.</summary>
    public IReadOnlyList<ControllerPlan>? Controllers { get; init; }
    /// <summary>In the order in which they run; null where there are none.</summary>
    public IReadOnlyList<ScriptPlan>? Scripts { get; init; }
    /// <summary>IANA name; null: as the image has it.</summary>
    public string? Timezone { get; init; }
    /// <summary>Null: as the image has it.</summary>
    public string? Locale { get; init; }
    /// <summary>X11 layout; null: as the image has it.</summary>
    public string? Keyboard { get; init; }
    /// <summary>What the new system's own package manager installs into the image; null where there are none, or where an installer does it.</summary>
    public IReadOnlyList<string>? Packages { get; init; }
    /// <summary>What scripts see as <c>LPMOS_VAR_NAME</c>; null where there are none.</summary>
    public IReadOnlyDictionary<string, string>? Variables { get; init; }
}

public sealed record OsPlan
{
    public required string Id { get; init; }
    public required string Version { get; init; }
    public required string Name { get; init; }
    public required string InstallMethod { get; init; }
}

public sealed record ImagePlan
{
    /// <summary>Path below the boot service's URL, for example <c>/files/images/debian-12.tar.zst</c>, or an absolute URL.</summary>
    public required string Url { get; init; }
    /// <summary>Of the bytes as transferred, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }
    public required long SizeBytes { get; init; }
    /// <summary>See <see cref="ImageFormats"/>.</summary>
    public required string Format { get; init; }
    /// <summary>Of a whole disk: its bytes once unpacked, which the machine's disk must hold. Null for root file systems.</summary>
    public long? RawBytes { get; init; }
    /// <summary>By whom it is signed; null where the IDC asks for no signature.</summary>
    public SignaturePlan? Signature { get; init; }
}

/// <summary>A signature that the agent verifies once more before it writes anything, see <see cref="ImageSignature"/>.</summary>
public sealed record SignaturePlan
{
    /// <summary>Base64 of SubjectPublicKeyInfo; one of the IDC's <c>image_keys</c>.</summary>
    public required string Key { get; init; }
    /// <summary>Base64 of DER.</summary>
    public required string Value { get; init; }
}

/// <summary>What an image can be: the archive of a root file system, or a whole disk with its own partitions.</summary>
public static class ImageFormats
{
    public static IReadOnlyList<string> Archives { get; } = ["tar.zst", "tar.gz"];
    public static IReadOnlyList<string> WholeDisks { get; } = ["raw", "raw.zst", "raw.gz"];
    public static IReadOnlyList<string> All { get; } = [.. Archives, .. WholeDisks];

    public static bool IsWholeDisk(string format) => WholeDisks.Contains(format);
}

/// <summary>A system's own installer, started in place of our agent.</summary>
public sealed record InstallerPlan
{
    /// <summary>Its boot script and the files that it fetches, as they will be but for addresses and tokens of the boot.</summary>
    public required IReadOnlyList<RenderedFilePlan> Files { get; init; }
    /// <summary>Kernel, initramfs and media.</summary>
    public IReadOnlyList<AssetPlan> Assets { get; init => field = value ?? []; } = [];
}

/// <summary>A file rendered for this machine.</summary>
public sealed record RenderedFilePlan
{
    /// <summary>Name by which it is fetched; <c>boot.ipxe</c> is the boot script.</summary>
    public required string Name { get; init; }
    public required string Template { get; init; }
    /// <summary>Of the text with stand-ins for the boot's addresses and tokens, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }
    public required int SizeBytes { get; init; }
    /// <summary>Of names and texts of the template and of all that it includes, lower-case hexadecimal: what a template does with the boot's own values shows there alone. Absent in plans of earlier versions.</summary>
    public string? SourcesSha256 { get; init; }
}

/// <summary>A vendor's file that the installer needs.</summary>
public sealed record AssetPlan
{
    /// <summary>What it is to the installer: kernel, initrd…</summary>
    public required string Role { get; init; }
    public required string Name { get; init; }
    /// <summary>Lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }
    public required long SizeBytes { get; init; }
    /// <summary>Path below the boot service's URL.</summary>
    public required string Url { get; init; }
}

public sealed record UserPlan
{
    public required string Name { get; init; }
    public bool Sudo { get; init; }
    public IReadOnlyList<string> SshKeys { get; init => field = value ?? []; } = [];
    /// <summary>
    /// SHA-256 of the sealed password hash: says that there is a password and whether it is still the one that was approved, and nothing about it.
    /// Null: keys only. The hash itself is handed to the agent alone.
    /// </summary>
    public string? PasswordDigest { get; init; }
}
