using System.Runtime.CompilerServices;
using System.Text.Json;
using LpmOs.Core;
using LpmOs.Core.Domain.Audit;
using LpmOs.Core.Store;
using LpmOs.Tasks.Stats;

namespace LpmOs.Tasks.Audit;

internal sealed record AuditPage
{
    /// <summary>The newest first.</summary>
    public required IReadOnlyList<AuditRecord> Items { get; init; }
    public string? NextCursor { get; init; }
}

/// <summary>Reads the records of one IDC, or of all merged in time.</summary>
internal sealed class AuditReader(IStateStore store, SiteCounts counts)
{
    private const int TogetherFromStore = 500;
    private const int MostLookedThrough = 20_000;

    /// <param name="cursor">Id of the last record that was looked at.</param>
    public async Task<AuditPage> PageAsync(AuditFilter filter, string? cursor, int limit, CancellationToken cancellationToken)
    {
        var items = new List<AuditRecord>();
        var looked = 0;
        await foreach (var record in RecordsAsync(filter, cursor, cancellationToken))
        {
            if (items.Count == limit || looked == MostLookedThrough)
                return new AuditPage { Items = items, NextCursor = cursor };
            cursor = record.Id;
            looked++;
            if (filter.Matches(record))
                items.Add(record);
        }
        return new AuditPage { Items = items };
    }

    /// <summary>Every record that matches, the newest first.</summary>
    public async IAsyncEnumerable<AuditRecord> AllAsync(AuditFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var record in RecordsAsync(filter, null, cancellationToken))
        {
            if (filter.Matches(record))
                yield return record;
        }
    }

    private async IAsyncEnumerable<AuditRecord> RecordsAsync(AuditFilter filter, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Records of the filter's end and later sort before this place.
        if (filter.Before is { } before && string.CompareOrdinal(AuditTrail.Place(before), after) > 0)
            after = AuditTrail.Place(before);
        var sites = filter.Idc is not null ? [filter.Idc] : filter.Sites is { } some ? some : counts.Sites.Keys.Append("global");
        var sources = new List<IAsyncEnumerator<AuditRecord>>();
        try
        {
            foreach (var site in sites)
            {
                var source = SiteAsync(site, after, cancellationToken).GetAsyncEnumerator(cancellationToken);
                sources.Add(source);
                if (!await source.MoveNextAsync())
                    sources.Remove(source);
            }
            while (sources.Count > 0)
            {
                var newest = sources.MinBy(source => source.Current.Id, StringComparer.Ordinal)!;
                // From here on everything is older.
                if (newest.Current.At < filter.After)
                    yield break;
                yield return newest.Current;
                if (!await newest.MoveNextAsync())
                    sources.Remove(newest);
            }
        }
        finally
        {
            foreach (var source in sources)
                await source.DisposeAsync();
        }
    }

    private async IAsyncEnumerable<AuditRecord> SiteAsync(string site, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var prefix = Keys.Audit(site);
        var last = after is null ? null : prefix + after;
        while (true)
        {
            // Not as of one revision: a long export would outlive what the store keeps, and records never change.
            var page = await store.ListAsync(prefix, last, TogetherFromStore, 0, cancellationToken);
            foreach (var entry in page.Entries)
                yield return JsonSerializer.Deserialize(entry.Value.Span, CoreJson.Default.AuditRecord)!;
            if (!page.More || page.Entries.Count == 0)
                yield break;
            last = page.Entries[^1].Key;
        }
    }
}
