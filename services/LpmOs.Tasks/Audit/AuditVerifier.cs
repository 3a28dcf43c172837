using LpmOs.Core;
using LpmOs.Core.Domain.Audit;
using LpmOs.Core.Hosting;
using LpmOs.Core.Store;
using LpmOs.Tasks.Stats;

namespace LpmOs.Tasks.Audit;

/// <summary>Goes through the records as they lie in the store, all as of one revision, and computes their chains again.</summary>
internal sealed class AuditVerifier(IStateStore store, AuditChains chains, SiteCounts counts, TimeProvider time) : IDisposable
{
    private const int TogetherFromStore = 500;
    private const int MostFaults = 100;
    /// <summary>A verification reads everything: one at a time.</summary>
    private readonly SemaphoreSlim _one = new(1);

    /// <param name="sites">Of these alone; null: of all, and what belongs to none.</param>
    /// <exception cref="RefusedRequestException">409: one is under way.</exception>
    /// <exception cref="StoreUnavailableException">Not all could be read.</exception>
    public async Task<AuditVerification> VerifyAsync(IEnumerable<string>? sites, CancellationToken cancellationToken)
    {
        if (!await _one.WaitAsync(TimeSpan.Zero, cancellationToken))
            throw new RefusedRequestException(StatusCodes.Status409Conflict, "verification_in_progress", "The audit is being verified", "Somebody else has just asked for it; ask again in a moment.");
        try
        {
            var key = await chains.KeyAsync(cancellationToken, fresh: true);
            var found = new List<(VerifiedIdc Idc, List<AuditFault> Faults)>();
            foreach (var site in (sites ?? counts.Sites.Keys.Append("global")).Order(StringComparer.Ordinal))
                found.Add(await SiteAsync(site, key, cancellationToken));
            // Ids sort the newest first.
            var faults = found.SelectMany(one => one.Faults).OrderByDescending(fault => fault.Id ?? "", StringComparer.Ordinal).ThenBy(fault => fault.Number).ToList();
            return new AuditVerification
            {
                Intact = faults.Count == 0, At = time.GetUtcNow(), Records = found.Sum(one => one.Idc.Records), First = faults.FirstOrDefault(), Faults = [.. faults.Take(MostFaults)], Idcs = [.. found.Select(one => one.Idc)],
            };
        }
        catch (StoreCompactedException)
        {
            throw new StoreUnavailableException("The store was compacted while the records were read.", outcomeUnknown: false);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<(VerifiedIdc, List<AuditFault>)> SiteAsync(string site, ReadOnlyMemory<byte> key, CancellationToken cancellationToken)
    {
        // Before the heads are read: what is written meanwhile is no head's fault.
        var seen = Enumerable.Range(0, AuditChains.Count).Select(chain => chains.Seen(site, chain)).ToList();
        var marks = await store.ListAsync(Keys.AuditChain(site), null, 1000, 0, cancellationToken);
        var ends = marks.Entries.ToDictionary(entry => entry.Key, entry => AuditMark.Read(entry.Value), StringComparer.Ordinal);
        var begun = ends.Count > 0;
        var since = ends.Values.OfType<AuditMark>().Select(mark => (DateTimeOffset?)mark.Since).Min();
        var check = new ChainCheck(site);
        var (records, unchained) = (0L, 0L);
        string? last = null;
        while (true)
        {
            var page = await store.ListAsync(Keys.Audit(site), last, TogetherFromStore, marks.Revision, cancellationToken);
            foreach (var entry in page.Entries)
            {
                records++;
                if (!check.Take(entry, since))
                    unchained++;
            }
            if (!page.More || page.Entries.Count == 0)
                break;
            last = page.Entries[^1].Key;
        }
        if (begun || check.HasLinks)
        {
            for (var chain = 0; chain < AuditChains.Count; chain++)
                check.Chain(chain, ends.GetValueOrDefault(Keys.AuditAnchor(site, chain)), ends.GetValueOrDefault(Keys.AuditHead(site, chain)), seen[chain], key.Span);
        }
        return (new VerifiedIdc { Idc = site, Intact = check.Faults.Count == 0, Records = records, Unchained = unchained, Ends = check.Ends }, check.Faults);
    }
}
