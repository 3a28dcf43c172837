namespace LpmOs.Core.Domain.Catalog;

/// <summary>A file of a system's vendor that its installer needs: a kernel, an initramfs, installation media.</summary>
public sealed class CatalogAsset
{
    public const string NameAllowed = "folder/file of letters, digits, '.', '_', '+' and '-', each beginning with a letter or digit, at most 200 characters";

    /// <summary>Name among the site's assets, for example <c>debian-12/linux</c>.</summary>
    public string Name { get; set; } = "";
    /// <summary>Where the vendor publishes it; for people and for <c>lpmosctl assets add</c>. With '*' for what changes with each release, <see cref="Sums"/> says which file it is.</summary>
    public string? Source { get; set; }
    /// <summary>Path within an ISO image that <see cref="Source"/> names.</summary>
    public string? Member { get; set; }
    /// <summary>Lower-case hexadecimal, where the vendor publishes one that does not change.</summary>
    public string? Sha256 { get; set; }

    /// <summary>Where the vendor publishes the digest of it as it is now: a SHA256SUMS, CHECKSUMS, DIGESTS (SHA-512) or .treeinfo file in its folder or one above, or stream metadata of CoreOS; that of the version, unless it says its own.</summary>
    public string? Sums { get; set; }

    public static bool IsName(string? name) =>
        name is { Length: > 0 and <= 200 } && name.Split('/') is [var folder, var file] && IsPart(folder) && IsPart(file);

    private static bool IsPart(string part) => part.Length > 0 && char.IsAsciiLetterOrDigit(part[0]) && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '+' or '-');
}
