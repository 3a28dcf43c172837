using Microsoft.Extensions.Logging;

namespace LpmOs.Core.Store.Embedded;

/// <summary>The leases' clocks. A lease lives in the file; its deadline only here, so that keeping it alive writes nothing.</summary>
internal sealed class EmbeddedLeases(EmbeddedWriter writer, TimeProvider time, ILogger logger, string path) : IDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TimerResolution = TimeSpan.FromMilliseconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<long, Clock> _clocks = [];
    private bool _disposed;

    public async Task<long> GrantAsync(TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        var seconds = StoreArguments.LeaseSeconds(timeToLive);
        var id = Random.Shared.NextInt64(1, long.MaxValue);
        await writer.RunAsync(changes => Add(changes, id, seconds), cancellationToken);
        Start(id, seconds);
        return id;
    }

    public bool KeepAlive(long id)
    {
        lock (_gate)
        {
            if (!_clocks.TryGetValue(id, out var clock) || clock.Remaining(time) <= TimeSpan.Zero)
                return false;
            clock.Restart(time);
            return true;
        }
    }

    public async Task RevokeAsync(long id, CancellationToken cancellationToken)
    {
        await writer.RunAsync(changes => changes.EndLease(id), cancellationToken);
        Forget(id);
    }

    /// <summary>Starts a lease's clock with its whole time to live: a new lease, or one found in the file at start.</summary>
    public void Start(long id, long seconds)
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            var timer = time.CreateTimer(_ => _ = ExpireAsync(id), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            var clock = new Clock(timer, TimeSpan.FromSeconds(seconds));
            _clocks[id] = clock;
            clock.Restart(time);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (var clock in _clocks.Values)
                clock.Timer.Dispose();
            _clocks.Clear();
        }
    }

    private static bool Add(EmbeddedChanges changes, long id, long seconds)
    {
        changes.AddLease(id, seconds);
        return true;
    }

    private async Task ExpireAsync(long id)
    {
        lock (_gate)
        {
            if (!_clocks.TryGetValue(id, out var clock))
                return;
            // Kept alive while the timer was on its way, or the timer was a little early.
            if (clock.Remaining(time) is var remaining && remaining > TimeSpan.Zero)
            {
                clock.Timer.Change(remaining + TimerResolution, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        try
        {
            await writer.RunAsync(changes => changes.EndLease(id), CancellationToken.None);
            Forget(id);
        }
        catch (StoreUnavailableException e)
        {
            Log.EmbeddedUpkeepFailed(logger, path, e.Message);
            lock (_gate)
            {
                if (_clocks.TryGetValue(id, out var clock))
                    clock.Timer.Change(RetryPause, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Forget(long id)
    {
        lock (_gate)
        {
            if (_clocks.Remove(id, out var clock))
                clock.Timer.Dispose();
        }
    }

    private sealed class Clock(ITimer timer, TimeSpan timeToLive)
    {
        // A monotonic timestamp: setting the machine's clock ends no lease.
        private long _started;

        public ITimer Timer { get; } = timer;

        public TimeSpan Remaining(TimeProvider time) => timeToLive - time.GetElapsedTime(_started);

        public void Restart(TimeProvider time)
        {
            _started = time.GetTimestamp();
            Timer.Change(timeToLive, System.Threading.Timeout.InfiniteTimeSpan);
        }
    }
}
