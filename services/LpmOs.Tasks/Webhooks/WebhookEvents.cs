using System.Text.Json;
using LpmOs.Tasks.Events;
using LpmOs.Tasks.Tasks;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Tasks.Webhooks;

/// <summary>
/// What a webhook can ask for: <c>task</c>, <c>machine</c> and <c>stats</c> are every change of that kind; <c>alert</c>: somebody else may be speaking for a machine; <c>task.</c> and a state is the move into that state alone.
/// </summary>
internal static class WebhookEvents
{
    public static IReadOnlyList<string> Moves { get; } = [.. Enum.GetValues<TaskState>().Select(state => "task." + TaskText.State(state))];
    public static IReadOnlyList<string> All { get; } = ["task", "machine", "stats", "alert", .. Moves];

    /// <summary>Name of the event as this webhook asked for it, or null: it did not.</summary>
    public static string? Match(IReadOnlyList<string> asked, FleetEvent message)
    {
        using var json = JsonDocument.Parse(message.Json);
        var type = json.RootElement.GetProperty("type").GetString()!;
        var move = type == "task" && json.RootElement.TryGetProperty("data", out var task) ? Move(task) : null;
        return move is not null && asked.Contains(move) ? move : asked.Contains(type) ? move ?? type : null;
    }

    /// <summary>A change of the task that is its last move; progress after it comes at a later time.</summary>
    private static string? Move(JsonElement task)
    {
        if (!task.TryGetProperty("status_history", out var history) || history.GetArrayLength() == 0)
            return null;
        var last = history[history.GetArrayLength() - 1];
        return last.GetProperty("at").GetDateTimeOffset() == task.GetProperty("updated_at").GetDateTimeOffset() && last.GetProperty("to").GetString() is { } to && to == task.GetProperty("status").GetString() ? "task." + to : null;
    }
}
