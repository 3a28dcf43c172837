using LpmOs.Core.Store;

namespace LpmOs.Boot.Dhcp;

/// <summary>Keeps a pool's copy of the site's leases up to date: lists, then follows the watch; again from the start when that ends.</summary>
internal sealed class LeaseFollower(IStateStore store, string idc, LeaseTable table, TimeProvider time, ILogger<LeaseFollower> logger)
{
    private const int PageSize = 1000;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1), LongestPause = TimeSpan.FromSeconds(15);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var revision = await ListAsync(cancellationToken);
                pause = FirstPause;
                await foreach (var batch in store.WatchAsync(Keys.DhcpLeases(idc), revision + 1, cancellationToken))
                    foreach (var change in batch.Events)
                        table.Apply(change.Key, change.Value, change.ModRevision);
            }
            catch (StoreCompactedException)
            {
                // Listed again below.
            }
            catch (StoreUnavailableException e)
            {
                logger.DhcpLeasesUnavailable(e.Message, pause);
                await Pause(pause, cancellationToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task<long> ListAsync(CancellationToken cancellationToken)
    {
        var entries = new List<StoreEntry>();
        StorePage page;
        long revision = 0;
        do
        {
            page = await store.ListAsync(Keys.DhcpLeases(idc), entries.Count > 0 ? entries[^1].Key : null, PageSize, revision, cancellationToken);
            revision = page.Revision;
            entries.AddRange(page.Entries);
        }
        while (page.More);
        table.Reset(entries);
        return revision;
    }

    private Task Pause(TimeSpan pause, CancellationToken cancellationToken) =>
        Task.Delay(pause, time, cancellationToken).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
