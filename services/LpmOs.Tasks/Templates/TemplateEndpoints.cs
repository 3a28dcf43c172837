using System.ComponentModel;
using System.Globalization;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Tasks.Documents;
using LpmOs.Tasks.Requests;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Tasks.Templates;

/// <summary>Reading, comparing, checking and rendering templates. Changes: <see cref="TemplateChangeEndpoints"/>.</summary>
internal static class TemplateEndpoints
{
    private const string OfIdc = "IDC, with its own overrides; default: `global`, those of all.";

    public static void MapTemplates(this RouteGroupBuilder api)
    {
        var templates = api.MapGroup("/templates").WithTags(ApiTags.Templates).Allow(Permission.View);
        templates.MapGet("", List).WithName("listTemplates").WithSummary("Templates, and which of them are overridden").WithDescription("By name. What an IDC does not override itself is that of all IDCs, or else the file of the templates folder.").ProducesProblem(400);
        templates.MapGet("/samples", () => TypedResults.Ok(new SampleList { Items = [.. SampleMachine.All.Select(sample => new SampleSummary { Name = sample.Name, Description = sample.Description })] }))
            .WithName("listTemplateSamples").WithSummary("Sample machines to render templates for").WithDescription("Lint tries every template on each of them.");
        templates.MapGet("/lint", Lint).WithName("lintTemplates").WithSummary("Render every template for every system that takes it, on every sample machine")
            .WithDescription("Empty `faults`: all of them render. Each fault names template, line and column.").ProducesProblem(400);
        templates.MapPost("/render", RenderAsync).WithName("renderTemplate").WithSummary("Render a template for a machine or a sample; nothing is stored")
            .WithDescription("With `text` an edited template is tried before it is saved. A template that does not render is answered with 200 and its `fault`.")
            .Accepts<RenderRequest>("application/json").WithExamples(Examples.Render).ProducesProblem(400).ProducesProblem(413);
        templates.MapGet("/{folder}/{file}", GetAsync).WithName("getTemplate").WithSummary("One template's text").WithDescription("Without `version`: the one in force. `version=0`: the built-in one.").ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);
        templates.MapGet("/{folder}/{file}/versions", VersionsAsync).WithName("listTemplateVersions").WithSummary("Versions of an override").WithDescription("The newest first; the last 50 are kept.").ProducesProblem(400).ProducesProblem(503);
        templates.MapGet("/{folder}/{file}/diff", DiffAsync).WithName("diffTemplate").WithSummary("What differs between two versions")
            .WithDescription("Unified. Default: from the built-in template (`from=0`) to the one in force.").ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);
    }

    private static Ok<TemplateList> List([Description(OfIdc)] string? idc, WatchedState state, SiteTemplates templates, OsCatalog catalog)
    {
        var site = TemplateNames.Idc(idc);
        var items = templates.Names(state.Current, site).Select(name => Summary(name, site, state.Current, catalog)).ToList();
        return TypedResults.Ok(new TemplateList { Items = items, Total = items.Count });
    }

    private static TemplateSummary Summary(string name, string idc, StateSnapshot snapshot, OsCatalog catalog)
    {
        var force = SiteTemplates.InForce(snapshot, idc, name);
        return new TemplateSummary
        {
            Name = name, Origin = Origin(force?.Origin), Version = force?.Override.Version ?? 0, Snippet = name.StartsWith(SiteTemplates.Snippets + "/", StringComparison.Ordinal),
            UsedBy = [.. TemplateTrials.Uses(catalog, name).Select(use => use.ToString())], ChangedAt = force?.Override.CreatedAt, ChangedBy = force?.Override.CreatedBy, Notes = force?.Override.Notes,
        };
    }

    private static Ok<LintResult> Lint([Description(OfIdc)] string? idc, WatchedState state, SiteTemplates templates, OsCatalog catalog, CancellationToken cancellationToken)
    {
        var site = TemplateNames.Idc(idc);
        var names = templates.Names(state.Current, site);
        var faults = TemplateTrials.Lint(templates.For(state.Current, site), names, catalog, out var rendered, cancellationToken);
        return TypedResults.Ok(new LintResult { Idc = site, Templates = names.Count, Rendered = rendered, Faults = faults });
    }

    private static async Task<Ok<RenderedTemplate>> RenderAsync(HttpRequest http, Actor actor, TemplatePreview preview, CancellationToken cancellationToken)
    {
        var request = await TemplateNames.RenderRequestAsync(http, cancellationToken);
        // An IDC's own overrides are its own, machine or not; what all have in common may be seen wherever something is.
        var idc = request.Idc is null or SiteTemplates.Global ? null : request.Idc;
        if (idc is not null || request.Sn is not null)
            actor.Require(Permission.View, idc);
        return TypedResults.Ok(preview.Render(request));
    }

    private static async Task<Ok<TemplateText>> GetAsync(
        string folder, string file, [Description(OfIdc)] string? idc, [Description("Version of this IDC's own override; 0: the built-in one. Default: the one in force.")] string? version,
        WatchedState state, TemplateTexts texts, CancellationToken cancellationToken)
    {
        var (name, site, number) = (TemplateNames.Of(folder, file), TemplateNames.Idc(idc), TemplateNames.Version(version, "version"));
        var (text, origin, shown) = await texts.FindAsync(site, name, number, cancellationToken);
        return TypedResults.Ok(new TemplateText
        {
            Name = name, Idc = site, Origin = origin, Version = shown, Text = text, Sha256 = InstallerFiles.Digest(text),
            NewestVersion = state.Current.Templates.GetValueOrDefault(site)?.GetValueOrDefault(name)?.Version ?? 0,
        });
    }

    private static async Task<Ok<TemplateVersions>> VersionsAsync(string folder, string file, [Description(OfIdc)] string? idc, TemplateStore store, CancellationToken cancellationToken)
    {
        var (name, site) = (TemplateNames.Of(folder, file), TemplateNames.Idc(idc));
        return TypedResults.Ok(new TemplateVersions { Name = name, Idc = site, Items = [.. (await store.VersionsAsync(site, name, cancellationToken)).Select(TemplateStore.Summarize)] });
    }

    private static async Task<Ok<TemplateDifference>> DiffAsync(
        string folder, string file, [Description(OfIdc)] string? idc, [Description("Version; 0, the default: the built-in one.")] string? from, [Description("Version; default: the one in force.")] string? to,
        TemplateTexts texts, CancellationToken cancellationToken)
    {
        var (name, site) = (TemplateNames.Of(folder, file), TemplateNames.Idc(idc));
        var (before, _, old) = await texts.FindAsync(site, name, TemplateNames.Version(from, "from") ?? 0, cancellationToken, orNothing: from is null or "0");
        var (after, origin, now) = await texts.FindAsync(site, name, TemplateNames.Version(to, "to"), cancellationToken);
        string Label(int version, string where) => string.Create(CultureInfo.InvariantCulture, $"{name} {(version == 0 ? "(built-in)" : $"({where} version {version})")}");
        var (oldLabel, newLabel) = (Label(old, site), Label(now, origin == "global" ? "global" : site));
        var (text, added, removed) = TextDifference.Unified(before, after, oldLabel, newLabel);
        return TypedResults.Ok(new TemplateDifference { Name = name, From = oldLabel, To = newLabel, Text = text, Added = added, Removed = removed });
    }

    private static string Origin(string? origin) => origin switch { null => "built_in", SiteTemplates.Global => "global", _ => "idc" };
}
