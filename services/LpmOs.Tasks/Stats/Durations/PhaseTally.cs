namespace LpmOs.Tasks.Stats.Durations;

/// <summary>
/// Durations that come and go, to three significant digits: so there are at most some thousand different ones however many tasks there are,
/// and a percentile is a short walk.
/// </summary>
internal sealed class PhaseTally
{
    private readonly SortedDictionary<long, int> _milliseconds = [];

    public int Count { get; private set; }

    public void Add(TimeSpan duration, int sign) => Add(Round((long)duration.TotalMilliseconds), sign);

    public void Add(PhaseTally other)
    {
        foreach (var (milliseconds, count) in other._milliseconds)
            Add(milliseconds, count);
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

    private void Add(long milliseconds, int change)
    {
        var count = _milliseconds.GetValueOrDefault(milliseconds) + change;
        if (count == 0)
            _milliseconds.Remove(milliseconds);
        else
            _milliseconds[milliseconds] = count;
        Count += change;
    }

    private static long Round(long value)
    {
        var unit = 1L;
        while (value / unit >= 1000)
            unit *= 10;
        return (value + (unit / 2)) / unit * unit;
    }
}
