using System.Collections.Concurrent;

namespace LpmOs.Regional.Operations;

/// <summary>
/// Who lost their turn: a machine that is in contact and first in the queue, but does not take the place that is free for it (its agent hangs, or it is
/// not the machine that the task is for), keeps the others waiting for so long and no longer. Whoever asks is never passed over, so a
/// machine that comes back to life begins as soon as it asks. Each service sees for itself: no clock is shared.
/// </summary>
internal sealed class Turns(TimeProvider time)
{
    /// <summary>Agents ask every 10 seconds; three of them may be lost.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);
    private const int MostSeen = 10_000;

    private readonly record struct Seen(long First, long Last);
    private readonly ConcurrentDictionary<string, Seen> _ahead = new(StringComparer.Ordinal);

    /// <summary>May the task with this id keep others waiting, given that it is before them and a place is free?</summary>
    public bool Holds(string taskId)
    {
        var now = time.GetTimestamp();
        // A gap: in between it was not in anybody's way, and this is a new turn.
        var seen = _ahead.AddOrUpdate(taskId, _ => new Seen(now, now), (_, known) => time.GetElapsedTime(known.Last, now) > Patience ? new Seen(now, now) : known with { Last = now });
        if (_ahead.Count > MostSeen)
            _ahead.Clear();
        return time.GetElapsedTime(seen.First, now) < Patience;
    }

    /// <summary>It asked: it is alive.</summary>
    public void Asked(string taskId) => _ahead.TryRemove(taskId, out _);
}
