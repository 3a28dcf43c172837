using System.Collections.Concurrent;
using System.Threading.Channels;
using LpmOs.Core.Domain;
using LpmOs.Core.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LpmOs.Core.Snapshot;

/// <summary>Which parts of the store a service follows.</summary>
public sealed record WatchedPrefixes(IReadOnlyList<string> Prefixes)
{
    /// <summary>The hardware of machines is kept packed: for a service that seldom looks into it.</summary>
    public bool PackHardware { get; init; }
}

/// <summary>One applied change, for those who follow the copy.</summary>
public sealed record SnapshotChange(StateSnapshot Snapshot, IReadOnlyList<StoreEvent> Events, IReadOnlySet<MachineKey> Machines)
{
    /// <summary>The store was replaced by another or restored from a backup: revisions seen before say nothing any more, and the events in between are not known.</summary>
    public bool Anew { get; init; }
}

/// <summary>Told of one change of the copy: the state before and after, and the machines whose keys changed.</summary>
public delegate void SnapshotObserver(StateSnapshot before, StateSnapshot after, IReadOnlySet<MachineKey> touched);

/// <summary>
/// The service's watched copy: lists its prefixes once, then follows the watches from there. Readers take <see cref="Current"/> and never wait for the store;
/// when the store is away they go on with the last copy.
/// </summary>
public sealed class WatchedState : BackgroundService
{
    /// <summary>More events than this are not held for the followers of a listing; they begin anew instead.</summary>
    private const int MostEventsHeld = 10_000;

    private readonly Lock _gate = new();
    private readonly ILogger<WatchedState> _logger;
    private readonly SnapshotBuilder _builder;
    private readonly PrefixFollower[] _prefixes;
    private readonly ConcurrentDictionary<ChannelWriter<SnapshotChange>, bool> _followers = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<SnapshotObserver> _observers = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Taken in, and not yet published.
    private HashSet<MachineKey> _touched = [];
    private List<StoreEvent> _events = [];
    private bool _anew;

    public WatchedState(IStateStore store, WatchedPrefixes prefixes, TimeProvider time, ILogger<WatchedState> logger)
    {
        _logger = logger;
        _builder = new SnapshotBuilder(logger, prefixes.PackHardware);
        _prefixes = [.. prefixes.Prefixes.Select(prefix => new PrefixFollower(this, store, prefix, time, logger))];
    }

    public StateSnapshot Current { get; private set; } = StateSnapshot.Empty;

    /// <summary>Signals per machine and MAC, for long polls.</summary>
    public MachineSignals Signals { get; } = new();

    /// <summary>Completes when every prefix has been listed once.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Since when the copy may be behind the store, in UTC, because a watch hears nothing of it; null while what is read is up to date within the network's delay.</summary>
    public DateTimeOffset? StaleSince => _prefixes.Min(prefix => prefix.SilentSince);

    /// <summary>
    /// Waits until the copy holds the change of <paramref name="key"/> at <paramref name="revision"/>, so that who wrote something reads it; gives up quietly
    /// after a second. Only the watch that follows the key is waited for: a prefix where nothing changes is not told of revisions for minutes.
    /// </summary>
    public async Task CatchUpAsync(string key, long revision, CancellationToken cancellationToken)
    {
        if (_prefixes.FirstOrDefault(prefix => key.StartsWith(prefix.Prefix, StringComparison.Ordinal)) is not { } follower)
            return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(1));
        try
        {
            while (true)
            {
                var changed = Volatile.Read(ref _changed).Task;
                lock (_gate)
                {
                    if (follower.Seen >= revision)
                        return;
                }

                await changed.WaitAsync(limit.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>
    /// Changes from now on. A reader that falls more than <paramref name="capacity"/> changes behind gets a <see cref="ChannelClosedException"/> instead of costing memory.
    /// </summary>
    public async IAsyncEnumerable<SnapshotChange> FollowAsync(int capacity, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<SnapshotChange>(new BoundedChannelOptions(capacity) { SingleReader = true });
        _followers[channel.Writer] = true;
        try
        {
            await foreach (var change in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return change;
        }
        finally
        {
            _followers.TryRemove(channel.Writer, out _);
        }
    }

    /// <summary>
    /// Calls <paramref name="observer"/> with all that is there, and then with every change before <see cref="Current"/> shows it; so what it derives is never older than the copy.
    /// It runs under the copy's lock: it must be quick and must not call back.
    /// </summary>
    public void Observe(SnapshotObserver observer)
    {
        lock (_gate)
        {
            Tell(observer, StateSnapshot.Empty, Current, Current.Machines.Keys.ToHashSet());
            _observers.Add(observer);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAny(_prefixes.Select(prefix => prefix.RunAsync(stoppingToken))).Unwrap();

    /// <summary>Takes changes in without showing them yet: a listing becomes visible as a whole.</summary>
    internal void Take(IReadOnlyList<StoreEvent> events)
    {
        lock (_gate)
        {
            foreach (var storeEvent in events)
                Take(storeEvent);
        }
    }

    /// <summary>After a listing: what was under the prefix and is no longer listed was deleted while nobody watched.</summary>
    internal void TakeVanished(string prefix, IReadOnlySet<string> listed, long revision)
    {
        lock (_gate)
        {
            foreach (var gone in _builder.Vanished(prefix, listed, revision))
                Take(gone);
        }
    }

    /// <summary>The revisions of what was seen under the prefix say nothing any more: the listing that follows is taken in as it is.</summary>
    internal void Doubt(PrefixFollower prefix)
    {
        lock (_gate)
        {
            _builder.ForgetRevisions(prefix.Prefix);
            _anew = true;
        }
    }

    /// <summary>Shows what was taken in.</summary>
    /// <param name="prefix">The one that is now as of <paramref name="revision"/>.</param>
    internal void Publish(PrefixFollower prefix, long revision)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            prefix.Seen = revision;
            var before = Current;
            // The copy is as new as its slowest prefix.
            var after = _builder.Snapshot(_prefixes.Min(one => one.Seen));
            var change = new SnapshotChange(after, _anew ? [] : _events, _touched) { Anew = _anew };
            var (missed, touched) = (_events.Count >= MostEventsHeld && !_anew, _touched);
            (_touched, _events, _anew) = ([], [], false);
            foreach (var observer in _observers)
                Tell(observer, before, after, touched);
            Current = after;
            changed = Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            if (change.Events.Count > 0 || change.Anew)
            {
                foreach (var follower in _followers.Keys)
                {
                    if (missed || !follower.TryWrite(change))
                        follower.TryComplete(new ChannelClosedException("This reader fell too far behind the changes."));
                }
            }
            Signals.Raise(before, after, touched);
        }
        changed.TrySetResult();
        if (_prefixes.All(one => one.Listed))
            _ready.TrySetResult();
    }

    private void Take(StoreEvent storeEvent)
    {
        try
        {
            if (!_builder.Apply(storeEvent, out var machine))
                return;
            if (machine is { } key)
                _touched.Add(key);
        }
        catch (Exception e)
        {
            // Whatever is wrong with one value, the copy of all others goes on.
            Log.UnreadableValue(_logger, storeEvent.Key, e.Message);
        }
        // Before the first listing is complete nobody knows anything that could have changed.
        if (!_followers.IsEmpty && _events.Count < MostEventsHeld)
            _events.Add(storeEvent);
    }

    // An observer's fault is its own: neither the copy nor those who wait for it may suffer.
    private void Tell(SnapshotObserver observer, StateSnapshot before, StateSnapshot after, IReadOnlySet<MachineKey> touched)
    {
        try
        {
            observer(before, after, touched);
        }
        catch (Exception e)
        {
            Log.ObserverFailed(_logger, observer.Method.DeclaringType?.Name ?? "?", after.Revision, e);
        }
    }
}
