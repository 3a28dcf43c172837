using LpmOs.Contracts.Tasks;

namespace LpmOs.Core.Domain.Lifecycle;

/// <summary>Which machine a task is for, once that is settled: serial numbers and MACs are soon copied, and a task may have a name that no machine reports (an asset number).</summary>
public static class TaskMachine
{
    /// <summary>Serial number of the machine that the plan was approved for, or that carries it out; null: whoever the serial number or the MAC leads to.</summary>
    public static string? Of(InstallTask task) =>
        task.Status == TaskState.Installing || task is { Status: TaskState.Approved, Approval.PlanHash: not null } ? task.MachineSn ?? task.Sn : null;

    /// <summary>It was approved for the hardware of another machine than this one, and has not begun.</summary>
    public static bool IsPlannedForAnother(InstallTask task, string sn) => task is { Status: TaskState.Approved, MachineSn: { } planned } && planned != sn;
}
