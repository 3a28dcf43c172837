namespace LpmOs.Core.Store;

/// <summary>A key with its value as of <see cref="ModRevision"/>.</summary>
public sealed record StoreEntry(string Key, ReadOnlyMemory<byte> Value, long CreateRevision, long ModRevision, long LeaseId = 0);

/// <summary>A page of a listing; <see cref="Revision"/> is the store's as of the read, to list on and to watch from (plus one).</summary>
public sealed record StorePage(IReadOnlyList<StoreEntry> Entries, long Revision, bool More);

/// <summary>Comparisons that must all hold, and the writes that then happen together. A key may be written once.</summary>
public sealed record StoreTransaction
{
    public IReadOnlyList<StoreCompare> Compares { get; init; } = [];
    public IReadOnlyList<StoreWrite> Writes { get; init; } = [];

    /// <summary>Puts <paramref name="value"/> only if the key is as it was at <paramref name="modRevision"/> (0: absent).</summary>
    public static StoreTransaction PutIf(string key, long modRevision, ReadOnlyMemory<byte> value) =>
        new() { Compares = [new(key, modRevision)], Writes = [StoreWrite.Put(key, value)] };
}

/// <summary>Holds if the key's last change was at <see cref="ModRevision"/>; 0 means that the key does not exist.</summary>
public sealed record StoreCompare(string Key, long ModRevision);

/// <summary>A put, or with <see cref="Value"/> null a delete.</summary>
public sealed record StoreWrite(string Key, ReadOnlyMemory<byte>? Value, long LeaseId = 0)
{
    public static StoreWrite Put(string key, ReadOnlyMemory<byte> value, long leaseId = 0) => new(key, value, leaseId);
    public static StoreWrite Delete(string key) => new(key, null);
}

/// <summary><see cref="Revision"/> is the transaction's own when it was applied, else the store's present one.</summary>
public sealed record CommitResult(bool Applied, long Revision);

/// <summary>One change seen by a watch; <see cref="Value"/> is null for a delete.</summary>
public sealed record StoreEvent(string Key, ReadOnlyMemory<byte>? Value, long ModRevision);

/// <summary>Changes in order; everything up to and including <see cref="Revision"/> has been delivered.</summary>
public sealed record WatchBatch(long Revision, IReadOnlyList<StoreEvent> Events)
{
    /// <summary>The store is away: until the next batch without this nothing is known of what happens there. Such a batch has no events.</summary>
    public bool Interrupted { get; init; }
}

/// <summary>The store cannot be reached, does not answer in time or refuses us.</summary>
public sealed class StoreUnavailableException(string message, bool outcomeUnknown, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>A write may have been applied: read again before you write again.</summary>
    public bool OutcomeUnknown { get; } = outcomeUnknown;

    /// <summary>It answers the same until somebody does what the message says: waiting alone helps nothing (etcd's space or the disk is used up, no right to the keys).</summary>
    public bool Refused { get; init; }
}

/// <summary>The revision asked for is no longer kept; relist.</summary>
public sealed class StoreCompactedException(long compactedRevision) : Exception($"The store keeps nothing before revision {compactedRevision}.")
{
    public long CompactedRevision { get; } = compactedRevision;

    /// <summary>The store is another one, or was restored from a backup: revisions seen before say nothing any more.</summary>
    public bool AnotherHistory { get; init; }
}

/// <summary>A put names a lease that has ended or never was; nothing was written. Grant a new one.</summary>
public sealed class StoreLeaseNotFoundException(Exception? inner = null)
    : Exception("The store knows no such lease (it ended, or was never granted); nothing was written.", inner);
