using System.Collections.Frozen;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Core.Domain.Lifecycle;

/// <summary>What can happen to a task.</summary>
public enum TaskEvent
{
    Approve,
    Reject,
    /// <summary>What was approved is not what would be done any more.</summary>
    VoidApproval,
    Cancel,
    /// <summary>The agent asked for its first operation.</summary>
    Start,
    /// <summary>The installed system called home.</summary>
    Complete,
    Fail,
    /// <summary>A new attempt.</summary>
    Retry,
}

/// <summary>The one table of allowed moves. What is not in it is refused and changes nothing.</summary>
public static class TaskLifecycle
{
    private static readonly FrozenDictionary<(TaskState From, TaskEvent Event), TaskState> Moves = new Dictionary<(TaskState, TaskEvent), TaskState>
    {
        [(TaskState.Pending, TaskEvent.Approve)] = TaskState.Approved,
        [(TaskState.Pending, TaskEvent.Reject)] = TaskState.Rejected,
        [(TaskState.Pending, TaskEvent.Cancel)] = TaskState.Cancelled,
        [(TaskState.Approved, TaskEvent.Start)] = TaskState.Installing,
        [(TaskState.Approved, TaskEvent.VoidApproval)] = TaskState.Pending,
        [(TaskState.Approved, TaskEvent.Cancel)] = TaskState.Cancelled,
        [(TaskState.Approved, TaskEvent.Fail)] = TaskState.Failed,
        [(TaskState.Installing, TaskEvent.Complete)] = TaskState.Completed,
        [(TaskState.Installing, TaskEvent.Fail)] = TaskState.Failed,
        [(TaskState.Installing, TaskEvent.Cancel)] = TaskState.Cancelled,
        [(TaskState.Failed, TaskEvent.Retry)] = TaskState.Pending,
    }.ToFrozenDictionary();

    /// <summary>The state after <paramref name="happened"/>, or null where that is not allowed.</summary>
    public static TaskState? Next(TaskState from, TaskEvent happened) =>
        Moves.TryGetValue((from, happened), out var to) ? to : null;

    /// <summary>The events that are allowed in this state, for messages.</summary>
    public static IEnumerable<TaskEvent> Allowed(TaskState from) => Moves.Keys.Where(move => move.From == from).Select(move => move.Event).Order();

    /// <summary>Nothing more happens without a person: such a task gives way to a new one.</summary>
    public static bool IsOver(TaskState state) => state is TaskState.Completed or TaskState.Rejected or TaskState.Cancelled or TaskState.Failed;
}
