using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;

namespace LpmOs.Tasks.Stats.Durations;

/// <summary>What the tasks of one site say of durations, as a whole and by the hour in which attempts ended.</summary>
internal sealed class SiteTimes
{
    private static readonly string[] Order =
    [
        TaskTimes.Approval, TaskTimes.Waiting, TaskTimes.Installation,
        .. ProgressSteps.Percent.Where(step => step.Key != ProgressSteps.Completed).OrderBy(step => step.Value).Select(step => step.Key), TaskTimes.FirstBoot,
    ];

    private readonly Dictionary<string, PhaseTally> _phases = new(StringComparer.Ordinal);
    private readonly Dictionary<long, Hour> _hours = [];
    private int _succeeded;
    private int _failed;
    private InstallationTimes? _read;

    public void Add(TaskTimes times, int sign)
    {
        if (ReferenceEquals(times, TaskTimes.None))
            return;
        foreach (var end in times.Ends)
            Add(end, sign);
        foreach (var (phase, duration) in times.Phases)
        {
            if (!_phases.TryGetValue(phase, out var tally))
                _phases[phase] = tally = new PhaseTally();
            tally.Add(duration, sign);
        }
        _read = null;
    }

    /// <summary>Adds all that another site's tasks say.</summary>
    public void Add(SiteTimes other)
    {
        foreach (var (phase, tally) in other._phases)
        {
            if (!_phases.TryGetValue(phase, out var own))
                _phases[phase] = own = new PhaseTally();
            own.Add(tally);
        }
        foreach (var (key, hour) in other._hours)
        {
            if (!_hours.TryGetValue(key, out var own))
                _hours[key] = own = new Hour();
            own.Completed += hour.Completed;
            own.Failed += hour.Failed;
            own.Took.Add(hour.Took);
        }
        _succeeded += other._succeeded;
        _failed += other._failed;
        _read = null;
    }

    public InstallationTimes Read() => _read ??= new InstallationTimes
    {
        Succeeded = _succeeded, Failed = _failed, SuccessRate = _succeeded + _failed == 0 ? null : Math.Round(_succeeded / (double)(_succeeded + _failed), 4),
        Phases =
        [
            .. Order.Where(phase => _phases.GetValueOrDefault(phase) is { Count: > 0 })
                .Select(phase => new PhaseTimes { Phase = phase, Count = _phases[phase].Count, MedianSeconds = _phases[phase].Percentile(0.5), P95Seconds = _phases[phase].Percentile(0.95) }),
        ],
    };

    public IReadOnlyList<ThroughputPoint> Throughput(DateTimeOffset from, int stepHours, int points) =>
        [.. Enumerable.Range(0, points).Select(point => Point(from.AddHours((double)point * stepHours), stepHours))];

    private ThroughputPoint Point(DateTimeOffset at, int hours)
    {
        var first = HourOf(at);
        var (completed, failed, took) = (0, 0, new PhaseTally());
        for (var hour = first; hour < first + hours; hour++)
        {
            if (!_hours.TryGetValue(hour, out var one))
                continue;
            completed += one.Completed;
            failed += one.Failed;
            took.Add(one.Took);
        }
        return new ThroughputPoint { At = at, Completed = completed, Failed = failed, MedianSeconds = took.Count > 0 ? took.Percentile(0.5) : null, P95Seconds = took.Count > 0 ? took.Percentile(0.95) : null };
    }

    private void Add(AttemptEnd end, int sign)
    {
        var key = HourOf(end.At);
        var hour = _hours.GetValueOrDefault(key) ?? new Hour();
        if (end.Succeeded)
        {
            _succeeded += sign;
            hour.Completed += sign;
            if (end.Took is { } took)
                hour.Took.Add(took, sign);
        }
        else
        {
            _failed += sign;
            hour.Failed += sign;
        }
        if (hour is { Completed: 0, Failed: 0 })
            _hours.Remove(key);
        else
            _hours[key] = hour;
    }

    private static long HourOf(DateTimeOffset time) => Math.DivRem(time.ToUnixTimeSeconds(), 3600).Quotient;

    private sealed class Hour
    {
        public int Completed { get; set; }
        public int Failed { get; set; }
        public PhaseTally Took { get; } = new();
    }
}
