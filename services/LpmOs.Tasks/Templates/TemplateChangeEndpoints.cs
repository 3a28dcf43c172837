using LpmOs.Core.Domain.Access;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Documents;
using LpmOs.Tasks.Requests;
using LpmOs.Tasks.Validation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Tasks.Templates;

/// <summary>Overrides of templates: the next version, and going back to an earlier one.</summary>
internal static class TemplateChangeEndpoints
{
    public static void MapTemplateChanges(this RouteGroupBuilder api)
    {
        var template = api.MapGroup("/templates/{folder}/{file}").WithTags(ApiTags.Templates).Allow(Permission.EditTemplates);
        template.MapPut("", PutAsync).WithName("putTemplate").WithSummary("Override a template: the next version")
            .WithDescription("Refused with line and column where it, or a template that includes it, would not render on every sample machine. Approvals of plans whose files it changes are void.")
            .Accepts<TemplateRequest>("application/json").WithExamples(Examples.Template).ProducesProblem(400).ProducesProblem(409).ProducesProblem(413).ProducesProblem(503);
        template.MapPost("/rollback", RollBackAsync).WithName("rollBackTemplate").WithSummary("Bring back an earlier version, or the built-in template")
            .WithDescription("Makes a new version with the former text; `version` 0 takes the override away. Checked like any change.")
            .Accepts<RollbackRequest>("application/json").WithExamples(Examples.Rollback).ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(413).ProducesProblem(503);
    }

    private static async Task<Ok<TemplateVersionSummary>> PutAsync(string folder, string file, HttpRequest http, Actor actor, TemplateStore store, CancellationToken cancellationToken)
    {
        var name = TemplateNames.Of(folder, file);
        var errors = new FieldErrors();
        var json = await JsonFields.ReadAsync(http, errors, optional: false, cancellationToken);
        var (idc, text, notes, baseVersion) = (json.Text("idc"), json.Text("text"), json.Text("notes"), json.Number("base_version"));
        json.RefuseOthers();
        errors.Check("text", text is not null, null, "the template's text");
        TemplateNames.Text(errors, text);
        TaskRules.FreeText(errors, "notes", notes, TaskRules.LongestNotes);
        errors.ThrowIfAny();
        actor.Require(Permission.EditTemplates, TemplateNames.Idc(idc) is var site and not SiteTemplates.Global ? site : null);
        return TypedResults.Ok(TemplateStore.Summarize(await store.PutAsync(TemplateNames.Idc(idc), name, text, notes, baseVersion, null, actor, cancellationToken)));
    }

    private static async Task<Ok<TemplateVersionSummary>> RollBackAsync(string folder, string file, HttpRequest http, Actor actor, TemplateStore store, CancellationToken cancellationToken)
    {
        var name = TemplateNames.Of(folder, file);
        var errors = new FieldErrors();
        var json = await JsonFields.ReadAsync(http, errors, optional: false, cancellationToken);
        var (idc, version, notes) = (json.Text("idc"), json.Number("version"), json.Text("notes"));
        json.RefuseOthers();
        errors.Check("version", version is >= 0, version?.ToString(System.Globalization.CultureInfo.InvariantCulture), "a version, or 0 for the built-in template");
        TaskRules.FreeText(errors, "notes", notes, TaskRules.LongestNotes);
        errors.ThrowIfAny();
        var site = TemplateNames.Idc(idc);
        actor.Require(Permission.EditTemplates, site == SiteTemplates.Global ? null : site);
        var former = version == 0 ? null : await store.VersionAsync(site, name, version!.Value, cancellationToken)
            ?? throw new RefusedRequestException(StatusCodes.Status404NotFound, "template_not_found", "Template not found", $"{site} has no version {version} of {name}; GET /api/v1/templates/{name}/versions?idc={site} lists those that are kept.");
        return TypedResults.Ok(TemplateStore.Summarize(await store.PutAsync(site, name, former?.Text, notes, null, version, actor, cancellationToken)));
    }
}
