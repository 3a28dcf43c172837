using System.Collections.Frozen;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Core.Domain;

/// <summary>How long the parts of one task took, and how its attempts ended: a pure function of the task, small enough to be kept for every archived one.</summary>
/// <param name="Phases">Phase and duration, in order.</param>
/// <param name="Ends">When they ended, and how.</param>
public sealed record TaskTimes(IReadOnlyList<(string Phase, TimeSpan Duration)> Phases, IReadOnlyList<AttemptEnd> Ends)
{
    /// <summary>From the request, or the retry, to the approval.</summary>
    public const string Approval = "approval";
    /// <summary>From the approval to the first operation: the queue, maintenance windows, a machine that is off.</summary>
    public const string Waiting = "waiting";
    /// <summary>From the first operation to the new system's call.</summary>
    public const string Installation = "installation";
    /// <summary>From the end of the installer's work to the new system's call.</summary>
    public const string FirstBoot = "first_boot";

    public static TaskTimes None { get; } = new([], []);

    // Steps that an installer makes up are not kept: their number has no bound.
    private static readonly FrozenSet<string> Steps = ProgressSteps.Percent.Keys.Where(step => step != ProgressSteps.Completed).ToFrozenSet();

    /// <summary>A dry run touches no disk, so it says nothing of how long installations take.</summary>
    public static TaskTimes Of(InstallTask task)
    {
        if (task.DryRun)
            return None;
        var phases = new List<(string, TimeSpan)>();
        var ends = new List<AttemptEnd>();
        StatusChange? before = null;
        foreach (var change in task.StatusHistory)
        {
            if (before is not null && Between(before.To, change.To) is { } phase && change.At >= before.At)
                phases.Add((phase, change.At - before.At));
            if (change.To is TaskState.Completed or TaskState.Failed)
                ends.Add(new AttemptEnd(change.At, change.To == TaskState.Completed, before?.To == TaskState.Installing && change.At >= before.At ? change.At - before.At : null));
            before = change;
        }
        if (task.Status == TaskState.Completed)
            phases.AddRange(OfAttempt(task));
        return new TaskTimes(phases, ends);
    }

    private static string? Between(TaskState from, TaskState to) => (from, to) switch
    {
        (TaskState.Pending, TaskState.Approved) => Approval,
        (TaskState.Approved, TaskState.Installing) => Waiting,
        (TaskState.Installing, TaskState.Completed) => Installation,
        _ => null,
    };

    /// <summary>The steps of the attempt that succeeded; an entry's time is that at which its step began.</summary>
    private static IEnumerable<(string, TimeSpan)> OfAttempt(InstallTask task)
    {
        var end = task.CompletedAt ?? task.UpdatedAt;
        var installed = task.Operations.LastOrDefault(operation => operation.Operation == OperationNames.OsInstall)?.FinishedAt;
        var entries = task.Progress.OrderBy(entry => entry.Timestamp).ToList();
        for (var i = 0; i < entries.Count; i++)
        {
            var next = i + 1 < entries.Count && entries[i + 1].Step != ProgressSteps.Completed ? entries[i + 1].Timestamp : installed ?? end;
            if (Steps.TryGetValue(entries[i].Step, out var step) && next >= entries[i].Timestamp)
                yield return (step, next - entries[i].Timestamp);
        }
        if (installed <= end)
            yield return (FirstBoot, end - installed.Value);
    }
}

/// <summary>An attempt that came to its end.</summary>
/// <param name="Took">From the first operation; null where none was handed out.</param>
public readonly record struct AttemptEnd(DateTimeOffset At, bool Succeeded, TimeSpan? Took);
