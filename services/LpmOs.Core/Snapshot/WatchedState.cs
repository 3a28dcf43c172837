using System.Collections.Concurrent;
using System.Threading.Channels;
using LpmOs.Core.Domain;
using LpmOs.Core.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LpmOs.Core.Snapshot;

/// <summary>Which parts of the store a service follows.</summary>
public sealed record WatchedPrefixes(IReadOnlyList<string> Prefixes);

/// <summary>One applied change, for those who follow the copy.</summary>
public sealed record SnapshotChange(StateSnapshot Snapshot, IReadOnlyList<StoreEvent> Events, IReadOnlySet<MachineKey> Machines);

/// <summary>Told of one change of the copy: the state before and after, and the machines whose keys changed.</summary>
public delegate void SnapshotObserver(StateSnapshot before, StateSnapshot after, IReadOnlySet<MachineKey> touched);

/// <summary>
/// The service's watched copy: lists its prefixes once, then follows the watches from there. Readers take <see cref="Current"/> and never wait for the store;
/// when the store is away they go on with the last copy.
/// </summary>
public sealed class WatchedState(IStateStore store, WatchedPrefixes prefixes, TimeProvider time, ILogger<WatchedState> logger) : BackgroundService
{
    private const int PageSize = 1000;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly SnapshotBuilder _builder = new(logger);
    private readonly ConcurrentDictionary<ChannelWriter<SnapshotChange>, bool> _followers = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long[] _seen = new long[prefixes.Prefixes.Count];
    private readonly List<SnapshotObserver> _observers = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _prefixesListed;
    private int _connected;

    public StateSnapshot Current { get; private set; } = StateSnapshot.Empty;

    /// <summary>Signals per machine and MAC, for long polls.</summary>
    public MachineSignals Signals { get; } = new();

    /// <summary>Completes when every prefix has been listed once.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Every watch is connected: what is read is up to date within the network's delay.</summary>
    public bool Connected => Volatile.Read(ref _connected) == prefixes.Prefixes.Count;

    /// <summary>
    /// Waits until the copy holds the change of <paramref name="key"/> at <paramref name="revision"/>, so that who wrote something reads it; gives up quietly
    /// after a second. Only the watch that follows the key is waited for: a prefix where nothing changes is not told of revisions for minutes.
    /// </summary>
    public async Task CatchUpAsync(string key, long revision, CancellationToken cancellationToken)
    {
        var index = prefixes.Prefixes.Index().FirstOrDefault(p => key.StartsWith(p.Item, StringComparison.Ordinal), (Index: -1, Item: "")).Index;
        if (index < 0)
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
                    if (_seen[index] >= revision)
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
            observer(StateSnapshot.Empty, Current, Current.Machines.Keys.ToHashSet());
            _observers.Add(observer);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAny(prefixes.Prefixes.Select((prefix, index) => FollowPrefixAsync(prefix, index, stoppingToken))).Unwrap();

    private async Task FollowPrefixAsync(string prefix, int index, CancellationToken cancellationToken)
    {
        var next = 0L;
        var listedBefore = false;
        var retry = FirstRetry;
        while (!cancellationToken.IsCancellationRequested)
        {
            var connected = false;
            try
            {
                if (next == 0)
                {
                    next = await ListAsync(prefix, index, cancellationToken).ConfigureAwait(false) + 1;
                    if (!listedBefore && Interlocked.Increment(ref _prefixesListed) == prefixes.Prefixes.Count)
                        _ready.TrySetResult();
                    listedBefore = true;
                }
                connected = true;
                Interlocked.Increment(ref _connected);
                await foreach (var batch in store.WatchAsync(prefix, next, cancellationToken).ConfigureAwait(false))
                {
                    Publish(batch.Events, batch.Revision, index);
                    next = batch.Revision + 1;
                    retry = FirstRetry;
                }
            }
            catch (StoreCompactedException)
            {
                Log.Compacted(logger, prefix, next);
                next = 0;
                continue;
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                Log.Unreachable(logger, prefix, Current.Revision, e.Message);
            }
            finally
            {
                if (connected)
                    Interlocked.Decrement(ref _connected);
            }
            // Jitter, so that a site's services do not come back in one beat.
            var pause = retry * (0.5 + Random.Shared.NextDouble());
            retry = retry * 2 > LongestRetry ? LongestRetry : retry * 2;
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<long> ListAsync(string prefix, int index, CancellationToken cancellationToken)
    {
        var listed = new HashSet<string>(StringComparer.Ordinal);
        var revision = 0L;
        string? after = null;
        while (true)
        {
            var page = await store.ListAsync(prefix, after, PageSize, revision, cancellationToken).ConfigureAwait(false);
            if (revision == 0)
                revision = page.Revision;
            listed.UnionWith(page.Entries.Select(entry => entry.Key));
            // Page by page, so that the values of a large store are never held all at once; the revision is only claimed at the end.
            Publish([.. page.Entries.Select(entry => new StoreEvent(entry.Key, entry.Value, entry.ModRevision))], 0, index);
            if (!page.More || page.Entries.Count == 0)
                break;
            after = page.Entries[^1].Key;
        }
        IReadOnlyList<StoreEvent> vanished;
        lock (_gate)
            vanished = _builder.Vanished(prefix, listed, revision);
        Publish(vanished, revision, index);
        Log.Listed(logger, prefix, listed.Count, revision);
        return revision;
    }

    private void Publish(IReadOnlyList<StoreEvent> events, long revision, int index)
    {
        var touched = new HashSet<MachineKey>();
        SnapshotChange change;
        TaskCompletionSource changed;
        lock (_gate)
        {
            var before = Current;
            foreach (var storeEvent in events)
            {
                if (_builder.Apply(storeEvent) is { } machine)
                    touched.Add(machine);
            }
            // The copy is as new as its slowest prefix.
            _seen[index] = Math.Max(_seen[index], revision);
            _builder.Advance(_seen.Min());
            var after = _builder.Snapshot();
            foreach (var observer in _observers)
                observer(before, after, touched);
            Current = after;
            change = new SnapshotChange(Current, events, touched);
            changed = Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            if (events.Count > 0)
            {
                foreach (var follower in _followers.Keys)
                {
                    if (!follower.TryWrite(change))
                        follower.TryComplete(new ChannelClosedException("This reader fell too far behind the changes."));
                }
            }
            Signals.Raise(before, Current, touched);
        }
        changed.TrySetResult();
    }
}
