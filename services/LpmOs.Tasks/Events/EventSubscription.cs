using System.Runtime.CompilerServices;
using System.Threading.Channels;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;

namespace LpmOs.Tasks.Events;

/// <summary>Why a client is let go.</summary>
internal enum EventEnd
{
    /// <summary>It reads slower than things happen; what it has not read is not kept for it.</summary>
    TooSlow,
    /// <summary>This service had to begin anew.</summary>
    Restarted,
    /// <summary>The store no longer keeps what followed the revision, or does not know it because it was restored from a backup: load the lists again.</summary>
    Compacted,
}

/// <summary>Thrown to the one who sends, to say goodbye with the reason.</summary>
internal sealed class EventEndException(EventEnd reason) : Exception(reason.ToString())
{
    public EventEnd Reason { get; } = reason;
}

/// <summary>One client's share of the messages; bounded.</summary>
/// <param name="storeFrom">Revision after which the store must be asked, where the hub no longer has it.</param>
/// <param name="floor">Everything after this revision is in <paramref name="replay"/> and what follows.</param>
internal sealed class EventSubscription(EventHub hub, string? idc, EventReach reach, IReadOnlyList<FleetEvent> replay, long? storeFrom, long floor) : IDisposable
{
    private const int MostBehind = 1_000;

    private readonly Channel<FleetEvent> _messages = Channel.CreateBounded<FleetEvent>(new BoundedChannelOptions(MostBehind) { SingleReader = true });

    /// <summary>False: the client is too slow and has been let go.</summary>
    public bool Offer(IReadOnlyList<FleetEvent> messages)
    {
        if (reach.Now is not { } rights)
        {
            Drop(EventEnd.Restarted);
            return false;
        }
        foreach (var message in messages)
        {
            if ((idc is null || message.Idc == idc) && EventReach.Sees(rights, message.Idc) && !_messages.Writer.TryWrite(message))
            {
                Drop(EventEnd.TooSlow);
                return false;
            }
        }
        return true;
    }

    public void Drop(EventEnd reason) => _messages.Writer.TryComplete(new EventEndException(reason));

    /// <summary>What the client missed, then what comes.</summary>
    /// <exception cref="EventEndException">The client is let go.</exception>
    public async IAsyncEnumerable<FleetEvent> ReadAsync(IStateStore store, WatchedState state, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (storeFrom is { } from)
        {
            await foreach (var message in FromStoreAsync(store, state, from, cancellationToken))
                yield return message;
        }
        foreach (var message in replay)
            yield return message;
        while (await MoreAsync(cancellationToken))
        {
            while (_messages.Reader.TryRead(out var message))
                yield return message;
        }
    }

    public void Dispose() => hub.Forget(this);

    private async ValueTask<bool> MoreAsync(CancellationToken cancellationToken) => await _messages.Reader.WaitToReadAsync(cancellationToken);

    private async IAsyncEnumerable<FleetEvent> FromStoreAsync(IStateStore store, WatchedState state, long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (from >= floor)
        {
            if (await RevisionAsync(store, cancellationToken) < from)
                throw new EventEndException(EventEnd.Compacted);
            yield break;
        }
        await using var batches = store.WatchAsync(Keys.Root, from + 1, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(batches))
        {
            foreach (var message in EventWriter.Write(batches.Current.Events.TakeWhile(change => change.ModRevision <= floor), state.Current))
            {
                if ((idc is null || message.Idc == idc) && reach.Now is { } rights && EventReach.Sees(rights, message.Idc))
                    yield return message;
            }
            if (batches.Current.Revision >= floor)
                yield break;
        }
    }

    private static async ValueTask<long> RevisionAsync(IStateStore store, CancellationToken cancellationToken)
    {
        try
        {
            return (await store.ListAsync(Keys.Global, null, 1, 0, cancellationToken)).Revision;
        }
        catch (StoreUnavailableException)
        {
            // Not to be told now; the client comes again.
            throw new EventEndException(EventEnd.Restarted);
        }
    }

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<WatchBatch> batches)
    {
        try
        {
            return await batches.MoveNextAsync();
        }
        catch (StoreCompactedException)
        {
            throw new EventEndException(EventEnd.Compacted);
        }
    }
}
