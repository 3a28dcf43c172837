using System.ComponentModel;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Domain.Profiles;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Tasks.Documents;
using LpmOs.Tasks.Requests;
using LpmOs.Tasks.Tasks;
using LpmOs.Tasks.Validation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Tasks.Profiles;

/// <summary>What tasks with a profile inherit: everywhere, in an IDC, by a tag, for one machine.</summary>
internal static class DefaultsEndpoints
{
    private const string Replaces = "Replaces what was there; `{}` takes it away. Tasks that exist already keep what they were made with.";

    public static void MapDefaults(this RouteGroupBuilder api)
    {
        var defaults = api.MapGroup("").WithTags(ApiTags.Profiles).Allow(Permission.View);
        defaults.MapGet("/defaults", (WatchedState state) => Get(state, Keys.Defaults)).WithName("getDefaults").WithSummary("What every task with a profile inherits")
            .WithDescription("The weakest layer: IDC, tags, profile and machine win over it.");
        Put(defaults, "/defaults", (HttpRequest request, Actor actor, DefaultsCall call, CancellationToken cancellationToken) => call.PutAsync(Keys.Defaults, "global", null, request, actor, cancellationToken))
            .WithName("putDefaults").WithSummary("Replace what every task with a profile inherits");

        defaults.MapGet("/idcs/{idc}/defaults", (string idc, WatchedState state) => Get(state, Keys.IdcDefaults(Idc(idc)))).WithName("getIdcDefaults").WithSummary("What tasks with a profile inherit in an IDC")
            .WithDescription("Wins over the defaults of all.").ProducesProblem(400);
        Put(defaults, "/idcs/{idc}/defaults", (string idc, HttpRequest request, Actor actor, DefaultsCall call, CancellationToken cancellationToken) => call.PutAsync(Keys.IdcDefaults(Idc(idc)), idc, null, request, actor, cancellationToken))
            .WithName("putIdcDefaults").WithSummary("Replace what tasks with a profile inherit in an IDC");

        defaults.MapGet("/tag-defaults", ListTags).WithName("listTagDefaults").WithSummary("What tasks with a profile inherit by their tags").WithDescription("By tag; win over those of the IDC, in the order of the tags.");
        Put(defaults, "/tag-defaults/{**tag}", ([Description("A tag, as tasks and machines have it.")] string tag, HttpRequest request, Actor actor, DefaultsCall call, CancellationToken cancellationToken) =>
                call.PutAsync(Keys.TagDefaults(Tag(tag)), "global", null, request, actor, cancellationToken))
            .WithName("putTagDefaults").WithSummary("Replace what tasks with a profile inherit by a tag");

        defaults.MapGet("/machines/{idc}/{sn}/defaults", (string idc, string sn, WatchedState state) => Get(state, Machine(idc, sn))).WithName("getMachineDefaults").WithSummary("What is said of one machine")
            .WithDescription("Its own address, disk or host name: wins over the profile.").ProducesProblem(400);
        Put(defaults, "/machines/{idc}/{sn}/defaults", (string idc, string sn, HttpRequest request, Actor actor, DefaultsCall call, CancellationToken cancellationToken) =>
                call.PutAsync(Machine(idc, sn), idc, sn, request, actor, cancellationToken))
            .WithName("putMachineDefaults").WithSummary("Replace what is said of one machine");
    }

    private static RouteHandlerBuilder Put(RouteGroupBuilder group, string path, Delegate handler) =>
        group.MapPut(path, handler).Allow(Permission.EditTemplates, everywhere: !path.Contains("{idc}", StringComparison.Ordinal)).WithDescription(Replaces).Accepts<ProfileSettings>("application/json").WithExamples(Examples.Defaults)
            .ProducesProblem(400).ProducesProblem(409).ProducesProblem(413).ProducesProblem(503);

    private static Ok<ProfileSettings> Get(WatchedState state, string key) => TypedResults.Ok(state.Current.Defaults.GetValueOrDefault(key) ?? new ProfileSettings());

    private static Ok<TagDefaultsList> ListTags(WatchedState state)
    {
        var prefix = Keys.TagDefaults("");
        var items = state.Current.Defaults.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal));
        return TypedResults.Ok(new TagDefaultsList { Items = new SortedDictionary<string, ProfileSettings>(items.ToDictionary(pair => Uri.UnescapeDataString(pair.Key[prefix.Length..]), pair => pair.Value), StringComparer.Ordinal) });
    }

    private static string Idc(string idc)
    {
        var errors = new FieldErrors();
        errors.Idc(idc);
        errors.ThrowIfAny();
        return idc;
    }

    private static string Tag(string tag)
    {
        // The server leaves an encoded slash as it is.
        tag = tag.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        var errors = new FieldErrors();
        errors.Check("tag", TaskRules.IsTag(tag), tag, TaskRules.TagAllowed);
        errors.ThrowIfAny();
        return tag;
    }

    private static string Machine(string idc, string sn)
    {
        TaskLookup.Machine(idc, sn);
        return Keys.MachineDefaults(idc, sn);
    }
}

/// <summary>Checks and stores what is inherited, whatever it is inherited by.</summary>
internal sealed class DefaultsCall(TaskRules rules, ProfileStore profiles)
{
    public async Task<Ok<ProfileSettings>> PutAsync(string key, string idc, string? sn, HttpRequest request, Actor actor, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var settings = SettingsReader.Read(await JsonFields.ReadAsync(request, errors, optional: false, cancellationToken), rules, ofMachine: sn is not null);
        errors.ThrowIfAny();
        await profiles.PutDefaultsAsync(key, idc, sn, settings, actor, cancellationToken);
        return TypedResults.Ok(settings);
    }
}
