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

    /// <param name="idcs">Null: all.</param>
    public InstallationTimes OfAll(IReadOnlySet<string>? idcs)
    {
        lock (_gate)
            return Together(idcs).Read();
    }

    /// <param name="idc">Null: all of them.</param>
    /// <param name="idcs">Of which some only; null: all.</param>
    /// <param name="from">A whole hour.</param>
    public IReadOnlyList<ThroughputPoint> Throughput(string? idc, IReadOnlySet<string>? idcs, DateTimeOffset from, int stepHours, int points)
    {
        lock (_gate)
            return ((idc is null ? Together(idcs) : _sites.GetValueOrDefault(idc)) ?? new SiteTimes()).Throughput(from, stepHours, points);
    }

    // What is added per IDC anew, where somebody may see some of them only: those are few, and they ask seldom.
    private SiteTimes Together(IReadOnlySet<string>? idcs)
    {
        if (idcs is null)
            return _all;
        var together = new SiteTimes();
        foreach (var idc in idcs)
        {
            if (_sites.TryGetValue(idc, out var site))
                together.Add(site);
        }
        return together;
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
