namespace LpmOs.Core.Store;

/// <summary>
/// The one shared store: ordered keys, one revision counter over all of them, transactions, watches from a revision, leases.
/// Semantics are etcd's v3 (https://etcd.io/docs/v3.4/learning/api/): etcd in production, SQLite embedded in standalone.
/// Every call has a deadline of its own and fails with <see cref="StoreUnavailableException"/>; none retries a write blindly.
/// </summary>
public interface IStateStore
{
    /// <summary>The entry at <paramref name="key"/>, or null. Linearizable.</summary>
    ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken);

    /// <summary>
    /// One page of the keys that start with <paramref name="prefix"/>, in ordinal byte order of the key.
    /// </summary>
    /// <param name="prefix">Must not be empty.</param>
    /// <param name="after">Last key of the page before; null for the first page.</param>
    /// <param name="limit">1 to 10,000 entries.</param>
    /// <param name="revision">Read as of this revision (that of the first page); 0 for now.</param>
    /// <exception cref="StoreCompactedException">That revision is no longer kept.</exception>
    ValueTask<StorePage> ListAsync(string prefix, string? after, int limit, long revision, CancellationToken cancellationToken);

    /// <summary>Applies all writes in one revision if every comparison holds, else nothing.</summary>
    /// <exception cref="ArgumentException">More than 128 comparisons or writes, more than 1.25 MiB in all, a key written twice.</exception>
    /// <exception cref="StoreLeaseNotFoundException">A put names a lease that has ended.</exception>
    /// <exception cref="StoreUnavailableException"><see cref="StoreUnavailableException.OutcomeUnknown"/> tells whether it may have been applied.</exception>
    ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken);

    /// <summary>
    /// Every change under <paramref name="prefix"/> from <paramref name="fromRevision"/> on, in order, each exactly once, across reconnections.
    /// A batch holds all changes of one or more whole revisions. An empty batch says that the watch has seen everything up to its revision;
    /// it may come minutes later (etcd sends one each 10 minutes), so nobody can wait for it.
    /// While etcd is away the enumeration waits; it says so with a batch that is <see cref="WatchBatch.Interrupted"/>, and with an empty one when it goes on. It ends with an exception only, <see cref="OperationCanceledException"/> when cancelled.
    /// </summary>
    /// <exception cref="StoreCompactedException">Thrown from the enumeration: list again and watch from there.</exception>
    IAsyncEnumerable<WatchBatch> WatchAsync(string prefix, long fromRevision, CancellationToken cancellationToken);

    /// <summary>A new lease; keys put with its id vanish, in one revision, when it ends. Whole seconds, rounded up; etcd makes them at least 2.</summary>
    ValueTask<long> GrantLeaseAsync(TimeSpan timeToLive, CancellationToken cancellationToken);

    /// <summary>Extends the lease to its full time. False: it has ended already.</summary>
    ValueTask<bool> KeepLeaseAliveAsync(long leaseId, CancellationToken cancellationToken);

    /// <summary>Ends the lease and deletes its keys. Ending one that is gone is harmless.</summary>
    ValueTask RevokeLeaseAsync(long leaseId, CancellationToken cancellationToken);
}
