using System.Threading.Channels;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;

namespace LpmOs.Tasks.Events;

/// <summary>
/// Makes each message once and gives it to every client. The last messages are kept, so that who comes back within minutes reads nothing from the store.
/// </summary>
internal sealed class EventHub(WatchedState state, ILogger<EventHub> logger) : BackgroundService
{
    private const int MostChangesBehind = 10_000;
    private const int Kept = 10_000;
    private const int MostClients = 5_000;

    private readonly Lock _gate = new();
    private readonly Queue<FleetEvent> _recent = new();
    private readonly HashSet<EventSubscription> _clients = [];
    /// <summary>Everything after this revision is in <see cref="_recent"/>.</summary>
    private long _floor;
    private long _latest;

    /// <summary>Completes when the hub follows the copy: from then on nothing is missed.</summary>
    public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="since">Last revision that the client saw; null: only what comes.</param>
    /// <exception cref="RefusedRequestException">503: too many clients.</exception>
    public EventSubscription Subscribe(string? idc, EventReach reach, long? since)
    {
        lock (_gate)
        {
            if (_clients.Count >= MostClients)
                throw new RefusedRequestException(StatusCodes.Status503ServiceUnavailable, "too_many_clients", "Too many clients follow the events", $"At most {MostClients} may at once; try again later or at another tasks service.");
            var rights = reach.Now ?? Rights.None;
            var replay = _recent.Where(message => since is { } seen && message.Revision > Math.Max(seen, _floor) && (idc is null || message.Idc == idc) && EventReach.Sees(rights, message.Idc)).ToList();
            // Before what is kept here, the store must be asked; and also where the client has seen more than this service: another one was ahead, or the store was restored.
            var client = new EventSubscription(this, idc, reach, replay, since < _floor || since > _latest ? since : null, _floor);
            _clients.Add(client);
            return client;
        }
    }

    public void Forget(EventSubscription client)
    {
        lock (_gate)
            _clients.Remove(client);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await state.Ready.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // The enumeration registers before the floor is set, so that no change falls between.
                await using var changes = state.FollowAsync(MostChangesBehind, stoppingToken).GetAsyncEnumerator(stoppingToken);
                var next = changes.MoveNextAsync();
                Restart(state.Current.Revision, EventEnd.Restarted);
                Started.TrySetResult();
                while (await next)
                {
                    if (changes.Current.Anew)
                        Restart(changes.Current.Snapshot.Revision, EventEnd.Compacted);
                    Publish(changes.Current);
                    next = changes.MoveNextAsync();
                }
            }
            catch (ChannelClosedException)
            {
                // Clients resume by revision, from the store where need be.
                Log.EventsFellBehind(logger);
            }
        }
    }

    private void Restart(long revision, EventEnd reason)
    {
        lock (_gate)
        {
            _recent.Clear();
            (_floor, _latest) = (revision, revision);
            foreach (var client in _clients)
                client.Drop(reason);
            _clients.Clear();
        }
    }

    private void Publish(SnapshotChange change)
    {
        // After a compaction the copy lists everything again; what is not newer than the last message has been told.
        var messages = EventWriter.Write(change.Events.Where(storeEvent => storeEvent.ModRevision > _latest).OrderBy(storeEvent => storeEvent.ModRevision), change.Snapshot).ToList();
        lock (_gate)
        {
            _latest = Math.Max(_latest, change.Events.Count > 0 ? change.Events.Max(storeEvent => storeEvent.ModRevision) : 0);
            foreach (var message in messages)
            {
                _recent.Enqueue(message);
                if (_recent.Count > Kept)
                    _floor = _recent.Dequeue().Revision;
            }
            _clients.RemoveWhere(client => !client.Offer(messages));
        }
    }
}
