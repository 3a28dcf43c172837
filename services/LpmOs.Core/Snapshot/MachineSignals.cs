using LpmOs.Core.Domain;

namespace LpmOs.Core.Snapshot;

/// <summary>
/// Wakes those who wait for a change of one machine, known by serial number or MAC. Waiting costs one entry a waiter and nothing for the changes of others,
/// so ten thousand machines may wait at once.
/// </summary>
public sealed class MachineSignals
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Idc, string SnOrMac), TaskCompletionSource[]> _waiting = []; // One waits, hardly ever two: an array of one is the smallest.

    /// <summary>Registers interest; check the snapshot after this and before waiting, so that no change falls between.</summary>
    public Waiter Register(string idc, IEnumerable<string> snAndMacs) => new(this, [.. snAndMacs.Distinct().Select(name => (idc, name))]);

    internal void Raise(StateSnapshot before, StateSnapshot after, IReadOnlySet<MachineKey> touched)
    {
        lock (_gate)
        {
            if (_waiting.Count == 0)
                return;
            foreach (var key in touched)
            {
                Wake((key.Idc, key.Sn));
                foreach (var mac in Macs(before, key).Concat(Macs(after, key)).Distinct())
                    Wake((key.Idc, mac));
            }
        }
    }

    private static IEnumerable<string> Macs(StateSnapshot snapshot, MachineKey key) =>
        snapshot.Machines.TryGetValue(key, out var machine) ? machine.Macs() : [];

    private void Wake((string, string) name)
    {
        if (!_waiting.TryGetValue(name, out var signals))
            return;
        foreach (var signal in signals)
            signal.TrySetResult();
    }

    /// <summary>One who waits; dispose to forget it.</summary>
    public sealed class Waiter : IDisposable
    {
        private readonly MachineSignals _signals;
        private readonly (string, string)[] _names;
        private readonly TaskCompletionSource _signal = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Waiter(MachineSignals signals, (string, string)[] names)
        {
            (_signals, _names) = (signals, names);
            TaskCompletionSource[] alone = [_signal];
            lock (signals._gate)
            {
                foreach (var name in names)
                {
                    signals._waiting[name] = signals._waiting.TryGetValue(name, out var others) ? [.. others, _signal] : alone;
                }
            }
        }

        /// <summary>Completes at the next change.</summary>
        public Task Changed => _signal.Task;

        public void Dispose()
        {
            lock (_signals._gate)
            {
                foreach (var name in _names)
                {
                    if (!_signals._waiting.TryGetValue(name, out var waiting))
                        continue;
                    if (waiting is [var only] && only == _signal)
                        _signals._waiting.Remove(name);
                    else
                        _signals._waiting[name] = [.. waiting.Where(signal => signal != _signal)];
                }
            }
        }
    }
}
