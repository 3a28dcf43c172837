using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Tasks.Lists;

namespace LpmOs.Tasks.Stats;

/// <summary>Counts of one site as rows come and go. They are rebuilt from the rows at every start, so nothing can drift.</summary>
internal sealed class SiteTally
{
    private readonly int[] _states = new int[Enum.GetValues<TaskState>().Length];
    private int _machines;
    private int _online;
    private int _unmatched;
    private int _tasks;

    public void Add(MachineRow row, int sign)
    {
        _machines += row.Linked ? 0 : sign;
        _online += row.View.Online ? sign : 0;
        _unmatched += row.Unmatched ? sign : 0;
        if (row.View.Task is not { } task)
            return;
        _tasks += sign;
        _states[(int)task.Status] += sign;
    }

    public SiteStats ToStats() => new()
    {
        TotalMachines = _machines, OnlineMachines = _online, Unmatched = _unmatched, TotalTasks = _tasks,
        Pending = _states[(int)TaskState.Pending], Approved = _states[(int)TaskState.Approved], Rejected = _states[(int)TaskState.Rejected], Cancelled = _states[(int)TaskState.Cancelled],
        Installing = _states[(int)TaskState.Installing], Completed = _states[(int)TaskState.Completed], Failed = _states[(int)TaskState.Failed],
    };
}
