using LpmOs.Core.Domain;

namespace LpmOs.Tasks.Assets;

/// <summary>A vendor's file: what the catalogue names, what the site asks for, and how its boot services stand with it.</summary>
internal sealed record AssetSummary
{
    public required string Idc { get; init; }
    /// <summary>Folder and file, for example <c>debian-12/linux</c>.</summary>
    public required string Name { get; init; }
    /// <summary><c>held</c>: a boot service has it, digest checked; <c>asked</c>: asked for and not here yet; <c>absent</c>: the catalogue names it, nobody has asked for it.</summary>
    public required string State { get; init; }
    /// <summary>Lower-case hexadecimal; absent until somebody asks for it.</summary>
    public string? Sha256 { get; init; }
    public long? SizeBytes { get; init; }
    /// <summary>Where boot services fetch it; absent where it is brought to them.</summary>
    public string? Source { get; init; }
    /// <summary>Where the catalogue says that the vendor has it.</summary>
    public string? CatalogSource { get; init; }
    /// <summary>Digest that the catalogue says, of a file that does not change; lower-case hexadecimal.</summary>
    public string? CatalogSha256 { get; init; }
    /// <summary>Where the vendor publishes the digests of its files as they are now: a file of SHA-256, SHA-384 or SHA-512 sums, a .treeinfo file, or stream metadata of Fedora CoreOS.</summary>
    public string? CatalogSums { get; init; }
    /// <summary>Path within the vendor's ISO image.</summary>
    public string? Member { get; init; }
    /// <summary>Systems whose installers need it.</summary>
    public required IReadOnlyList<string> UsedBy { get; init; }
    public required IReadOnlyList<AssetCopy> Copies { get; init; }
}

internal sealed record AssetList
{
    public required IReadOnlyList<AssetSummary> Items { get; init; }
}

/// <summary>Body of <c>PUT /api/v1/assets/{idc}/{folder}/{file}</c>.</summary>
internal sealed record AssetRequest
{
    /// <summary>64 lower-case hexadecimal digits, as the vendor publishes it.</summary>
    public required string Sha256 { get; init; }
    /// <summary>http or https; left out where the file is brought to the boot services.</summary>
    public string? Source { get; init; }
}
