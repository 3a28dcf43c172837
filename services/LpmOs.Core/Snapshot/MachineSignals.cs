using LpmOs.Core.Domain;

namespace LpmOs.Core.Snapshot;

/// <summary>
/// Wakes those who wait for a change of one machine, or of one with which it shares a MAC. Waiting costs one entry a waiter and nothing for the changes of others,
/// so ten thousand machines may wait at once.
/// </summary>
public sealed class MachineSignals
{
    private readonly Lock _gate = new();
    private readonly Dictionary<MachineKey, Waiter> _waiting = [];

    /// <summary>Registers interest; check the snapshot after this and before waiting, so that no change falls between.</summary>
    public Waiter Register(string idc, string sn)
    {
        var waiter = new Waiter(this, new MachineKey(idc, sn));
        lock (_gate)
        {
            waiter.Next = _waiting.GetValueOrDefault(waiter.Key);
            _waiting[waiter.Key] = waiter;
        }
        return waiter;
    }

    internal void Raise(StateSnapshot before, StateSnapshot after, IReadOnlySet<MachineKey> touched)
    {
        lock (_gate)
        {
            if (_waiting.Count == 0)
                return;
            foreach (var key in touched)
            {
                Wake(key);
                // Whose task it is may be known by a MAC alone. Who no longer has that MAC was touched too.
                foreach (var mac in Macs(before, key).Concat(Macs(after, key)).Distinct())
                {
                    if (after.ByMac.TryGetValue((key.Idc, mac), out var sharers))
                    {
                        foreach (var other in sharers)
                            Wake(other);
                    }
                }
            }
        }
    }

    private static IEnumerable<string> Macs(StateSnapshot snapshot, MachineKey key) =>
        snapshot.Machines.TryGetValue(key, out var machine) ? machine.Macs() : [];

    private void Wake(MachineKey key)
    {
        for (var waiter = _waiting.GetValueOrDefault(key); waiter is not null; waiter = waiter.Next)
            waiter.Signal();
    }

    private void Forget(Waiter waiter)
    {
        lock (_gate)
        {
            if (!_waiting.TryGetValue(waiter.Key, out var first))
                return;
            if (first == waiter)
            {
                if (waiter.Next is { } second)
                    _waiting[waiter.Key] = second;
                else
                    _waiting.Remove(waiter.Key);
                return;
            }
            for (var other = first; other is not null; other = other.Next)
            {
                if (other.Next == waiter)
                    other.Next = waiter.Next;
            }
        }
    }

    /// <summary>One who waits; dispose to forget it.</summary>
    public sealed class Waiter : IDisposable
    {
        private readonly MachineSignals _signals;
        private TaskCompletionSource<bool> _signal = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _over;

        internal Waiter(MachineSignals signals, MachineKey key) => (_signals, Key) = (signals, key);

        /// <summary>Completes with true at the next change, with false when the wait is over.</summary>
        public Task<bool> Changed => _signal.Task;

        internal MachineKey Key { get; }

        /// <summary>Another who waits for the same machine, as hardly ever happens. Guarded by the signals' lock.</summary>
        internal Waiter? Next { get; set; }

        /// <summary>From now on the next change counts; look at the snapshot after this.</summary>
        public void Again()
        {
            if (!_signal.Task.IsCompleted)
                return;
            var next = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            Interlocked.Exchange(ref _signal, next);
            if (_over != 0)
                next.TrySetResult(false);
        }

        /// <summary>There is nothing more to wait for: the time is over, who asked has gone, or the service ends.</summary>
        public void GiveUp()
        {
            Interlocked.Exchange(ref _over, 1);
            _signal.TrySetResult(false);
        }

        public void Dispose() => _signals.Forget(this);

        internal void Signal() => Volatile.Read(ref _signal).TrySetResult(true);
    }
}
