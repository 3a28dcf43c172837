using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Lifecycle;
using LpmOs.Core.Domain.Planning;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Tasks.Requests;

namespace LpmOs.Tasks.Tasks;

/// <summary>What operators decide about a task, each through <see cref="TaskLifecycle"/> and one compare-and-swap.</summary>
internal sealed class TaskDecisions(TaskStore tasks, WatchedState state, TaskPlans plans, TimeProvider time)
{
    /// <summary>Approving what is approved changes nothing and is no error.</summary>
    public Task<InstallTask> ApproveAsync(MachineKey machine, ApproveRequest request, Actor actor, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return DecideAsync(machine, TaskEvent.Approve, actor, now, task =>
        {
            if (task.Status == TaskState.Approved && (request.PlanHash is null || request.PlanHash == task.Approval?.PlanHash))
                return (null, null);
            if (task.Status == TaskState.Pending && state.Current.Settings(task.Idc).FourEyes && (!actor.IsKnown || task.CreatedBy is null or Access.Caller.Anybody || task.CreatedBy == actor.Name))
                return (null, FourEyes(task, actor));
            var outcome = plans.Compute(task, out var hardware);
            if (task.Status == TaskState.Pending && plans.BrokenTemplate(task, outcome) is { } broken)
                return (null, new RefusedRequestException(StatusCodes.Status409Conflict, Planner.TemplateProblem, "A template of this installation does not render", $"{broken.Message} {broken.Advice}"));
            if (outcome.Problems.FirstOrDefault(problem => problem.Code == Planner.TwoMachines) is { } ambiguous)
                return (null, new RefusedRequestException(StatusCodes.Status409Conflict, Planner.TwoMachines, "Two machines answer to this task", $"{ambiguous.Message} {ambiguous.Advice}"));
            var plan = outcome.Plan;
            if (task.Status == TaskState.Pending && request.PlanHash is not null && request.PlanHash != plan?.PlanHash)
                return (null, PlanChanged(task, request.PlanHash, plan));
            return (TaskTransitions.Approve(task, actor.Name, request.Notes, now, plan, hardware?.Key.Sn), null);
        }, cancellationToken);
    }

    public Task<InstallTask> RejectAsync(MachineKey machine, string? reason, Actor actor, CancellationToken cancellationToken) =>
        MoveAsync(machine, TaskEvent.Reject, actor, (task, now) => TaskTransitions.Move(task, TaskEvent.Reject, actor.Name, reason, now), cancellationToken);

    public Task<InstallTask> CancelAsync(MachineKey machine, string? reason, Actor actor, CancellationToken cancellationToken) =>
        MoveAsync(machine, TaskEvent.Cancel, actor, (task, now) => TaskTransitions.Move(task, TaskEvent.Cancel, actor.Name, reason, now) is { } moved ? moved with { AwaitingFirstBoot = false } : null, cancellationToken);

    public Task<InstallTask> RetryAsync(MachineKey machine, string? reason, Actor actor, CancellationToken cancellationToken) =>
        MoveAsync(machine, TaskEvent.Retry, actor, (task, now) => TaskTransitions.Retry(task, actor.Name, reason, now), cancellationToken);

    private Task<InstallTask> MoveAsync(MachineKey machine, TaskEvent happened, Actor actor, Func<InstallTask, DateTimeOffset, InstallTask?> move, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return DecideAsync(machine, happened, actor, now, task => (move(task, now), null), cancellationToken);
    }

    /// <param name="decide">The task after the move, or a refusal, or neither where nothing needs to change; null from the table is refused here.</param>
    private async Task<InstallTask> DecideAsync(
        MachineKey machine, TaskEvent happened, Actor actor, DateTimeOffset now, Func<InstallTask, (InstallTask? Moved, RefusedRequestException? Refusal)> decide, CancellationToken cancellationToken)
    {
        var (answer, refusal) = await tasks.ChangeAsync<(InstallTask? Task, RefusedRequestException? Refusal)>(machine.Idc, machine.Sn, task =>
        {
            if (task is null)
                return new(null, (null, TaskLookup.NotFound(machine)));
            // Our own move, when the store did not say whether it wrote it.
            if (task.StatusHistory.Count > 0 && task.StatusHistory[^1] is var last && last.At == now && last.To == TaskLifecycle.Next(last.From ?? task.Status, happened))
                return new(null, (task, null));
            // What leads to a disk is refused for a machine that was taken out of service.
            if (happened is TaskEvent.Approve or TaskEvent.Retry && task.Status is TaskState.Pending or TaskState.Failed && TaskLookup.Decommissioned(state.Current, task) is { } retired)
                return new(null, (null, retired));
            var (moved, refused) = decide(task);
            if (moved is not null)
                return new(moved, (moved, null)) { From = actor.From };
            var harmless = happened == TaskEvent.Approve && task.Status == TaskState.Approved && refused is null;
            return new(null, harmless ? (task, null) : (null, refused ?? NotAllowed(task, happened)));
        }, cancellationToken);
        return refusal is null ? answer! : throw refusal;
    }

    private static RefusedRequestException NotAllowed(InstallTask task, TaskEvent happened) => new(StatusCodes.Status409Conflict, "move_not_allowed", "The task's state does not allow this",
        $"{task.TaskId} is {TaskText.State(task.Status)}: {TaskText.Event(happened)} is not allowed. Allowed now: {TaskText.Choices(task.Status)}.");

    private static RefusedRequestException FourEyes(InstallTask task, Actor actor) => new(StatusCodes.Status409Conflict, "four_eyes", "A second person must approve",
        actor.IsKnown && task.CreatedBy == actor.Name
            ? $"{task.CreatedBy} created {task.TaskId}, and in {task.Idc} nobody approves what they created. Ask a colleague."
            : $"In {task.Idc} nobody approves what they created, and it is not known {(actor.IsKnown ? $"who created {task.TaskId}" : "who you are")}. Creator and approver each need a login or a token of their own (lpmosctl users create, lpmosctl login).");

    private static RefusedRequestException PlanChanged(InstallTask task, string asked, InstallPlan? plan) => new(StatusCodes.Status409Conflict, "plan_changed", "The plan is another one now",
        $"You approve plan {asked}, but that of {task.TaskId} is now {plan?.PlanHash ?? "not known"}. Look at GET /api/v1/tasks/{task.Idc}/{task.Sn}/plan again.");
}
