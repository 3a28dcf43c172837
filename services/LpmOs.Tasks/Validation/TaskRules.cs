using System.Globalization;
using System.Text.RegularExpressions;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Identity;
using LpmOs.Core.Domain.Profiles;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Profiles;

namespace LpmOs.Tasks.Validation;

/// <summary>What a task may ask for. Every fault is noted; nothing is thrown before all are known.</summary>
internal sealed partial class TaskRules(OsCatalog catalog, ProfileInheritance inheritance, UserRules users, DiskPassphraseRules passphrases, TimeProvider time)
{
    public const int LongestNotes = 2000;
    private const int LongestName = 128;
    private const int LongestVariable = 1024;
    private const string PackageAllowed = "1 to 128 letters, digits or any of + - . _ beginning with a letter or digit, as Debian and RPM name packages";
    public const string TagAllowed = "1 to 63 letters (of any script), digits or any of . _ : = / - beginning with a letter or digit";

    /// <summary>The specification in its one form, with what it inherits by its profile; only of use when nothing was noted.</summary>
    public TaskSpec Check(TaskDraft draft, FieldErrors errors)
    {
        errors.Idc(draft.Idc);
        errors.Sn(draft.Sn);
        var mac = errors.Mac(draft.Mac);
        draft = inheritance.Fill(draft, errors, out var profileFound);
        if (draft.OsType is null && profileFound)
            errors.Check("os_type", false, null, catalog.Allowed);
        if (draft.Hostname is not null)
            Hostname(errors, draft.Hostname);
        var settings = Settings(draft, errors);
        FreeText(errors, "notes", draft.Notes, LongestNotes);
        Times(draft, errors);
        HardwareRules.Check(draft.HardwareConfig, errors);
        return new TaskSpec
        {
            Idc = draft.Idc ?? "", Sn = draft.Sn ?? "", Mac = mac, OsType = settings.OsType ?? "", OsVersion = settings.OsVersion, Profile = draft.Profile, ProfileVersion = draft.ProfileVersion,
            Hostname = draft.Hostname, Network = settings.Network, DiskLayout = settings.DiskLayout, Packages = settings.Packages, SshKeys = settings.SshKeys, Tags = settings.Tags, Notes = draft.Notes,
            Priority = settings.Priority, NotBefore = draft.NotBefore, Deadline = draft.Deadline, InstallMethod = settings.InstallMethod, Variables = settings.Variables, Scripts = settings.Scripts,
            Users = settings.Users, Timezone = settings.Timezone, Locale = settings.Locale, Keyboard = settings.Keyboard, KernelArguments = settings.KernelArguments, HardwareConfig = draft.HardwareConfig,
        };
    }

    /// <summary>What profiles and defaults hold too: nothing is required, all that is given must be allowed.</summary>
    public ProfileSettings Settings(TaskDraft draft, FieldErrors errors)
    {
        var system = System(draft, errors);
        if (draft.InstallMethod is not null)
            errors.Check("install_method", (system?.Methods ?? [InstallMethods.Image, .. catalog.Installers.Keys]).Contains(draft.InstallMethod), draft.InstallMethod, string.Join(", ", system?.Methods ?? [InstallMethods.Image, .. catalog.Installers.Keys]));
        var network = draft.Network is null ? null : NetworkRules.Check(draft.Network, errors);
        var layout = draft.DiskLayout;
        if (layout is not null)
        {
            LayoutRules.Check(layout, errors);
            layout = passphrases.Check(layout, errors);
        }
        Each(errors, "packages", draft.Packages, PackagePattern().IsMatch, PackageAllowed);
        Tags(errors, draft.Tags);
        for (var i = 0; i < draft.SshKeys?.Count; i++)
        {
            if (SshPublicKey.WhyNot(draft.SshKeys[i]) is { } fault)
                errors.Add($"ssh_keys[{i}]", fault);
        }
        errors.Check("priority", draft.Priority is null or (>= -100 and <= 100), draft.Priority?.ToString(CultureInfo.InvariantCulture), "-100 to 100; higher ones begin first");
        foreach (var (name, value) in draft.Variables ?? new Dictionary<string, string>())
        {
            errors.Check("variables", VariablePattern().IsMatch(name), name, "names of 1 to 63 small letters, digits and '_', beginning with a letter");
            FreeText(errors, $"variables.{(VariablePattern().IsMatch(name) ? name : "?")}", value, LongestVariable);
        }
        var scripts = ScriptRules.Check(draft.Scripts, errors);
        SystemRules.Check(draft, errors);
        return new ProfileSettings
        {
            OsType = draft.OsType, OsVersion = system?.Version ?? draft.OsVersion, Network = network, DiskLayout = layout, Packages = draft.Packages?.Distinct().ToList(),
            SshKeys = draft.SshKeys?.Select(key => key.Trim()).Distinct().ToList(), Tags = draft.Tags?.Distinct().ToList(), Priority = draft.Priority, InstallMethod = draft.InstallMethod,
            Variables = draft.Variables, Scripts = scripts,
            Users = users.Check(draft.Users, errors), Timezone = draft.Timezone, Locale = draft.Locale, Keyboard = draft.Keyboard, KernelArguments = draft.KernelArguments?.Distinct().ToList(),
        };
    }

    public static void Hostname(FieldErrors errors, string hostname) => errors.Check("hostname", Names.IsHostname(hostname), hostname, Names.HostnameAllowed);

    /// <summary>Text for people: at most <paramref name="most"/> characters, no control characters but line breaks and tabs.</summary>
    public static void FreeText(FieldErrors errors, string field, string? text, int most)
    {
        errors.Length(field, text, most);
        if (text is not null && text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')))
            errors.Add(field, "Has control characters; only line breaks and tabs are allowed.");
    }

    public static bool IsTag(string tag) => TagPattern().IsMatch(tag);

    public static void Tags(FieldErrors errors, IReadOnlyList<string>? tags, string field = "tags") => Each(errors, field, tags, TagPattern().IsMatch, TagAllowed);

    private CatalogMatch? System(TaskDraft draft, FieldErrors errors)
    {
        if (draft.OsType is null)
            return null;
        if (draft.OsType.Length <= LongestName && (draft.OsVersion?.Length ?? 0) <= LongestName && catalog.Resolve(draft.OsType, draft.OsVersion) is { } match)
            return match;
        var type = draft.OsType.Length <= LongestName ? catalog.Resolve(draft.OsType, null) : null;
        errors.Check(type is null ? "os_type" : "os_version", false, type is null ? draft.OsType : draft.OsVersion,
            type is null ? catalog.Allowed : string.Join(", ", catalog.Systems.First(system => system.Id == type.Id).Versions.Select(version => version.Version)));
        return null;
    }

    private void Times(TaskDraft draft, FieldErrors errors)
    {
        if (draft.Deadline is { } deadline && deadline <= time.GetUtcNow())
            errors.Add("deadline", $"{deadline:O} has passed; it must lie in the future.");
        if (draft is { NotBefore: { } from, Deadline: { } until } && from >= until)
            errors.Add("not_before", $"{from:O} must lie before deadline {until:O}.");
    }

    private static void Each(FieldErrors errors, string field, IReadOnlyList<string>? values, Func<string, bool> valid, string allowed)
    {
        for (var i = 0; i < values?.Count; i++)
            errors.Check($"{field}[{i}]", valid(values[i]), values[i], allowed);
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9+._-]{0,127}\z")]
    private static partial Regex PackagePattern();

    [GeneratedRegex(@"\A[\p{L}\p{N}][\p{L}\p{N}._:=/-]{0,62}\z")]
    private static partial Regex TagPattern();

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,62}\z")]
    private static partial Regex VariablePattern();
}
