using LpmOs.Cli.Client;
using LpmOs.Cli.Output;
using LpmOs.Cli.Texts;

namespace LpmOs.Cli.Commands;

/// <summary>What lists and pages show of tasks.</summary>
internal static class TaskViews
{
    public static bool IsOver(InstallTask task) => task.Status is TaskState.Completed or TaskState.Failed or TaskState.Cancelled or TaskState.Rejected;

    public static string Machine(InstallTask task) => $"{task.Idc}/{task.Sn}";

    /// <summary>What it does now, or why it ended.</summary>
    public static string Now(InstallTask task, Words words)
    {
        var text = task.Failure is { } failure ? $"{failure.Code}: {failure.Message}" : task.Awaiting_first_boot == true ? words.FirstBoot : $"{task.Step} {task.Message}".Trim();
        return task.Dry_run == true ? $"{text} [{words.DryRun}]" : text;
    }

    public static IReadOnlyList<Column<InstallTask>> List(Words words) =>
    [
        new("machine", words.Machine, Machine),
        new("task_id", words.Task, task => task.Task_id),
        new("status", words.State, task => Show.Name(task.Status)),
        new("percent", "%", task => Show.Number(task.Percent ?? 0), Right: true),
        new("os_type", words.System, System),
        new("step", words.Step, task => task.Step),
        new("updated_at", words.Updated, task => Show.Time(task.Updated_at)),
    ];

    public static IReadOnlyList<Column<InstallTask>> Facts(Words words) =>
    [
        new("machine", words.Machine, Machine),
        new("task_id", words.Task, task => task.Task_id),
        new("status", words.State, task => Show.Name(task.Status)),
        new("mac", "MAC", task => task.Mac),
        new("os_type", words.System, System),
        new("percent", words.Progress, task => $"{task.Percent ?? 0}% {Now(task, words)}".Trim()),
        new("attempt", words.Attempt, task => Show.Number(task.Attempt)),
        new("approval", words.Approval, task => task.Approval is { } approval ? $"{approval.By} {Show.Time(approval.At)} {approval.Notes}".Trim() : null),
        new("plan_hash", words.Hash, task => task.Approval?.Plan_hash ?? task.Plan?.Plan_hash),
        new("failure", words.Failure, task => task.Failure is { } failure ? $"{failure.Code}: {failure.Message}" : null),
        new("advice", words.Advice, task => task.Failure?.Advice),
        new("tags", words.Tags, task => Show.Join(task.Tags)),
        new("notes", words.Notes, task => task.Notes),
        new("created_at", words.CreatedAt, task => $"{Show.Time(task.Created_at)} {task.Created_by}".Trim()),
        new("updated_at", words.Updated, task => Show.Time(task.Updated_at)),
    ];

    public static IReadOnlyList<Column<StatusChange>> Moves(Words words) =>
    [
        new("at", words.When, move => Show.Time(move.At)),
        new("from", words.State, move => move.From is { } from ? Show.Name(from) : null),
        new("to", "→", move => Show.Name(move.To)),
        new("by", words.Who, move => move.By),
        new("reason", words.Why, move => move.Reason),
    ];

    private static string System(InstallTask task) =>
        task.Os_version is { } version && !task.Os_type.Contains(version, StringComparison.Ordinal) ? $"{task.Os_type} {version}" : task.Os_type;
}
