using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Snapshot;

namespace LpmOs.Tasks.Stats.Durations;

/// <summary>Durations of every IDC, kept up as the copy changes and rebuilt from the tasks at every start: nothing is counted up by hand, so nothing can drift.</summary>
internal sealed class DurationIndex
{
    private static readonly string[] Order =
    [
        TaskTimes.Approval, TaskTimes.Waiting, TaskTimes.Installation,
        .. ProgressSteps.Percent.Where(step => step.Key != ProgressSteps.Completed).OrderBy(step => step.Value).Select(step => step.Key), TaskTimes.FirstBoot,
    ];

    private readonly Lock _gate = new();
    private readonly Dictionary<string, SiteTimes> _sites = new(StringComparer.Ordinal);
    private readonly SiteTimes _all = new();

    public DurationIndex(WatchedState state) => state.Observe(Apply);

    public InstallationTimes Of(string idc)
    {
        lock (_gate)
            return _sites.TryGetValue(idc, out var site) ? site.Read() : InstallationTimes.None;
    }

    public InstallationTimes OfAll()
    {
        lock (_gate)
            return _all.Read();
    }

    private void Apply(StateSnapshot before, StateSnapshot after, IReadOnlySet<MachineKey> touched)
    {
        lock (_gate)
        {
            foreach (var key in touched)
            {
                var old = before.Machines.GetValueOrDefault(key);
                var now = after.Machines.GetValueOrDefault(key);
                // Presence and hardware say nothing of durations.
                if (ReferenceEquals(old?.Task, now?.Task) && ReferenceEquals(old?.Former, now?.Former))
                    continue;
                Add(key.Idc, old, -1);
                Add(key.Idc, now, +1);
            }
        }
    }

    private void Add(string idc, MachineView? machine, int sign)
    {
        if (machine is null)
            return;
        if (!_sites.TryGetValue(idc, out var site))
            _sites[idc] = site = new SiteTimes();
        // A task that is being archived is for a moment in both places.
        var present = machine.Task is { } task && !machine.Former.ContainsKey(task.TaskId) ? TaskTimes.Of(task) : TaskTimes.None;
        foreach (var times in machine.Former.Values.Prepend(present))
        {
            site.Add(times, sign);
            _all.Add(times, sign);
        }
    }

    private sealed class SiteTimes
    {
        private readonly Dictionary<string, PhaseTally> _phases = new(StringComparer.Ordinal);
        private int _succeeded;
        private int _failed;
        private InstallationTimes? _read;

        public void Add(TaskTimes times, int sign)
        {
            if (ReferenceEquals(times, TaskTimes.None))
                return;
            _succeeded += sign * times.Succeeded;
            _failed += sign * times.Failed;
            foreach (var (phase, duration) in times.Phases)
            {
                if (!_phases.TryGetValue(phase, out var tally))
                    _phases[phase] = tally = new PhaseTally();
                tally.Add(duration, sign);
            }
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
    }
}
