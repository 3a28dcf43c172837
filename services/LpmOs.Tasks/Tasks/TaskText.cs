using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Lifecycle;

namespace LpmOs.Tasks.Tasks;

/// <summary>States and events as the API spells them.</summary>
internal static class TaskText
{
    public const string States = "pending, approved, rejected, cancelled, installing, completed, failed";

    public static string State(TaskState state) => state switch
    {
        TaskState.Pending => "pending",
        TaskState.Approved => "approved",
        TaskState.Rejected => "rejected",
        TaskState.Cancelled => "cancelled",
        TaskState.Installing => "installing",
        TaskState.Completed => "completed",
        TaskState.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    public static TaskState? State(string text) => Enum.GetValues<TaskState>().Cast<TaskState?>().FirstOrDefault(state => State(state!.Value) == text);

    /// <summary>What a person may do next, for messages.</summary>
    public static string Choices(TaskState state)
    {
        var choices = TaskLifecycle.Allowed(state).Where(move => move is TaskEvent.Approve or TaskEvent.Reject or TaskEvent.Cancel or TaskEvent.Retry).Select(Event).ToList();
        return choices.Count > 0 ? string.Join(", ", choices) : "nothing; create a new task";
    }

    public static string Event(TaskEvent move) => move switch
    {
        TaskEvent.Approve => "approve",
        TaskEvent.Reject => "reject",
        TaskEvent.Cancel => "cancel",
        TaskEvent.VoidApproval => "void the approval",
        TaskEvent.Start => "start",
        TaskEvent.Complete => "complete",
        TaskEvent.Fail => "fail",
        TaskEvent.Retry => "retry",
        _ => throw new ArgumentOutOfRangeException(nameof(move), move, null),
    };
}
