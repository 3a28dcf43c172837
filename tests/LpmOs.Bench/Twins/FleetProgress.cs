using System.Collections.Concurrent;
using System.Diagnostics;

namespace LpmOs.Bench.Twins;

/// <summary>How far each machine is, by its own account.</summary>
internal sealed class FleetProgress(int machines)
{
    private readonly ConcurrentDictionary<string, bool> _waiting = new(), _over = new();
    private readonly ConcurrentDictionary<string, long> _received = new();
    private readonly TaskCompletionSource _allWait = new(TaskCreationOptions.RunContinuationsAsynchronously), _allOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<long>> _expected = new();

    public int Waiting => _waiting.Count;
    public int Done => _over.Count;

    public Task AllWait => _allWait.Task;
    public Task AllOver => _allOver.Task;

    public void Waits(string sn)
    {
        if (_waiting.TryAdd(sn, true) && _waiting.Count == machines)
            _allWait.TrySetResult();
    }

    /// <summary>The timestamp (<see cref="Stopwatch"/>) at which the machine's agent has its task.</summary>
    public Task<long> ReceivedAsync(string sn) => _expected.GetOrAdd(sn, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Received(string sn)
    {
        if (_received.TryAdd(sn, Stopwatch.GetTimestamp()) && _expected.TryGetValue(sn, out var expected))
            expected.TrySetResult(_received[sn]);
    }

    public void Over(string sn)
    {
        if (_over.TryAdd(sn, true) && _over.Count == machines)
            _allOver.TrySetResult();
    }
}
