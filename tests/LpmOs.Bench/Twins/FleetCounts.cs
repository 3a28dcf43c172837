using System.Collections.Concurrent;
using System.Diagnostics;

namespace LpmOs.Bench.Twins;

/// <summary>What the machines did, by their own count: each kind of call, how long its answers took, what had to be repeated.</summary>
internal sealed class FleetCounts
{
    private readonly ConcurrentDictionary<string, Call> _calls = new();
    private readonly ConcurrentQueue<string> _faults = new();
    private long _bytes;

    public sealed class Call
    {
        public ConcurrentBag<double> Milliseconds { get; } = [];
        public long Repeated;
    }

    public IEnumerable<KeyValuePair<string, Call>> Calls => _calls.OrderBy(call => call.Key, StringComparer.Ordinal);

    public long Bytes => Interlocked.Read(ref _bytes);

    public IReadOnlyCollection<string> Faults => _faults;

    public long Begin(string call)
    {
        _calls.GetOrAdd(call, _ => new Call());
        return Stopwatch.GetTimestamp();
    }

    public void End(string call, long begun) => _calls[call].Milliseconds.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);

    public void Repeat(string call) => Interlocked.Increment(ref _calls.GetOrAdd(call, _ => new Call()).Repeated);

    public void Received(long bytes) => Interlocked.Add(ref _bytes, bytes);

    public void Fault(string text) => _faults.Enqueue(text);
}
