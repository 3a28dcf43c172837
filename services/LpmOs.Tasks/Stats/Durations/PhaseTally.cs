namespace LpmOs.Tasks.Stats.Durations;

/// <summary>
/// Durations that come and go, to three significant digits: so there are at most some thousand different ones however many tasks there are,
/// and a percentile is a short walk.
/// </summary>
internal sealed class PhaseTally
{
    private readonly SortedDictionary<long, int> _milliseconds = [];

    public int Count { get; private set; }

    public void Add(TimeSpan duration, int sign)
    {
        var rounded = Round((long)duration.TotalMilliseconds);
        var count = _milliseconds.GetValueOrDefault(rounded) + sign;
        if (count == 0)
            _milliseconds.Remove(rounded);
        else
            _milliseconds[rounded] = count;
        Count += sign;
    }

    /// <summary>The shortest duration that <paramref name="share"/> of all do not exceed, in seconds (nearest rank).</summary>
    public double Percentile(double share)
    {
        var left = Math.Max(1, (int)Math.Ceiling(Count * share));
        foreach (var (milliseconds, count) in _milliseconds)
        {
            left -= count;
            if (left <= 0)
                return milliseconds / 1000.0;
        }
        return 0;
    }

    private static long Round(long value)
    {
        var unit = 1L;
        while (value / unit >= 1000)
            unit *= 10;
        return (value + (unit / 2)) / unit * unit;
    }
}
