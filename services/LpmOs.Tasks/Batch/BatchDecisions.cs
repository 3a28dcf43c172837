using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Lifecycle;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Lists;
using LpmOs.Tasks.Requests;
using LpmOs.Tasks.Tasks;

namespace LpmOs.Tasks.Batch;

/// <summary>Approves, rejects or cancels all tasks of a filter that allow it, after a look at how many those are.</summary>
internal sealed class BatchDecisions(TaskLists lists, TaskDecisions decisions)
{
    private const int AtOnce = 32;
    private const int Most = 5_000;

    /// <param name="expected">How many the person was shown; null in a dry run.</param>
    /// <exception cref="RefusedRequestException">409: it would be another number of tasks.</exception>
    public async Task<BatchResult> DecideAsync(TaskEvent move, TaskFilter filter, int? expected, string? reason, Actor actor, CancellationToken cancellationToken)
    {
        var tasks = lists.All(filter with { States = States(move) });
        if (expected is { } count && count != tasks.Count)
            throw new RefusedRequestException(StatusCodes.Status409Conflict, "count_changed", "It would be another number of tasks", $"You expect {count}, but {tasks.Count} tasks match now. Look again with dry_run.");
        if (tasks.Count > Most)
            throw new RefusedRequestException(StatusCodes.Status409Conflict, "too_many", "Too many tasks for one call", $"{tasks.Count} tasks match; at most {Most} are changed in one call. Narrow the filter.");
        var results = new BatchRowResult[tasks.Count];
        if (expected is null)
            results = [.. tasks.Select((task, at) => Answer(task, at, "valid"))];
        else
            await Parallel.ForAsync(0, tasks.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (at, token) => results[at] = await DecideAsync(move, tasks[at], at, reason, actor, token));
        var succeeded = results.Count(result => result.Outcome != "refused");
        return new BatchResult { DryRun = expected is null, Total = tasks.Count, Succeeded = succeeded, Refused = tasks.Count - succeeded, Results = results };
    }

    private async Task<BatchRowResult> DecideAsync(TaskEvent move, InstallTask task, int at, string? reason, Actor actor, CancellationToken cancellationToken)
    {
        var machine = new MachineKey(task.Idc, task.Sn);
        try
        {
            var moved = await (move switch
            {
                TaskEvent.Approve => decisions.ApproveAsync(machine, new ApproveRequest { Notes = reason }, actor, cancellationToken),
                TaskEvent.Reject => decisions.RejectAsync(machine, reason, actor, cancellationToken),
                _ => decisions.CancelAsync(machine, reason, actor, cancellationToken),
            });
            return Answer(moved, at, TaskText.State(moved.Status));
        }
        catch (RefusedRequestException e)
        {
            return Answer(task, at, "refused") with { Code = e.Code, Detail = e.Detail };
        }
    }

    private static int States(TaskEvent move) =>
        Enum.GetValues<TaskState>().Where(state => TaskLifecycle.Next(state, move) is not null).Aggregate(0, (bits, state) => bits | (1 << (int)state));

    private static BatchRowResult Answer(InstallTask task, int at, string outcome) => new() { Row = at + 1, Idc = task.Idc, Sn = task.Sn, TaskId = task.TaskId, Outcome = outcome };
}
