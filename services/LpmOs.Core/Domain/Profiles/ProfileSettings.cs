using LpmOs.Contracts.Tasks;

namespace LpmOs.Core.Domain.Profiles;

/// <summary>
/// A part of what to install and how; what is null says nothing. The value of <c>/os/global/defaults</c>, <c>/os/{idc}/defaults</c>,
/// <c>/os/global/tag-defaults/{tag}</c> and <c>/os/{idc}/machine-defaults/{sn}</c>.
/// </summary>
public record ProfileSettings
{
    /// <summary>Display name or catalogue id. With it goes <see cref="OsVersion"/>: both come from the same place.</summary>
    public string? OsType { get; init; }
    public string? OsVersion { get; init; }
    /// <summary>Only in what is said of a single machine.</summary>
    public string? Hostname { get; init; }
    public NetworkSpec? Network { get; init; }
    public DiskLayoutSpec? DiskLayout { get; init; }
    public IReadOnlyList<string>? Packages { get; init; }
    public IReadOnlyList<string>? SshKeys { get; init; }
    public IReadOnlyList<string>? Tags { get; init; }
    public int? Priority { get; init; }
    public string? InstallMethod { get; init; }
    /// <summary>For templates; each variable is inherited by itself.</summary>
    public IReadOnlyDictionary<string, string>? Variables { get; init; }
    public IReadOnlyList<TaskScript>? Scripts { get; init; }
    public IReadOnlyList<UserSpec>? Users { get; init; }
    public string? Timezone { get; init; }
    public string? Locale { get; init; }
    public string? Keyboard { get; init; }
    public IReadOnlyList<string>? KernelArguments { get; init; }

    /// <summary>The fields that say something, and how to take them over; <c>variables</c> is not among them.</summary>
    internal IEnumerable<(string Field, Func<ProfileSettings, ProfileSettings> Take)> Given()
    {
        if (OsType is not null)
            yield return ("os_type", all => all with { OsType = OsType, OsVersion = OsVersion });
        if (Hostname is not null)
            yield return ("hostname", all => all with { Hostname = Hostname });
        if (Network is not null)
            yield return ("network", all => all with { Network = Network });
        if (DiskLayout is not null)
            yield return ("disk_layout", all => all with { DiskLayout = DiskLayout });
        if (Packages is not null)
            yield return ("packages", all => all with { Packages = Packages });
        if (SshKeys is not null)
            yield return ("ssh_keys", all => all with { SshKeys = SshKeys });
        if (Tags is not null)
            yield return ("tags", all => all with { Tags = Tags });
        if (Priority is not null)
            yield return ("priority", all => all with { Priority = Priority });
        if (InstallMethod is not null)
            yield return ("install_method", all => all with { InstallMethod = InstallMethod });
        if (Scripts is not null)
            yield return ("scripts", all => all with { Scripts = Scripts });
        if (Users is not null)
            yield return ("users", all => all with { Users = Users });
        if (Timezone is not null)
            yield return ("timezone", all => all with { Timezone = Timezone });
        if (Locale is not null)
            yield return ("locale", all => all with { Locale = Locale });
        if (Keyboard is not null)
            yield return ("keyboard", all => all with { Keyboard = Keyboard });
        if (KernelArguments is not null)
            yield return ("kernel_arguments", all => all with { KernelArguments = KernelArguments });
    }
}
