using System.Collections.Concurrent;
using System.Threading.Channels;
using LpmOs.Core.Security;
using LpmOs.Core.Store;

namespace LpmOs.Core.Domain.Audit;

/// <summary>
/// A store that ties every audit record to the one before it, whoever writes it: a transaction with a record also compares and moves the head of a chain, so that two services
/// cannot both write after the same record. Each IDC has a few chains, so that many changes at once do not wait for one another.
/// </summary>
public sealed class AuditChains(IStateStore store, TimeProvider time) : IStateStore
{
    /// <summary>Chains of one IDC: so many of its changes are under way at once.</summary>
    public const int Count = 8;
    private const int MostRounds = 100;

    private readonly ConcurrentDictionary<string, SiteChains> _sites = new(StringComparer.Ordinal);
    /// <summary>A rotation of the key is known after so long at the latest; until then the key before it still counts.</summary>
    private static readonly TimeSpan KeyKept = TimeSpan.FromSeconds(30);

    private volatile KnownKey? _key;

    public async ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        var records = transaction.Writes.Where(write => write.Value is not null && Site(write.Key) is not null).ToLookup(write => Site(write.Key)!, StringComparer.Ordinal);
        if (records.Count == 0)
            return await store.CommitAsync(transaction, cancellationToken).ConfigureAwait(false);
        var taken = new List<(SiteChains Site, Chain Chain)>();
        try
        {
            // In one order for all, so that nobody waits for somebody who waits for them.
            foreach (var idc in records.Select(group => group.Key).Order(StringComparer.Ordinal))
            {
                var site = _sites.GetOrAdd(idc, name => new SiteChains(name));
                taken.Add((site, await site.TakeAsync(cancellationToken).ConfigureAwait(false)));
            }
            return await CommitAsync(transaction, records, taken, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            foreach (var (site, chain) in taken)
                site.GiveBack(chain);
        }
    }

    /// <summary>The greatest number that this process has seen in a chain; a head before it was put back.</summary>
    public long Seen(string idc, int chain) => _sites.TryGetValue(idc, out var site) ? site.Seen(chain) : 0;

    /// <summary>The store's key, with which ends are sealed.</summary>
    /// <param name="fresh">As it is now: whoever judges ends must know a key that was made a moment ago.</param>
    public async ValueTask<ReadOnlyMemory<byte>> KeyAsync(CancellationToken cancellationToken, bool fresh = false)
    {
        var known = _key;
        if (fresh || known is null || time.GetElapsedTime(known.ReadAt) > KeyKept)
            _key = known = new KnownKey(await MachineTokenKey.EnsureAsync(store, cancellationToken).ConfigureAwait(false), time.GetTimestamp());
        return known.Ring;
    }

    public ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken) => store.GetAsync(key, cancellationToken);

    public ValueTask<StorePage> ListAsync(string prefix, string? after, int limit, long revision, CancellationToken cancellationToken) => store.ListAsync(prefix, after, limit, revision, cancellationToken);

    public IAsyncEnumerable<WatchBatch> WatchAsync(string prefix, long fromRevision, CancellationToken cancellationToken) => store.WatchAsync(prefix, fromRevision, cancellationToken);

    public ValueTask<long> GrantLeaseAsync(TimeSpan timeToLive, CancellationToken cancellationToken) => store.GrantLeaseAsync(timeToLive, cancellationToken);

    public ValueTask<bool> KeepLeaseAliveAsync(long leaseId, CancellationToken cancellationToken) => store.KeepLeaseAliveAsync(leaseId, cancellationToken);

    public ValueTask RevokeLeaseAsync(long leaseId, CancellationToken cancellationToken) => store.RevokeLeaseAsync(leaseId, cancellationToken);

    private async ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, ILookup<string, StoreWrite> records, List<(SiteChains Site, Chain Chain)> taken, CancellationToken cancellationToken)
    {
        var key = await KeyAsync(cancellationToken).ConfigureAwait(false);
        for (var round = 0; round < MostRounds; round++)
        {
            var linked = new Dictionary<string, StoreWrite>(StringComparer.Ordinal);
            var moves = new List<(Chain Chain, AuditMark Head)>();
            foreach (var (site, chain) in taken)
            {
                var head = chain.Head ?? await ReadAsync(site, chain, cancellationToken).ConfigureAwait(false);
                var (number, hash) = (head.Number, head.Hash);
                foreach (var write in records[site.Idc])
                {
                    (var value, hash) = AuditLink.Append(write.Value!.Value.Span, chain.Index, ++number, hash);
                    linked[write.Key] = write with { Value = value };
                }
                moves.Add((chain, AuditMark.Of(AuditMark.Head, site.Idc, chain.Index, number, hash, head.Since, key.Span)));
            }
            CommitResult result;
            try
            {
                result = await store.CommitAsync(new StoreTransaction
                {
                    Compares = [.. transaction.Compares, .. taken.Select(one => new StoreCompare(one.Site.HeadKey(one.Chain.Index), one.Chain.Revision))],
                    Writes = [.. transaction.Writes.Select(write => linked.GetValueOrDefault(write.Key) ?? write), .. taken.Zip(moves, (one, move) => StoreWrite.Put(one.Site.HeadKey(one.Chain.Index), move.Head.Json()))],
                }, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                // Perhaps written: whoever has the chain next reads where it stands.
                taken.ForEach(one => one.Chain.Head = null);
                throw;
            }
            if (result.Applied)
            {
                moves.ForEach(move => move.Chain.MoveTo(move.Head, result.Revision));
                return result;
            }
            // Another service has moved a chain, or what the caller compares is not as it was; only the first is ours to mend.
            var moved = false;
            foreach (var (site, chain) in taken)
            {
                var before = chain.Revision;
                await ReadAsync(site, chain, cancellationToken).ConfigureAwait(false);
                moved |= chain.Revision != before;
            }
            if (!moved)
                return result;
        }
        throw new StoreUnavailableException("The audit is being written by too many others at once.", outcomeUnknown: false);
    }

    private async ValueTask<AuditMark> ReadAsync(SiteChains site, Chain chain, CancellationToken cancellationToken)
    {
        for (var begun = false; ; begun = true)
        {
            var entry = await store.GetAsync(site.HeadKey(chain.Index), cancellationToken).ConfigureAwait(false);
            if (entry is not null)
            {
                var head = AuditMark.Read(entry.Value) ?? throw Damaged(site, chain);
                chain.MoveTo(head, entry.ModRevision);
                return head;
            }
            if (begun)
                throw Damaged(site, chain);
            await BeginAsync(site, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>All chains of an IDC begin at once: one that is missing later was taken away.</summary>
    private async ValueTask BeginAsync(SiteChains site, CancellationToken cancellationToken)
    {
        var key = await KeyAsync(cancellationToken).ConfigureAwait(false);
        var since = time.GetUtcNow();
        var all = Enumerable.Range(0, Count).ToList();
        await store.CommitAsync(new StoreTransaction
        {
            Compares = [.. all.Select(chain => new StoreCompare(site.HeadKey(chain), 0))],
            Writes =
            [
                .. all.Select(chain => StoreWrite.Put(site.HeadKey(chain), AuditMark.Of(AuditMark.Head, site.Idc, chain, 0, AuditLink.Origin, since, key.Span).Json())),
                .. all.Select(chain => StoreWrite.Put(Keys.AuditAnchor(site.Idc, chain), AuditMark.Of(AuditMark.Anchor, site.Idc, chain, 0, AuditLink.Origin, since, key.Span).Json())),
            ],
        }, cancellationToken).ConfigureAwait(false);
    }

    private static StoreUnavailableException Damaged(SiteChains site, Chain chain) => new(
        $"The audit of {site.Idc} cannot be written: {site.HeadKey(chain.Index)} is missing or damaged in the store, and nothing is changed without a record. Restore that key from a backup (lpmosctl audit verify says what else is wrong).", outcomeUnknown: false);

    private static string? Site(string key) => key.Split('/') is ["", "os", var idc, "audit", _] ? idc : null;

    /// <summary>As it was read; one reference, for its length changes with a rotation and many commits read it meanwhile.</summary>
    private sealed record KnownKey(ReadOnlyMemory<byte> Ring, long ReadAt);

    /// <summary>One chain as this process last knew it; used by one transaction at a time.</summary>
    private sealed class Chain(int index)
    {
        public int Index => index;
        /// <summary>Null: to be read.</summary>
        public AuditMark? Head { get; set; }
        public long Revision { get; private set; }
        public long Seen { get; private set; }

        public void MoveTo(AuditMark head, long revision) => (Head, Revision, Seen) = (head, revision, Math.Max(Seen, head.Number));
    }

    /// <summary>The chains of an IDC that are free, in an order of this process's own: a service that changes little keeps to one, and out of the others' way.</summary>
    private sealed class SiteChains
    {
        private readonly Channel<Chain> _free;
        private readonly Chain[] _all = [.. Enumerable.Range(0, Count).Select(index => new Chain(index))];

        public SiteChains(string idc)
        {
            Idc = idc;
            var first = Random.Shared.Next(Count);
            _free = Channel.CreateUnboundedPrioritized(new UnboundedPrioritizedChannelOptions<Chain> { Comparer = Comparer<Chain>.Create((one, other) => ((one.Index + first) % Count).CompareTo((other.Index + first) % Count)) });
            foreach (var chain in _all)
                GiveBack(chain);
        }

        public string Idc { get; }

        public string HeadKey(int chain) => Keys.AuditHead(Idc, chain);

        public long Seen(int chain) => _all[chain].Seen;

        public ValueTask<Chain> TakeAsync(CancellationToken cancellationToken) => _free.Reader.ReadAsync(cancellationToken);

        public void GiveBack(Chain chain) => _free.Writer.TryWrite(chain);
    }
}
