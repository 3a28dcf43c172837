using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Profiles;

namespace LpmOs.Tasks.Profiles;

/// <summary>Body of <c>PUT /api/v1/profiles/{name}</c>: the whole of the next version.</summary>
internal sealed record ProfileRequest
{
    /// <summary>At most 2,000 characters.</summary>
    public string? Description { get; init; }
    /// <summary>Version that was edited; refused where there is a newer one by now.</summary>
    public int? BaseVersion { get; init; }
    /// <summary>Display name ("Ubuntu 22.04") or catalogue id ("ubuntu").</summary>
    public string? OsType { get; init; }
    public string? OsVersion { get; init; }
    public NetworkSpec? Network { get; init; }
    public DiskLayoutSpec? DiskLayout { get; init; }
    public IReadOnlyList<string>? Packages { get; init; }
    public IReadOnlyList<string>? SshKeys { get; init; }
    public IReadOnlyList<string>? Tags { get; init; }
    public int? Priority { get; init; }
    public string? InstallMethod { get; init; }
    public IReadOnlyDictionary<string, string>? Variables { get; init; }
    /// <summary>At most 16.</summary>
    public IReadOnlyList<TaskScript>? Scripts { get; init; }
    public IReadOnlyList<UserSpec>? Users { get; init; }
    public string? Timezone { get; init; }
    public string? Locale { get; init; }
    public string? Keyboard { get; init; }
    public IReadOnlyList<string>? KernelArguments { get; init; }
}

internal sealed record ProfileList
{
    /// <summary>The newest version of each, by name.</summary>
    public required IReadOnlyList<InstallProfile> Items { get; init; }
    public required int Total { get; init; }
}

internal sealed record ProfileVersions
{
    /// <summary>The newest first.</summary>
    public required IReadOnlyList<InstallProfile> Items { get; init; }
}

internal sealed record EffectiveProfile
{
    public required string Name { get; init; }
    public required int Version { get; init; }
    public string? Idc { get; init; }
    public string? Sn { get; init; }
    public required ProfileSettings Settings { get; init; }
    /// <summary>Field name, or <c>variables.</c> and the variable's name, to where its value comes from.</summary>
    public required IReadOnlyDictionary<string, SettingsOrigin> Origins { get; init; }
}

internal sealed record TagDefaultsList
{
    public required IReadOnlyDictionary<string, ProfileSettings> Items { get; init; }
}
