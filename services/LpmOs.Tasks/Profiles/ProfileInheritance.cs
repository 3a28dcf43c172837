using LpmOs.Core.Domain.Identity;
using LpmOs.Core.Domain.Profiles;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Tasks.Validation;

namespace LpmOs.Tasks.Profiles;

/// <summary>Fills what a task leaves out from its profile and the defaults around it.</summary>
internal sealed class ProfileInheritance(WatchedState state)
{
    public const string NameAllowed = "1 to 63 letters, digits, '-' or '_', beginning with a letter or digit";
    private const int MostNamed = 30;

    /// <summary>The draft with what it inherits; a draft without a profile stays as it is.</summary>
    /// <param name="found">False: there is no such profile, so nobody knows what it would have given.</param>
    public TaskDraft Fill(TaskDraft draft, FieldErrors errors, out bool found)
    {
        found = true;
        if (draft.Profile is null)
        {
            errors.Check("profile_version", draft.ProfileVersion is null, draft.ProfileVersion?.ToString(System.Globalization.CultureInfo.InvariantCulture), "only together with profile");
            return draft;
        }
        var snapshot = state.Current;
        if (Find(snapshot, draft.Profile, draft.ProfileVersion, errors) is not { } profile)
        {
            found = false;
            return draft;
        }
        var inherited = Inherited(snapshot, draft, profile).Settings;
        return draft with
        {
            ProfileVersion = profile.Version,
            OsType = draft.OsType ?? inherited.OsType,
            // A version belongs to its system: that of another system is of no use.
            OsVersion = draft.OsVersion ?? (draft.OsType is null ? inherited.OsVersion : null),
            Hostname = draft.Hostname ?? inherited.Hostname, Network = draft.Network ?? inherited.Network, DiskLayout = draft.DiskLayout ?? inherited.DiskLayout,
            Packages = draft.Packages ?? inherited.Packages, SshKeys = draft.SshKeys ?? inherited.SshKeys, Tags = draft.Tags ?? inherited.Tags,
            Priority = draft.Priority ?? inherited.Priority, InstallMethod = draft.InstallMethod ?? inherited.InstallMethod, Variables = Merge(inherited.Variables, draft.Variables), Scripts = draft.Scripts ?? inherited.Scripts,
            Users = draft.Users ?? inherited.Users, Timezone = draft.Timezone ?? inherited.Timezone, Locale = draft.Locale ?? inherited.Locale, Keyboard = draft.Keyboard ?? inherited.Keyboard, KernelArguments = draft.KernelArguments ?? inherited.KernelArguments,
        };
    }

    /// <summary>Where the values come from that <see cref="Fill"/> puts into a draft; empty without a profile.</summary>
    public IReadOnlyDictionary<string, SettingsOrigin> Origins(TaskDraft draft)
    {
        var snapshot = state.Current;
        if (draft.Profile is null || snapshot.Profile(draft.Profile, draft.ProfileVersion) is not { } profile)
            return new Dictionary<string, SettingsOrigin>();
        return Inherited(snapshot, draft, profile).Origins.Where(origin => !IsGiven(draft, origin.Key)).ToDictionary();
    }

    private static EffectiveSettings Inherited(StateSnapshot snapshot, TaskDraft draft, InstallProfile profile)
    {
        var known = Names.IsIdc(draft.Idc) && Names.IsSn(draft.Sn);
        return EffectiveSettings.Of(snapshot, profile, known ? draft.Idc : null, known ? draft.Sn : null, (draft.Tags ?? []).Where(TaskRules.IsTag));
    }

    private static bool IsGiven(TaskDraft draft, string field) => field switch
    {
        "os_type" => draft.OsType is not null,
        "os_version" => draft.OsVersion is not null || draft.OsType is not null,
        "hostname" => draft.Hostname is not null,
        "network" => draft.Network is not null,
        "disk_layout" => draft.DiskLayout is not null,
        "packages" => draft.Packages is not null,
        "ssh_keys" => draft.SshKeys is not null,
        "tags" => draft.Tags is not null,
        "priority" => draft.Priority is not null,
        "install_method" => draft.InstallMethod is not null,
        "scripts" => draft.Scripts is not null,
        "users" => draft.Users is not null,
        "timezone" => draft.Timezone is not null,
        "locale" => draft.Locale is not null,
        "keyboard" => draft.Keyboard is not null,
        "kernel_arguments" => draft.KernelArguments is not null,
        _ => draft.Variables?.ContainsKey(field["variables.".Length..]) == true,
    };

    /// <summary>Null, and noted with the names that there are, where there is no such profile.</summary>
    public static InstallProfile? Find(StateSnapshot snapshot, string name, int? version, FieldErrors errors)
    {
        if (snapshot.Profile(name, version) is { } profile)
            return profile;
        if (snapshot.Profiles.TryGetValue(name, out var versions))
            errors.Check("profile_version", false, version?.ToString(System.Globalization.CultureInfo.InvariantCulture), $"1 to {versions.Keys.Last()} of {name}");
        else
            errors.Check("profile", false, name, Names.IsIdc(name) ? $"one of the profiles that there are: {Named(snapshot)}" : NameAllowed);
        return null;
    }

    public static string Named(StateSnapshot snapshot) => snapshot.Profiles.Count == 0 ? "none yet (PUT /api/v1/profiles/{name} makes one)"
        : string.Join(", ", snapshot.Profiles.Keys.Order(StringComparer.Ordinal).Take(MostNamed)) + (snapshot.Profiles.Count > MostNamed ? " and others (GET /api/v1/profiles)" : "");

    private static IReadOnlyDictionary<string, string>? Merge(IReadOnlyDictionary<string, string>? inherited, IReadOnlyDictionary<string, string>? given)
    {
        if (inherited is null || given is null)
            return given ?? inherited;
        var all = new SortedDictionary<string, string>(inherited.ToDictionary(), StringComparer.Ordinal);
        foreach (var (name, value) in given)
            all[name] = value;
        return all;
    }
}
