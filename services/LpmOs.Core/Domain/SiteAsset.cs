namespace LpmOs.Core.Domain;

/// <summary>A vendor's file that a site's boot services hold, checked: the value of <c>/os/{idc}/assets/{name}</c>.</summary>
public sealed record SiteAsset
{
    /// <summary>Folder and file, for example <c>debian-12/linux</c>.</summary>
    public required string Name { get; init; }
    /// <summary>Lower-case hexadecimal; files are stored under it.</summary>
    public required string Sha256 { get; init; }
    /// <summary>0 until a boot service holds it.</summary>
    public long SizeBytes { get; init; }
    /// <summary>Where boot services fetch it; null where it is brought to them.</summary>
    public string? Source { get; init; }
    /// <summary>Boot services are to compute the digest of what they hold again, if they have not since then.</summary>
    public DateTimeOffset? VerifyAfter { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public string? CreatedBy { get; init; }
    /// <summary>A boot service has it, with the digest checked.</summary>
    public bool Held => SizeBytes > 0;
    /// <summary>Path below a boot service's URL.</summary>
    public string Url => $"/files/assets/{Sha256}/{Name.Split('/')[^1]}";
}
