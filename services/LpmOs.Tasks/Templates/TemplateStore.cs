using System.Text.Json;
using LpmOs.Core;
using LpmOs.Core.Domain.Audit;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Tasks.Requests;

namespace LpmOs.Tasks.Templates;

/// <summary>Reads and writes versions of overrides, each written once, and checked before it is in force.</summary>
internal sealed class TemplateStore(IStateStore store, WatchedState state, SiteTemplates templates, OsCatalog catalog, TimeProvider time)
{
    private const int MostOverrides = 500;
    private const int KeptVersions = 50;
    private const int MostVersions = 999_999;
    private const int MostRounds = 20;

    /// <exception cref="InvalidRequestException">With this text some template does not render that does now; the message has line and column.</exception>
    /// <exception cref="RefusedRequestException">409: somebody made a newer version than the one that was edited, or there are too many.</exception>
    public async Task<TemplateOverride> PutAsync(string idc, string name, string? text, string? notes, int? baseVersion, int? rolledBackTo, Actor actor, CancellationToken cancellationToken)
    {
        for (var round = 0; round < MostRounds; round++)
        {
            var snapshot = state.Current;
            var newest = snapshot.Templates.GetValueOrDefault(idc)?.GetValueOrDefault(name);
            if (baseVersion is { } edited && edited != (newest?.Version ?? 0))
                throw new RefusedRequestException(StatusCodes.Status409Conflict, "template_changed", "The template has a newer version",
                    $"{name} of {idc} is at version {newest?.Version ?? 0}, not {edited}. Look at the difference and send your change on top of it.");
            if (newest is not null && newest.Text == text)
                return newest;
            if (newest is null && (snapshot.Templates.GetValueOrDefault(idc)?.Count ?? 0) >= MostOverrides || newest?.Version >= MostVersions)
                throw new RefusedRequestException(StatusCodes.Status409Conflict, "too_many_templates", "There are too many templates", $"At most {MostOverrides} templates of an IDC are overridden.");
            RequireRendering(snapshot, idc, name, text, cancellationToken);
            var next = new TemplateOverride { Name = name, Version = (newest?.Version ?? 0) + 1, Text = text, Notes = notes, RolledBackTo = rolledBackTo, CreatedAt = time.GetUtcNow(), CreatedBy = actor.Name };
            var json = JsonSerializer.SerializeToUtf8Bytes(next, CoreJson.Default.TemplateOverride);
            var (key, versionKey) = (Keys.Template(idc, name), Keys.TemplateVersion(idc, name, next.Version));
            var audit = AuditTrail.Of(rolledBackTo is null ? "template.changed" : "template.rolled_back", idc, null, actor.Name, actor.From, next.CreatedAt, Summary(newest), Summary(next), name);
            var outdated = next.Version > KeptVersions ? new[] { StoreWrite.Delete(Keys.TemplateVersion(idc, name, next.Version - KeptVersions)) } : [];
            // A version's key is written once: of two editors one finds it taken, and looks again.
            var result = await store.CommitAsync(new StoreTransaction
            {
                Compares = [new StoreCompare(versionKey, 0)],
                Writes = [StoreWrite.Put(versionKey, json), StoreWrite.Put(key, json), audit, .. outdated],
            }, cancellationToken);
            await state.CatchUpAsync(key, result.Revision, cancellationToken);
            if (result.Applied)
                return next;
        }
        throw new StoreUnavailableException($"The template {name} is being changed by too many others at once.", outcomeUnknown: false);
    }

    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<TemplateOverride>> VersionsAsync(string idc, string name, CancellationToken cancellationToken)
    {
        var page = await store.ListAsync(Keys.TemplateVersions(idc, name), null, KeptVersions + 1, 0, cancellationToken);
        return [.. page.Entries.Select(Read).OfType<TemplateOverride>().OrderByDescending(version => version.Version)];
    }

    public async Task<TemplateOverride?> VersionAsync(string idc, string name, int version, CancellationToken cancellationToken) =>
        await store.GetAsync(Keys.TemplateVersion(idc, name, version), cancellationToken) is { } entry ? Read(entry) : null;

    private void RequireRendering(StateSnapshot snapshot, string idc, string name, string? text, CancellationToken cancellationToken)
    {
        var faults = Faults(snapshot, idc, idc, name, text, cancellationToken).Select(fault => fault.ToString()).ToList();
        // What all IDCs have in common is included by what some have of their own.
        foreach (var site in idc == SiteTemplates.Global && faults.Count == 0 ? SiteTemplates.SitesBeside(snapshot, name) : [])
            faults.AddRange(Faults(snapshot, site, idc, name, text, cancellationToken).Select(fault => $"{site}: {fault}"));
        if (faults.Count > 0)
            throw new InvalidRequestException(new Dictionary<string, string[]> { ["text"] = [.. faults.Take(20)] });
    }

    /// <summary>What would not render any more for an IDC.</summary>
    /// <param name="where">Whose override is changed.</param>
    private List<TemplateFault> Faults(StateSnapshot snapshot, string idc, string where, string name, string? text, CancellationToken cancellationToken)
    {
        var names = templates.Names(snapshot, idc);
        // Without a text another may be in force in its place, or the folder's own, or none: then nothing may need it.
        var then = templates.Changed(snapshot, idc, where, name, text);
        var now = TemplateTrials.Lint(then, [.. names.Append(name).Where(one => one != name || then.Has(name)).Distinct()], catalog, out _, cancellationToken);
        if (now.Count == 0)
            return [];
        // What did not render before is no reason to refuse an improvement elsewhere.
        var before = TemplateTrials.Lint(templates.For(snapshot, idc), names, catalog, out _, cancellationToken).Select(fault => (fault.Template, fault.Problem)).ToHashSet();
        return [.. now.Where(fault => !before.Contains((fault.Template, fault.Problem)) || (fault.Name == name && text is not null))];
    }

    private static TemplateOverride? Read(StoreEntry entry)
    {
        try
        {
            return JsonSerializer.Deserialize(entry.Value.Span, CoreJson.Default.TemplateOverride);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>For the audit: the digest stands for the text.</summary>
    private static byte[] Summary(TemplateOverride? version) => version is null ? [] : JsonSerializer.SerializeToUtf8Bytes(Summarize(version), TasksJson.Default.TemplateVersionSummary);

    public static TemplateVersionSummary Summarize(TemplateOverride version) => new()
    {
        Version = version.Version, BuiltIn = version.Text is null, RolledBackTo = version.RolledBackTo, Sha256 = version.Text is { } text ? InstallerFiles.Digest(text) : null,
        Notes = version.Notes, CreatedAt = version.CreatedAt, CreatedBy = version.CreatedBy,
    };
}
