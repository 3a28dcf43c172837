namespace LpmOs.Core.Domain;

/// <summary>How one boot service stands with one of the vendors' files: the value of <c>/os/{idc}/asset-copies/{name}/{instance}</c>.</summary>
public sealed record AssetCopy
{
    public const string Held = "held";
    public const string Fetching = "fetching";
    public const string Failed = "failed";
    public const string Missing = "missing";

    public required string Instance { get; init; }
    /// <summary><see cref="Held"/>: there, digest checked; <see cref="Fetching"/>; <see cref="Failed"/>, is tried again; <see cref="Missing"/>: to be brought by <c>lpmosctl assets import</c>.</summary>
    public required string State { get; init; }
    public required string Sha256 { get; init; }
    /// <summary>Where files are brought to, the service's URL.</summary>
    public string? Address { get; init; }
    public string? Message { get; init; }
    public required DateTimeOffset At { get; init; }
}
