using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Planning;
using LpmOs.Core.Snapshot;

namespace LpmOs.Tasks.Tasks;

/// <summary>Plans from the watched copy.</summary>
internal sealed class TaskPlans(WatchedState state, OsCatalog catalog)
{
    /// <summary>The plan of present hardware and images.</summary>
    public PlanOutcome Compute(InstallTask task)
    {
        var snapshot = state.Current;
        return Planner.Plan(task, snapshot.FindHardware(task)?.Inventory, snapshot.ImagesOf(task.Idc), catalog);
    }

    /// <summary>The plan that the task is bound to, or else the present one.</summary>
    public TaskPlanAnswer Answer(InstallTask task)
    {
        var outcome = task.Plan is null ? Compute(task) : new PlanOutcome(task.Plan, []);
        return new TaskPlanAnswer
        {
            TaskId = task.TaskId, Status = task.Status, Fixed = task.Plan is not null,
            PlanHash = outcome.Plan?.PlanHash, Plan = outcome.Plan, Problems = outcome.Problems,
        };
    }
}
