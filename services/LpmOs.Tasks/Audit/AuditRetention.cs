using System.Globalization;
using System.Runtime.InteropServices;
using LpmOs.Core.Domain.Audit;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Tasks.Stats;

namespace LpmOs.Tasks.Audit;

/// <summary>How long records are kept.</summary>
/// <param name="KeepDays">Setting <c>Audit:KeepDays</c>.</param>
/// <param name="KeepRecords">Of one IDC; setting <c>Audit:KeepRecords</c>.</param>
internal sealed record AuditOptions(int KeepDays, int KeepRecords)
{
    public static AuditOptions Read(IConfiguration configuration) => new(
        Number(configuration, "Audit:KeepDays", 365, 1, 36_500), Number(configuration, "Audit:KeepRecords", 100_000, 100, 1_000_000));

    private static int Number(IConfiguration configuration, string key, int fallback, int least, int most)
    {
        if (configuration[key] is not { } text)
            return fallback;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new SettingException(key, text, $"{least} to {most}");
    }
}

/// <summary>Takes away records that are too old or too many. Any number of tasks services may do it.</summary>
internal sealed class AuditRetention(IStateStore store, AuditChains chains, WatchedState state, SiteCounts counts, AuditOptions options, TimeProvider time, ILogger<AuditRetention> logger) : BackgroundService
{
    private const int Together = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await state.Ready.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(Pause, time);
        do
        {
            try
            {
                foreach (var site in counts.Sites.Keys.Append("global").ToList())
                    await TrimAsync(site, stoppingToken);
            }
            catch (StoreUnavailableException e)
            {
                Log.AuditNotTrimmed(logger, e.Message);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task TrimAsync(string site, CancellationToken cancellationToken)
    {
        var prefix = Keys.Audit(site);
        // The newest come first, so all that follows the first one too many, or too old, may go.
        var oldest = prefix + AuditTrail.Place(time.GetUtcNow() - TimeSpan.FromDays(options.KeepDays));
        string? last = null;
        for (var kept = 0; kept < options.KeepRecords;)
        {
            var page = await store.ListAsync(prefix, last, Math.Min(1000, options.KeepRecords - kept), 0, cancellationToken);
            var young = page.Entries.TakeWhile(entry => string.CompareOrdinal(entry.Key, oldest) < 0).ToList();
            kept += young.Count;
            if (young.Count > 0)
                last = young[^1].Key;
            if (young.Count < page.Entries.Count)
                break;
            if (!page.More)
                return;
        }
        var (loose, linked) = (new List<string>(), new Dictionary<int, List<(long Number, string Key, string Hash)>>());
        while (true)
        {
            var page = await store.ListAsync(prefix, last, 1000, 0, cancellationToken);
            foreach (var entry in page.Entries)
            {
                if (AuditLink.Read(entry.Value.Span) is { } link)
                    (CollectionsMarshal.GetValueRefOrAddDefault(linked, link.Chain, out _) ??= []).Add((link.Number, entry.Key, link.Hash));
                else
                    loose.Add(entry.Key);
            }
            if (!page.More || page.Entries.Count == 0)
                break;
            last = page.Entries[^1].Key;
        }
        foreach (var keys in loose.Chunk(Together))
            await store.CommitAsync(new StoreTransaction { Writes = [.. keys.Select(StoreWrite.Delete)] }, cancellationToken);
        foreach (var (chain, records) in linked)
            await TrimAsync(site, chain, records, cancellationToken);
    }

    /// <summary>
    /// Takes away a chain's beginning and moves its anchor along, in one transaction: what is left can be verified as before. A record that is young stays, and all after it in its chain with it.
    /// </summary>
    private async Task TrimAsync(string site, int chain, List<(long Number, string Key, string Hash)> records, CancellationToken cancellationToken)
    {
        var key = Keys.AuditAnchor(site, chain);
        // Without its anchor the chain is broken already: nothing is taken away that could say how.
        if (await store.GetAsync(key, cancellationToken) is not { } entry || AuditMark.Read(entry.Value) is not { } anchor)
            return;
        var storeKey = await chains.KeyAsync(cancellationToken);
        if (!anchor.IsSealed(AuditMark.Anchor, site, chain, storeKey.Span))
            return;
        var revision = entry.ModRevision;
        var next = anchor.Number + 1;
        var first = records.OrderBy(record => record.Number).SkipWhile(record => record.Number < next).TakeWhile(record => record.Number == next++).ToList();
        foreach (var part in first.Chunk(Together))
        {
            var moved = AuditMark.Of(AuditMark.Anchor, site, chain, part[^1].Number, part[^1].Hash, anchor.Since, storeKey.Span);
            var result = await store.CommitAsync(new StoreTransaction
            {
                Compares = [new StoreCompare(key, revision)], Writes = [.. part.Select(record => StoreWrite.Delete(record.Key)), StoreWrite.Put(key, moved.Json())],
            }, cancellationToken);
            // Another tasks service is at it.
            if (!result.Applied)
                return;
            revision = result.Revision;
        }
    }
}
