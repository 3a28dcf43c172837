using LpmOs.Contracts.Tasks;

namespace LpmOs.Core.Domain.Lifecycle;

/// <summary>Moves of a task as pure functions: task and event in, task out.</summary>
public static class TaskTransitions
{
    /// <summary>Moves kept in a task's history; older ones stay in the audit.</summary>
    public const int HistoryLimit = 50;

    /// <summary>The task after the event, or null where <see cref="TaskLifecycle"/> does not allow it.</summary>
    public static InstallTask? Move(InstallTask task, TaskEvent happened, string by, string? reason, DateTimeOffset now)
    {
        if (TaskLifecycle.Next(task.Status, happened) is not { } next)
            return null;
        var change = new StatusChange { From = task.Status, To = next, At = now, By = by, Reason = reason };
        return task with
        {
            Status = next,
            StatusHistory = [.. task.StatusHistory.TakeLast(HistoryLimit - 1), change],
            UpdatedAt = now,
        };
    }

    /// <param name="machineSn">Of the machine whose hardware the plan is for.</param>
    public static InstallTask? Approve(InstallTask task, string by, string? notes, DateTimeOffset now, InstallPlan? plan = null, string? machineSn = null) =>
        Move(task, TaskEvent.Approve, by, notes, now) is { } moved
            ? moved with { Approval = new Approval { By = by, At = now, Notes = notes, PlanHash = plan?.PlanHash }, Plan = plan, MachineSn = plan is null || machineSn == task.Sn ? null : machineSn }
            : null;

    /// <summary>Pending again, and it says why; the approval stays in the history.</summary>
    public static InstallTask? VoidApproval(InstallTask task, string why, DateTimeOffset now) =>
        Move(task, TaskEvent.VoidApproval, "lpmos", why, now) is { } moved ? moved with { Approval = null, Plan = null, MachineSn = null, FormerPlan = task.Plan ?? task.FormerPlan, Message = why } : null;

    public static InstallTask? Start(InstallTask task, DateTimeOffset now) =>
        Move(task, TaskEvent.Start, "agent", null, now) is { } moved ? moved with { StartedAt = now } : null;

    public static InstallTask? Fail(InstallTask task, TaskFailure failure, string by, DateTimeOffset now) =>
        Move(task, TaskEvent.Fail, by, failure.Message, now) is { } moved
            ? moved with { Failure = failure, Message = failure.Message, AwaitingFirstBoot = false }
            : null;

    /// <summary>Only the installed system's own call leads here (or, in a dry run, the agent that stands in for it).</summary>
    public static InstallTask? Complete(InstallTask task, string message, DateTimeOffset now) =>
        Move(task, TaskEvent.Complete, task.DryRun ? "agent (dry run)" : "installed system", message, now) is { } moved
            ? TaskProgress.Record(moved with { AwaitingFirstBoot = false, CompletedAt = now }, ProgressSteps.Completed, 100, message, now)
            : null;

    /// <summary>A new attempt: what the last one did stays in <see cref="InstallTask.StatusHistory"/>.</summary>
    public static InstallTask? Retry(InstallTask task, string by, string? reason, DateTimeOffset now) =>
        Move(task, TaskEvent.Retry, by, reason, now) is { } moved
            ? moved with
            {
                Attempt = task.Attempt + 1, Step = null, Percent = 0, Message = null, AwaitingFirstBoot = false, DryRun = false, LastSequence = 0,
                Approval = null, Plan = null, FormerPlan = task.Plan ?? task.FormerPlan, Operations = [], Progress = [], Failure = null, Machine = null, MachineSn = null, StartedAt = null, CompletedAt = null,
            }
            : null;
}
