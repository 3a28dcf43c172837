using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;

namespace LpmOs.Tasks.Templates;

/// <summary>Finds the text of a version.</summary>
internal sealed class TemplateTexts(WatchedState state, SiteTemplates templates, TemplateStore store)
{
    /// <param name="version">Null: the one in force; 0: the built-in one; else a version of the IDC's own override.</param>
    /// <param name="orNothing">A template that is not built in is compared with nothing.</param>
    /// <exception cref="RefusedRequestException">404: there is none.</exception>
    public async Task<(string Text, string Origin, int Version)> FindAsync(string idc, string name, int? version, CancellationToken cancellationToken, bool orNothing = false)
    {
        if (version is null && SiteTemplates.InForce(state.Current, idc, name) is { Override: { Text: { } text } one, Origin: var origin })
            return (text, origin == SiteTemplates.Global ? "global" : "idc", one.Version);
        if (version is null or 0)
            return (templates.BuiltIn(name) ?? (orNothing ? "" : throw NotFound(idc, name, version)), "built_in", 0);
        return await store.VersionAsync(idc, name, version.Value, cancellationToken) is { } found
            ? (found.Text ?? templates.BuiltIn(name) ?? "", idc == SiteTemplates.Global ? "global" : "idc", found.Version)
            : throw NotFound(idc, name, version);
    }

    private static RefusedRequestException NotFound(string idc, string name, int? version) => new(StatusCodes.Status404NotFound, "template_not_found", "Template not found",
        version is null or 0 ? $"There is no template {name} in the templates folder. GET /api/v1/templates lists all." : $"{idc} has no version {version} of {name}; GET /api/v1/templates/{name}/versions?idc={idc} lists those that are kept.");
}
