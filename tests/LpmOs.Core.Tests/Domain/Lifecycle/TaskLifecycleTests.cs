using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Lifecycle;

namespace LpmOs.Core.Tests.Domain.Lifecycle;

public sealed class TaskLifecycleTests
{
    /// <summary>The contract's table, written out a second time and by hand: every pair that is not here must be refused.</summary>
    private static readonly HashSet<(TaskState, TaskEvent, TaskState)> Contract =
    [
        (TaskState.Pending, TaskEvent.Approve, TaskState.Approved),
        (TaskState.Pending, TaskEvent.Reject, TaskState.Rejected),
        (TaskState.Pending, TaskEvent.Cancel, TaskState.Cancelled),
        (TaskState.Approved, TaskEvent.Start, TaskState.Installing),
        // Not a person's move: an approval is void when the plan is another one.
        (TaskState.Approved, TaskEvent.VoidApproval, TaskState.Pending),
        (TaskState.Approved, TaskEvent.Cancel, TaskState.Cancelled),
        (TaskState.Approved, TaskEvent.Fail, TaskState.Failed),
        (TaskState.Installing, TaskEvent.Complete, TaskState.Completed),
        (TaskState.Installing, TaskEvent.Fail, TaskState.Failed),
        (TaskState.Installing, TaskEvent.Cancel, TaskState.Cancelled),
        (TaskState.Failed, TaskEvent.Retry, TaskState.Pending),
    ];

    [Fact]
    public void Allows_exactly_the_contract()
    {
        foreach (var from in Enum.GetValues<TaskState>())
        {
            foreach (var happened in Enum.GetValues<TaskEvent>())
            {
                var next = TaskLifecycle.Next(from, happened);
                if (next is { } to)
                    Assert.Contains((from, happened, to), Contract);
                else
                    Assert.DoesNotContain(Contract, move => move.Item1 == from && move.Item2 == happened);
            }
        }
    }

    [Fact]
    public void A_retry_is_a_new_attempt_that_needs_a_new_approval()
    {
        var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var task = Samples.Task() with
        {
            Status = TaskState.Failed, Percent = 70, LastSequence = 9, DryRun = true, Approval = new Approval { By = "a", At = now },
            Failure = new TaskFailure { Code = "x", Message = "y" }, Operations = [new OperationRecord { Operation = "os_install", StartedAt = now }],
        };
        var retried = TaskTransitions.Retry(task, "operator", "new disk", now)!;
        Assert.Equal((TaskState.Pending, 2, 0, 0L), (retried.Status, retried.Attempt, retried.Percent, retried.LastSequence));
        Assert.Null(retried.Approval);
        Assert.Null(retried.Failure);
        Assert.Empty(retried.Operations);
        Assert.False(retried.DryRun);
        Assert.Equal("new disk", retried.StatusHistory[^1].Reason);
    }

    [Fact]
    public void Percent_never_falls_and_steps_are_bounded()
    {
        var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var task = TaskProgress.Record(Samples.Task(), "downloading", 65, "a", now);
        task = TaskProgress.Record(task, "partitioning", 50, "b", now.AddSeconds(1));
        Assert.Equal((65, "partitioning"), (task.Percent, task.Step));
        for (var i = 0; i < 500; i++)
            task = TaskProgress.Record(task, "step" + i, 66, null, now);
        Assert.Equal(TaskProgress.StepLimit, task.Progress.Count);
    }
}
