using System.Globalization;
using System.Runtime.CompilerServices;
using LpmOs.Core.Store;

namespace LpmOs.Core.Domain.Shells;

/// <summary>One direction of a rescue shell: numbered messages below a prefix. The services meet only in the store, and what goes through it is what stays as the transcript.</summary>
public sealed class ShellPipe(IStateStore store, string prefix, TimeProvider time)
{
    /// <summary>Bytes of the newest messages that stay.</summary>
    public const int Kept = 256 * 1024;
    private const int MostDeletedAtOnce = 100;
    private const int Together = 1000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly Queue<(string Key, int Bytes)> _kept = new();
    private long _number;
    private long _bytes;

    /// <summary>Bytes of a terminal that were written.</summary>
    public long Bytes { get; private set; }

    /// <summary>Appends a message; waits while the store is away. One writer at a time.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        var key = prefix + (++_number).ToString("D10", CultureInfo.InvariantCulture);
        // The buffer that it came in is used again.
        var writes = new List<StoreWrite> { StoreWrite.Put(key, message.ToArray()) };
        _kept.Enqueue((key, message.Length));
        _bytes += message.Length;
        while (_bytes > Kept && writes.Count < MostDeletedAtOnce)
        {
            var (old, bytes) = _kept.Dequeue();
            _bytes -= bytes;
            writes.Add(StoreWrite.Delete(old));
        }
        var transaction = new StoreTransaction { Compares = [new StoreCompare(key, 0)], Writes = writes };
        while (true)
        {
            try
            {
                // Not applied: an earlier try was, whose answer got lost.
                await store.CommitAsync(transaction, cancellationToken).ConfigureAwait(false);
                if (message.Span[0] == Contracts.Agents.ShellFrame.Data)
                    Bytes += message.Length - 1;
                return;
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Every message from the first that is there, in order, each once.</summary>
    public async IAsyncEnumerable<(string Key, ReadOnlyMemory<byte> Message)> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (last, revision) = ((string?)null, 0L);
        StorePage page;
        do
        {
            // All pages as of one revision, behind which the watch goes on.
            page = await store.ListAsync(prefix, last, Together, revision, cancellationToken).ConfigureAwait(false);
            revision = page.Revision;
            foreach (var entry in page.Entries)
                yield return (last = entry.Key, entry.Value);
        }
        while (page is { More: true, Entries.Count: > 0 });
        await foreach (var batch in store.WatchAsync(prefix, revision + 1, cancellationToken).ConfigureAwait(false))
        {
            foreach (var change in batch.Events)
            {
                if (change.Value is { } value)
                    yield return (change.Key, value);
            }
        }
    }
}
