namespace LpmOs.Core.Domain.Profiles;

/// <summary>A named set of what to install and how: the value of <c>/os/global/profiles/{name}/{version}</c>. A version never changes.</summary>
public sealed record InstallProfile : ProfileSettings
{
    public required string Name { get; init; }
    /// <summary>From 1, rising by one.</summary>
    public required int Version { get; init; }
    public string? Description { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }

    /// <summary>Name and version as people write them.</summary>
    public override string ToString() => $"{Name}@{Version}";
}
