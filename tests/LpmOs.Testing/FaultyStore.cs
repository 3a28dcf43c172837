using LpmOs.Core.Store;

namespace LpmOs.Testing;

/// <summary>A real store that, for as long as a test says so, does not answer.</summary>
public sealed class FaultyStore(IStateStore store) : IStateStore
{
    /// <summary>No listing is answered.</summary>
    public bool ListsFail { get; set; }
    /// <summary>Which transactions are not answered.</summary>
    public Predicate<StoreTransaction> CommitsFail { get; set; } = _ => false;

    /// <summary>What happens before a listing is answered.</summary>
    public Func<string, Task> BeforeList { get; set; } = _ => Task.CompletedTask;

    /// <summary>How many entries listings have given so far.</summary>
    public int EntriesListed => _entriesListed;

    private int _entriesListed;
    private readonly SemaphoreSlim _refusals = new(0);

    /// <summary>Waits for one more refused transaction, a minute at most.</summary>
    public async Task RefusedAsync(CancellationToken cancellationToken)
    {
        if (!await _refusals.WaitAsync(TimeSpan.FromSeconds(60), cancellationToken))
            throw new TimeoutException("For a minute no transaction came that was to be refused.");
    }

    public ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken) => store.GetAsync(key, cancellationToken);

    public async ValueTask<StorePage> ListAsync(string prefix, string? after, int limit, long revision, CancellationToken cancellationToken)
    {
        if (ListsFail)
            throw new StoreUnavailableException("The test lets no listing through.", outcomeUnknown: false);
        await BeforeList(prefix);
        var page = await store.ListAsync(prefix, after, limit, revision, cancellationToken);
        Interlocked.Add(ref _entriesListed, page.Entries.Count);
        return page;
    }

    public ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        if (!CommitsFail(transaction))
            return store.CommitAsync(transaction, cancellationToken);
        _refusals.Release();
        throw new StoreUnavailableException("The test lets this transaction not through.", outcomeUnknown: false);
    }

    public IAsyncEnumerable<WatchBatch> WatchAsync(string prefix, long fromRevision, CancellationToken cancellationToken) => store.WatchAsync(prefix, fromRevision, cancellationToken);

    public ValueTask<long> GrantLeaseAsync(TimeSpan timeToLive, CancellationToken cancellationToken) => store.GrantLeaseAsync(timeToLive, cancellationToken);

    public ValueTask<bool> KeepLeaseAliveAsync(long leaseId, CancellationToken cancellationToken) => store.KeepLeaseAliveAsync(leaseId, cancellationToken);

    public ValueTask RevokeLeaseAsync(long leaseId, CancellationToken cancellationToken) => store.RevokeLeaseAsync(leaseId, cancellationToken);
}
