using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;

namespace LpmOs.Core.Domain.Profiles;

/// <summary>Where a value comes from.</summary>
public sealed record SettingsOrigin
{
    /// <summary><c>global</c>, <c>idc</c>, <c>tag</c>, <c>profile</c> or <c>machine</c>.</summary>
    public required string Layer { get; init; }
    /// <summary>Which IDC, tag, profile (name@version) or machine (idc/sn); absent with <c>global</c>.</summary>
    public string? Name { get; init; }
}

/// <summary>
/// What holds for a machine when everything that is inherited is put together: defaults of all, of the IDC, of each tag (in the order of their names), then the profile,
/// then what is said of the machine itself. Later ones win field by field; a list is one value.
/// </summary>
public sealed record EffectiveSettings
{
    public required ProfileSettings Settings { get; init; }
    /// <summary>Field name, or <c>variables.</c> and the variable's name, to where its value comes from.</summary>
    public required IReadOnlyDictionary<string, SettingsOrigin> Origins { get; init; }

    /// <param name="sn">Null: of no machine in particular.</param>
    /// <param name="tags">Beside those of the machine's record.</param>
    public static EffectiveSettings Of(StateSnapshot snapshot, InstallProfile? profile, string? idc, string? sn, IEnumerable<string> tags)
    {
        var all = new ProfileSettings();
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var origins = new SortedDictionary<string, SettingsOrigin>(StringComparer.Ordinal);
        foreach (var (origin, settings) in Layers(snapshot, profile, idc, sn, tags))
        {
            foreach (var (field, take) in settings.Given())
            {
                all = take(all);
                origins[field] = origin;
            }
            foreach (var (name, value) in settings.Variables ?? new Dictionary<string, string>())
            {
                variables[name] = value;
                origins[$"variables.{name}"] = origin;
            }
        }
        if (all.OsVersion is not null)
            origins["os_version"] = origins["os_type"];
        return new EffectiveSettings { Settings = all with { Variables = variables.Count > 0 ? variables : null }, Origins = origins };
    }

    private static IEnumerable<(SettingsOrigin Origin, ProfileSettings Settings)> Layers(StateSnapshot snapshot, InstallProfile? profile, string? idc, string? sn, IEnumerable<string> tags)
    {
        if (snapshot.Defaults.GetValueOrDefault(Keys.Defaults) is { } global)
            yield return (new SettingsOrigin { Layer = "global" }, global);
        if (idc is not null && snapshot.Defaults.GetValueOrDefault(Keys.IdcDefaults(idc)) is { } site)
            yield return (new SettingsOrigin { Layer = "idc", Name = idc }, site);
        var record = idc is null || sn is null ? null : snapshot.Machine(idc, sn)?.Record;
        foreach (var tag in tags.Concat(record?.Tags ?? []).Distinct().Order(StringComparer.Ordinal))
        {
            if (snapshot.Defaults.GetValueOrDefault(Keys.TagDefaults(tag)) is { } ofTag)
                yield return (new SettingsOrigin { Layer = "tag", Name = tag }, ofTag);
        }
        if (profile is not null)
            yield return (new SettingsOrigin { Layer = "profile", Name = profile.ToString() }, profile);
        if (idc is not null && sn is not null && snapshot.Defaults.GetValueOrDefault(Keys.MachineDefaults(idc, sn)) is { } machine)
            yield return (new SettingsOrigin { Layer = "machine", Name = $"{idc}/{sn}" }, machine);
    }
}
