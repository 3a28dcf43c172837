using System.Globalization;
using System.Text;
using LpmOs.Core.Store;

namespace LpmOs.Core.Tests.Store;

/// <summary>
/// One key that several writers increment by compare-and-swap while the store fails under them. Its value is the sum and, for each writer,
/// how many of its increments are in it: so a writer whose write had an unknown outcome can look whether it happened.
/// </summary>
internal sealed class SharedCounter(string key, int writers)
{
    private int _unknown;
    private int _failed;

    public string Key { get; } = key;

    /// <summary>Writes that ended with "may have been applied", and calls that failed altogether.</summary>
    public (int Unknown, int Failed) Failures => (_unknown, _failed);

    public static int Sum(ReadOnlyMemory<byte> value) => Parse(value).Sum();

    /// <summary>Increments until the writer's share is <paramref name="target"/>, whatever the store does meanwhile.</summary>
    public async Task WriteAsync(IStateStore store, int writer, int target, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var entry = await store.GetAsync(Key, cancellationToken);
                var shares = entry is null ? new int[writers] : Parse(entry.Value);
                if (shares[writer] >= target)
                    return;
                shares[writer]++;
                var value = Encoding.UTF8.GetBytes($"{shares.Sum()}:{string.Join(',', shares)}");
                await store.CommitAsync(StoreTransaction.PutIf(Key, entry?.ModRevision ?? 0, value), cancellationToken);
            }
            catch (StoreUnavailableException e)
            {
                Interlocked.Increment(ref e.OutcomeUnknown ? ref _unknown : ref _failed);
            }
        }
    }

    public Task WriteAllAsync(IReadOnlyList<IStateStore> stores, int target, CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, writers).Select(w => WriteAsync(stores[w % stores.Count], w, target, cancellationToken)));

    /// <summary>Watches until the sum is reached. Every value on the way must come, each once and in order.</summary>
    public async Task<List<StoreEvent>> WatchAsync(IStateStore store, long fromRevision, int until, Func<int, Task>? at, CancellationToken cancellationToken)
    {
        var events = new List<StoreEvent>();
        await foreach (var batch in store.WatchAsync(Key, fromRevision, cancellationToken))
        {
            foreach (var change in batch.Events)
            {
                events.Add(change);
                var sum = Sum(change.Value!.Value);
                Assert.Equal(events.Count, sum);
                if (at is not null)
                    await at(sum);
                if (sum == until)
                    return events;
            }
        }

        throw new InvalidOperationException("The watch ended by itself.");
    }

    private static int[] Parse(ReadOnlyMemory<byte> value)
    {
        var text = Encoding.UTF8.GetString(value.Span).Split(':');
        var shares = text[1].Split(',').Select(s => int.Parse(s, CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(int.Parse(text[0], CultureInfo.InvariantCulture), shares.Sum());
        return shares;
    }
}
