using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;

namespace LpmOs.Tasks.Webhooks;

/// <summary>
/// Of all tasks services one delivers: the one whose lease holds <c>/os/global/webhook-owner</c>. It runs a delivery for each webhook and starts it anew when the webhook changes;
/// when it stops or dies another goes on where it was.
/// </summary>
internal sealed class WebhookDispatcher(IStateStore store, WatchedState state, WebhookStore hooks, WebhookDelivery delivery, TimeProvider time, ILogger<WebhookDispatcher> logger) : BackgroundService
{
    private static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Secrets are opened with the store's key.
        await state.Ready.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            var lease = 0L;
            try
            {
                lease = await store.GrantLeaseAsync(TimeToLive, stoppingToken);
                var claim = new StoreTransaction { Compares = [new StoreCompare(Keys.WebhookOwner, 0)], Writes = [StoreWrite.Put(Keys.WebhookOwner, "{}"u8.ToArray(), lease)] };
                var result = await store.CommitAsync(claim, stoppingToken);
                if (result.Applied)
                {
                    await hooks.SealAsync(stoppingToken);
                    await OwnAsync(lease, result.Revision, stoppingToken);
                }
            }
            catch (Exception e) when (e is StoreUnavailableException or StoreLeaseNotFoundException or StoreCompactedException)
            {
                Log.WebhooksDelayed(logger, e.Message);
            }
            finally
            {
                await GiveBackAsync(lease);
            }
            await Task.Delay(Beat * (0.75 + (Random.Shared.NextDouble() / 2)), time, stoppingToken);
        }
    }

    /// <summary>Until the lease is lost.</summary>
    private async Task OwnAsync(long lease, long owner, CancellationToken cancellationToken)
    {
        using var owning = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var work = FollowWebhooksAsync(owner, owning.Token);
        var beat = BeatAsync(lease, owning.Token);
        try
        {
            await await Task.WhenAny(work, beat);
        }
        finally
        {
            await owning.CancelAsync();
            await Task.WhenAll(work, beat).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task BeatAsync(long lease, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Beat, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (!await store.KeepLeaseAliveAsync(lease, cancellationToken))
                return;
        }
    }

    private async Task FollowWebhooksAsync(long owner, CancellationToken cancellationToken)
    {
        var running = new Dictionary<string, (CancellationTokenSource Stop, Task Work)>(StringComparer.Ordinal);
        try
        {
            var page = await store.ListAsync(Keys.Webhooks, null, 10 * WebhookStore.Most, 0, cancellationToken);
            foreach (var entry in page.Entries)
                Start(entry.Key, entry.ModRevision);
            await foreach (var batch in store.WatchAsync(Keys.Webhooks, page.Revision + 1, cancellationToken))
            {
                foreach (var change in batch.Events)
                {
                    await StopAsync(change.Key);
                    if (change.Value is not null)
                        Start(change.Key, change.ModRevision);
                }
            }
        }
        finally
        {
            foreach (var key in running.Keys.ToList())
                await StopAsync(key);
        }

        void Start(string key, long revision)
        {
            var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            running[key] = (stop, delivery.RunAsync(key[Keys.Webhooks.Length..], revision, owner, stop.Token));
        }

        async Task StopAsync(string key)
        {
            if (!running.Remove(key, out var former))
                return;
            await former.Stop.CancelAsync();
            await former.Work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            former.Stop.Dispose();
        }
    }

    private async Task GiveBackAsync(long lease)
    {
        if (lease == 0)
            return;
        try
        {
            // Also at the end of the service, so that another can go on at once.
            await store.RevokeLeaseAsync(lease, CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            // Then it runs out.
        }
    }
}
