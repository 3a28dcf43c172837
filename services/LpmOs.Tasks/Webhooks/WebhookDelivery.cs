using System.Text.Json;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Tasks.Events;

namespace LpmOs.Tasks.Webhooks;

/// <summary>
/// Delivers the events of one webhook in order, one at a time, from where the last delivery ended. It reads them as a client of <see cref="EventHub"/>: its queue is bounded,
/// and when it falls behind it begins again from its own revision, from the store where need be.
/// </summary>
internal sealed class WebhookDelivery(EventHub hub, IStateStore store, WatchedState state, WebhookStore hooks, WebhookSender sender, TimeProvider time, ILogger<WebhookDelivery> logger)
{
    /// <summary>After so many messages that the webhook did not ask for its place is written all the same, so that it does not come to lie before what the store still keeps.</summary>
    private const int MostSkipped = 1_000;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <param name="hookRevision">Of the webhook's key: once it changes, this delivery is over.</param>
    /// <param name="ownerRevision">Of the owner's key: once it is another's, too.</param>
    public async Task RunAsync(string id, long hookRevision, long ownerRevision, CancellationToken cancellationToken)
    {
        await hub.Started.Task.WaitAsync(cancellationToken);
        long? lost = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var (hook, revision) = await hooks.FindAsync(id, cancellationToken);
                if (!hook.Enabled || revision != hookRevision)
                    return;
                var (known, created) = await hooks.StateAsync(id, cancellationToken);
                var from = lost ?? known?.Revision ?? created;
                if (!await DeliverAsync(hook, known ?? new WebhookState { Revision = from }, from, hookRevision, ownerRevision, cancellationToken))
                    return;
            }
            catch (EventEndException e) when (e.Reason == EventEnd.Compacted)
            {
                // What happened in between is no longer known to anybody; the receiver sees the gap in the revisions.
                lost = state.Current.Revision;
                Log.WebhookEventsLost(logger, id, lost.Value);
                continue;
            }
            catch (EventEndException)
            {
                // Too far behind for the queue, or the hub began anew: again from our own revision.
                lost = null;
                continue;
            }
            catch (RefusedRequestException)
            {
                // Deleted, or the hub is full.
            }
            catch (StoreUnavailableException e)
            {
                lost = null;
                Log.WebhooksDelayed(logger, e.Message);
            }
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    /// <returns>False: the webhook changed, or another service delivers.</returns>
    private async Task<bool> DeliverAsync(Webhook hook, WebhookState progress, long from, long hookRevision, long ownerRevision, CancellationToken cancellationToken)
    {
        using var subscription = hub.Subscribe(hook.Idc, EventReach.All, from);
        var skipped = 0;
        await foreach (var message in subscription.ReadAsync(store, state, cancellationToken))
        {
            var name = WebhookEvents.Match(hook.Events, message);
            if (name is null && ++skipped < MostSkipped)
                continue;
            skipped = 0;
            // Of a revision with several messages some may have been delivered before this service, or the one before it, was stopped.
            if (name is not null && progress.Recent.Any(done => done.Id == WebhookSender.DeliveryId(hook, message)))
                continue;
            progress = progress with { Revision = message.Seen };
            Delivery? dead = null;
            if (name is not null)
            {
                var done = await sender.SendAsync(hook, message, name, cancellationToken);
                progress = progress with { Recent = [.. progress.Recent.TakeLast(WebhookState.RecentKept - 1), done] };
                if (done.Error is not null)
                {
                    Log.WebhookGivenUp(logger, hook.Id, done.Event, done.Revision, done.Attempts, done.Error);
                    dead = done with { Message = JsonElement.Parse(message.Json.Span) };
                }
            }
            if (!await hooks.AdvanceAsync(hook, progress, dead, hookRevision, ownerRevision, cancellationToken))
                return false;
        }
        return true;
    }
}
