using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Snapshot;
using LpmOs.Tasks.Machines;

namespace LpmOs.Tasks.Stats;

/// <summary>Counts derived from the watched copy, never counted up by hand; computed once a snapshot.</summary>
internal sealed class SiteCounts(WatchedState state)
{
    private Counted _last = new(StateSnapshot.Empty, new Dictionary<string, SiteStats>());

    private sealed record Counted(StateSnapshot Of, IReadOnlyDictionary<string, SiteStats> Sites);

    /// <summary>Every IDC that has a machine or an image.</summary>
    public IReadOnlyDictionary<string, SiteStats> Sites
    {
        get
        {
            var snapshot = state.Current;
            var last = _last;
            if (!ReferenceEquals(last.Of, snapshot))
                _last = last = new Counted(snapshot, Count(snapshot));
            return last.Sites;
        }
    }

    public FleetStats Fleet
    {
        get
        {
            var sites = Sites;
            var all = sites.Values;
            return new FleetStats
            {
                TotalMachines = all.Sum(s => s.TotalMachines), OnlineMachines = all.Sum(s => s.OnlineMachines), Unmatched = all.Sum(s => s.Unmatched), TotalTasks = all.Sum(s => s.TotalTasks),
                Pending = all.Sum(s => s.Pending), Approved = all.Sum(s => s.Approved), Rejected = all.Sum(s => s.Rejected), Cancelled = all.Sum(s => s.Cancelled),
                Installing = all.Sum(s => s.Installing), Completed = all.Sum(s => s.Completed), Failed = all.Sum(s => s.Failed),
                Idcs = sites,
            };
        }
    }

    private static SortedDictionary<string, SiteStats> Count(StateSnapshot snapshot)
    {
        var sites = new SortedDictionary<string, SiteStats>(StringComparer.Ordinal);
        foreach (var group in snapshot.Machines.Values.GroupBy(machine => machine.Key.Idc))
        {
            int machines = 0, online = 0, unmatched = 0, tasks = 0;
            var states = new int[Enum.GetValues<TaskState>().Length];
            foreach (var machine in group)
            {
                if (machine.Task is { } task)
                {
                    tasks++;
                    states[(int)task.Status]++;
                }
                if (MachineFacts.IsUnmatched(snapshot, machine))
                    unmatched++;
                if (machine.Online)
                    online++;
                if (!MachineFacts.IsLinkedToAnother(snapshot, machine))
                    machines++;
            }
            sites[group.Key] = new SiteStats
            {
                TotalMachines = machines, OnlineMachines = online, Unmatched = unmatched, TotalTasks = tasks,
                Pending = states[(int)TaskState.Pending], Approved = states[(int)TaskState.Approved], Rejected = states[(int)TaskState.Rejected], Cancelled = states[(int)TaskState.Cancelled],
                Installing = states[(int)TaskState.Installing], Completed = states[(int)TaskState.Completed], Failed = states[(int)TaskState.Failed],
            };
        }
        foreach (var (idc, _) in snapshot.Images.Keys)
            sites.TryAdd(idc, new SiteStats());
        return sites;
    }
}
