using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Snapshot;

namespace LpmOs.Tasks.Stats.Durations;

/// <summary>Durations of every IDC, kept up as the copy changes and rebuilt from the tasks at every start: nothing is counted up by hand, so nothing can drift.</summary>
internal sealed class DurationIndex
{
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

    /// <param name="idc">Null: all of them.</param>
    /// <param name="from">A whole hour.</param>
    public IReadOnlyList<ThroughputPoint> Throughput(string? idc, DateTimeOffset from, int stepHours, int points)
    {
        lock (_gate)
            return ((idc is null ? _all : _sites.GetValueOrDefault(idc)) ?? new SiteTimes()).Throughput(from, stepHours, points);
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
}
