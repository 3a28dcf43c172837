namespace LpmOs.Core.Domain;

/// <summary>An image that a site's boot services hold: the value of <c>/os/{idc}/images/{id}</c>, and of the manifest beside the file.</summary>
public sealed record SiteImage
{
    public required string Id { get; init; }
    /// <summary>Catalogue id, for example <c>debian</c>.</summary>
    public required string OsId { get; init; }
    public required string OsVersion { get; init; }
    public string? Name { get; init; }
    /// <summary>File name below the images folder.</summary>
    public required string File { get; init; }
    /// <summary><c>tar.zst</c> or <c>tar.gz</c> of a root file system; <c>raw</c>, <c>raw.zst</c> or <c>raw.gz</c> of a whole disk.</summary>
    public required string Format { get; init; }
    /// <summary>Lower-case hexadecimal, of the file as it is transferred.</summary>
    public required string Sha256 { get; init; }
    public required long SizeBytes { get; init; }
    /// <summary>Of a whole disk: its bytes once unpacked. Absent for root file systems.</summary>
    public long? RawBytes { get; init; }
    /// <summary>Its detached signature, see <see cref="LpmOs.Contracts.Tasks.ImageSignature"/>: Base64 of DER. Left out in a manifest: that of the file with <c>.sig</c> behind its name, where there is one.</summary>
    public string? Signature { get; init; }
    /// <summary>What it can beside the usual, see <see cref="ImageAbilities"/>.</summary>
    public IReadOnlyList<string> Supports { get; init => field = value ?? []; } = [];
    /// <summary>User that the installation creates for the task's keys.</summary>
    public string DefaultUser { get; init => field = value ?? "admin"; } = "admin";
}

/// <summary>Words of <see cref="SiteImage.Supports"/>.</summary>
public static class ImageAbilities
{
    /// <summary>Its initramfs and its systemd open LUKS2 volumes with a passphrase that is typed at the console.</summary>
    public const string Luks = "luks";

    /// <summary>Beside that, what opens them with the machine's TPM 2.0: clevis with its part for the initramfs, or systemd-cryptenroll and dracut's module tpm2-tss.</summary>
    public const string LuksTpm = "luks_tpm";

    public static IReadOnlyList<string> All { get; } = [Luks, LuksTpm];
}
