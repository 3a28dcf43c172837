using LpmOs.Core.Store;
using Microsoft.Extensions.Logging;

namespace LpmOs.Core.Snapshot;

/// <summary>Keeps one prefix of the watched copy up to date: lists it, then follows its watch, and lists it again when that is overtaken.</summary>
internal sealed class PrefixFollower(WatchedState state, IStateStore store, string prefix, TimeProvider time, ILogger logger)
{
    private const int FirstPage = 1000;
    /// <summary>
    /// etcd walks over every key that is left for each page that is asked for, so few large pages cost it a tenth of many small ones; but a page is held in memory as a whole.
    /// </summary>
    private const int PageBytes = 8 * 1024 * 1024;
    private const int SmallestPage = 100;
    private const int LargestPage = 10_000;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);

    public string Prefix => prefix;

    /// <summary>Everything up to this revision has been taken in. Guarded by the copy's lock.</summary>
    public long Seen { get; set; }

    /// <summary>It was listed once.</summary>
    public bool Listed { get; private set; }

    /// <summary>Since when the watch is known to hear nothing of the store, in UTC; null while it does.</summary>
    public DateTimeOffset? SilentSince { get; private set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var next = 0L;
        var retry = FirstRetry;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (next == 0)
                    next = await ListAsync(cancellationToken).ConfigureAwait(false) + 1;
                SilentSince = null;
                await foreach (var batch in store.WatchAsync(prefix, next, cancellationToken).ConfigureAwait(false))
                {
                    SilentSince = batch.Interrupted ? SilentSince ?? time.GetUtcNow() : null;
                    state.Take(batch.Events);
                    state.Publish(this, batch.Revision);
                    next = batch.Revision + 1;
                    retry = FirstRetry;
                }
            }
            catch (StoreCompactedException e)
            {
                Log.Compacted(logger, prefix, next);
                if (e.AnotherHistory)
                    state.Doubt(this);
                next = 0;
                continue;
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                SilentSince ??= time.GetUtcNow();
                Log.Unreachable(logger, prefix, state.Current.Revision, e.Message);
            }
            // Jitter, so that a site's services do not come back in one beat.
            var pause = retry * (0.5 + Random.Shared.NextDouble());
            retry = retry * 2 > LongestRetry ? LongestRetry : retry * 2;
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<long> ListAsync(CancellationToken cancellationToken)
    {
        // The first time there is nothing that could have vanished.
        var listed = Listed ? new HashSet<string>(StringComparer.Ordinal) : null;
        var count = 0;
        var page = await store.ListAsync(prefix, null, FirstPage, 0, cancellationToken).ConfigureAwait(false);
        var revision = page.Revision;
        while (true)
        {
            // The store reads the next page while this one is taken in.
            var next = page.More && page.Entries.Count > 0 ? store.ListAsync(prefix, After(page.Entries[^1].Key), Size(page), revision, cancellationToken).AsTask() : null;
            listed?.UnionWith(page.Entries.Select(entry => entry.Key));
            count += page.Entries.Count;
            state.Take([.. page.Entries.Select(entry => new StoreEvent(entry.Key, entry.Value, entry.ModRevision))]);
            if (next is null)
                break;
            page = await next.ConfigureAwait(false);
        }
        if (listed is not null)
            state.TakeVanished(prefix, listed, revision);
        Listed = true;
        state.Publish(this, revision);
        Log.Listed(logger, prefix, count, revision);
        return revision;
    }

    /// <summary>Where the next page begins: behind the whole folder where the copy has no use for it. No text sorts behind the last character of Unicode.</summary>
    private static string After(string key) => SnapshotBuilder.LeftOut(key) is { } folder ? folder + "\U0010FFFF" : key;

    private static int Size(StorePage page) =>
        (int)Math.Clamp(PageBytes / Math.Max(1, page.Entries.Sum(entry => (long)entry.Value.Length) / page.Entries.Count), SmallestPage, LargestPage);
}
