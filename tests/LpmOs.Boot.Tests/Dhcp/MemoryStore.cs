using System.Runtime.CompilerServices;
using LpmOs.Core.Store;

namespace LpmOs.Boot.Tests.Dhcp;

/// <summary>Just compare-and-swap, for what only needs that; can be taken away.</summary>
internal sealed class MemoryStore : IStateStore
{
    private readonly SortedDictionary<string, StoreEntry> _entries = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private long _revision = 1;

    public bool Away { get; set; }
    public int Commits { get; private set; }

    public ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Away ? throw new StoreUnavailableException("away", false) : ValueTask.FromResult(_entries.GetValueOrDefault(key));
    }

    public ValueTask<StorePage> ListAsync(string prefix, string? after, int limit, long revision, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Away ? throw new StoreUnavailableException("away", false) : ValueTask.FromResult(new StorePage([.. _entries.Values.Where(e => e.Key.StartsWith(prefix, StringComparison.Ordinal))], _revision, false));
    }

    public ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (Away)
                throw new StoreUnavailableException("away", false);
            Commits++;
            if (transaction.Compares.Any(c => (_entries.GetValueOrDefault(c.Key)?.ModRevision ?? 0) != c.ModRevision))
                return ValueTask.FromResult(new CommitResult(false, _revision));
            _revision++;
            foreach (var write in transaction.Writes)
            {
                if (write.Value is { } value)
                    _entries[write.Key] = new StoreEntry(write.Key, value, _revision, _revision);
                else
                    _entries.Remove(write.Key);
            }
            return ValueTask.FromResult(new CommitResult(true, _revision));
        }
    }

    public async IAsyncEnumerable<WatchBatch> WatchAsync(string prefix, long fromRevision, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        yield break;
    }

    public ValueTask<long> GrantLeaseAsync(TimeSpan timeToLive, CancellationToken cancellationToken) => ValueTask.FromResult(1L);
    public ValueTask<bool> KeepLeaseAliveAsync(long leaseId, CancellationToken cancellationToken) => ValueTask.FromResult(true);
    public ValueTask RevokeLeaseAsync(long leaseId, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
