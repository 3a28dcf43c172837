using System.ComponentModel;
using System.Globalization;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Domain.Identity;
using LpmOs.Core.Domain.Profiles;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Tasks.Documents;
using LpmOs.Tasks.Requests;
using LpmOs.Tasks.Validation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Tasks.Profiles;

/// <summary>Profiles: named, versioned sets of what to install and how.</summary>
internal static class ProfileEndpoints
{
    public static void MapProfiles(this RouteGroupBuilder api)
    {
        var profiles = api.MapGroup("/profiles").WithTags(ApiTags.Profiles).Allow(Permission.View);
        profiles.MapGet("", List).WithName("listProfiles").WithSummary("The newest version of every profile").WithDescription("By name. A task names one in `profile`.");
        profiles.MapGet("/{name}", Get).WithName("getProfile").WithSummary("One profile").WithDescription("Without `version`: the newest.").ProducesProblem(400).ProducesProblem(404);
        profiles.MapPut("/{name}", PutAsync).Allow(Permission.EditTemplates, everywhere: true).WithName("putProfile").WithSummary("Make the next version of a profile, or its first")
            .WithDescription("A version never changes: what is sent becomes a new one, unless it is the same as the newest. Tasks keep the version they were made with. With `base_version` (0: there is none yet) two editors do not overwrite each other.")
            .Accepts<ProfileRequest>("application/json").WithExamples(Examples.ProfileWithScript).ProducesProblem(400).ProducesProblem(409).ProducesProblem(413).ProducesProblem(503);
        profiles.MapGet("/{name}/versions", Versions).WithName("listProfileVersions").WithSummary("All versions of a profile").WithDescription("The newest first.").ProducesProblem(400).ProducesProblem(404);
        profiles.MapGet("/{name}/effective", Effective).WithName("getEffectiveProfile").WithSummary("What a profile comes to for a machine, and where each value comes from")
            .WithDescription("Defaults of all, of the IDC and of the tags come first, then the profile, then what is said of the machine; later ones win, and what a task gives itself wins over all of it.")
            .ProducesProblem(400).ProducesProblem(404);
    }

    private static Ok<ProfileList> List(WatchedState state)
    {
        var snapshot = state.Current;
        var items = snapshot.Profiles.Keys.Order(StringComparer.Ordinal).Select(name => snapshot.Profile(name)!).ToList();
        return TypedResults.Ok(new ProfileList { Items = items, Total = items.Count });
    }

    private static Ok<InstallProfile> Get([Description("Name of the profile.")] string name, [Description("Default: the newest.")] string? version, WatchedState state) =>
        TypedResults.Ok(Find(state.Current, name, version, new FieldErrors()));

    private static Ok<ProfileVersions> Versions([Description("Name of the profile.")] string name, WatchedState state)
    {
        Find(state.Current, name, null, new FieldErrors());
        return TypedResults.Ok(new ProfileVersions { Items = [.. state.Current.Profiles[name].Values.Reverse()] });
    }

    private static Ok<EffectiveProfile> Effective(
        [Description("Name of the profile.")] string name, [Description("Default: the newest.")] string? version, [Description("With the defaults of this IDC.")] string? idc,
        [Description("With what is said of this machine and its tags; needs idc.")] string? sn, [Description("With the defaults of these tags, separated by commas.")] string? tag, WatchedState state)
    {
        var errors = new FieldErrors();
        if (idc is not null)
            errors.Idc(idc);
        if (sn is not null)
        {
            errors.Sn(sn);
            errors.Check("idc", idc is not null, null, "the IDC of sn");
        }
        var tags = tag?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        TaskRules.Tags(errors, tags, "tag");
        var profile = Find(state.Current, name, version, errors);
        var effective = EffectiveSettings.Of(state.Current, profile, idc, sn, tags);
        return TypedResults.Ok(new EffectiveProfile { Name = profile.Name, Version = profile.Version, Idc = idc, Sn = sn, Settings = effective.Settings, Origins = effective.Origins });
    }

    private static async Task<Ok<InstallProfile>> PutAsync(
        [Description("Name of the profile.")] string name, HttpRequest request, Actor actor, TaskRules rules, ProfileStore profiles, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        errors.Check("name", Names.IsIdc(name), name, ProfileInheritance.NameAllowed);
        var json = await JsonFields.ReadAsync(request, errors, optional: false, cancellationToken);
        var (description, baseVersion) = (json.Text("description"), json.Number("base_version"));
        var settings = SettingsReader.Read(json, rules);
        TaskRules.FreeText(errors, "description", description, TaskRules.LongestNotes);
        errors.ThrowIfAny();
        return TypedResults.Ok(await profiles.AddAsync(name, description, settings, baseVersion, actor, cancellationToken));
    }

    /// <exception cref="InvalidRequestException">All that was noted.</exception>
    /// <exception cref="RefusedRequestException">404: there is no such profile, or not this version.</exception>
    private static InstallProfile Find(StateSnapshot snapshot, string name, string? version, FieldErrors errors)
    {
        errors.Check("name", Names.IsIdc(name), name, ProfileInheritance.NameAllowed);
        var number = 0;
        errors.Check("version", version is null || (int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0), version, "1 or more");
        errors.ThrowIfAny();
        return snapshot.Profile(name, version is null ? null : number) ?? throw new RefusedRequestException(StatusCodes.Status404NotFound, "profile_not_found", "Profile not found",
            snapshot.Profile(name) is { } newest ? $"{name} has versions 1 to {newest.Version}." : $"There is no profile {name}. There are: {ProfileInheritance.Named(snapshot)}.");
    }
}
