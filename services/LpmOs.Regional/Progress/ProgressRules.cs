using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Lifecycle;
using LpmOs.Core.Domain.Sites;
using LpmOs.Core.Hosting;
using LpmOs.Regional.Operations;

namespace LpmOs.Regional.Progress;

/// <summary>What a progress report does to a task: it moves percent and step, never the state, and never backwards.</summary>
internal static class ProgressRules
{
    /// <summary>Until the first operation is asked for, a report speaks of discovery and waiting only.</summary>
    private static readonly int MostBeforeInstalling = ProgressSteps.Percent[ProgressSteps.TaskReceived];

    /// <summary>The last percent belongs to the installed system's own call.</summary>
    private const int MostFromAgent = 99;

    /// <summary>A percentage that moves within a step is written so often at most; the agent repeats its last state as long as it works, so none is lost.</summary>
    private static readonly TimeSpan MovingInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MessageInterval = TimeSpan.FromSeconds(30);
    private const int LargeMove = 5;

    /// <summary>
    /// Nothing that the store must know: a sign of life, or a small move, soon after the last. Ten thousand agents that repeat themselves each few seconds cost no write.
    /// </summary>
    public static bool IsNotWorthWriting(InstallTask task, ProgressReport report, SiteSettings settings, DateTimeOffset now)
    {
        if (task.Status != TaskState.Installing || report.Step != task.Step || (report.Attempt is { } attempt && attempt != task.Attempt) || Workflow.IsAtWorkElsewhere(task, report.Sn))
            return false;
        var percent = Math.Min(report.Percent, MostFromAgent);
        if (percent >= task.Percent + LargeMove)
            return false;
        var interval = percent > task.Percent ? MovingInterval : SaysTheSame(task, report) ? TimeSpan.FromMinutes(settings.SilenceMinutes) / 3 : MessageInterval;
        // A clock that is ahead must not silence a task.
        return now - TaskProgress.LastWord(task) is var since && since >= TimeSpan.Zero && since < interval;
    }

    public static ProgressAnswer GoOn { get; } = Continue("Heard");

    private static bool SaysTheSame(InstallTask task, ProgressReport report) =>
        report.Step == task.Step && Math.Min(report.Percent, MostFromAgent) <= task.Percent && (report.Message is null || report.Message == task.Message);

    public static TaskDecision<ProgressAnswer> Decide(InstallTask? task, ProgressReport report, IReadOnlyList<string> recentLines, SiteSettings settings, DateTimeOffset now)
    {
        if (task is null || (report.TaskId is not null && report.TaskId != task.TaskId))
            throw RefusedRequestException.TaskNotFound($"There is no task {report.TaskId} for {report.Sn}.");
        if (WhyStop(task, report.Sn, report.Attempt) is { } why)
            return new(null, Abort(why));
        if (report.Sequence is { } sequence && sequence <= task.LastSequence)
            return new(null, Continue("Received before"));
        if (report.Sequence is null && report.Percent < task.Percent)
            return new(null, Continue("Received late"));
        if (IsNotWorthWriting(task, report, settings, now))
            return new(null, GoOn);
        if (task.Status == TaskState.Installing && SaysTheSame(task, report))
            return new(task with { HeardAt = now, LastSequence = report.Sequence ?? task.LastSequence }, GoOn);
        var most = task.Status == TaskState.Installing ? MostFromAgent : MostBeforeInstalling;
        var changed = TaskProgress.Record(task, report.Step, Math.Min(report.Percent, most), report.Message, now) with
        {
            LastSequence = report.Sequence ?? task.LastSequence,
            Logs = recentLines.Count > 0 ? recentLines : task.Logs,
        };
        return new(changed, Continue("Progress recorded"));
    }

    /// <summary>Why whoever works on this attempt is to stop; null: it is not.</summary>
    public static string? WhyStop(InstallTask task, string sn, int? attempt) =>
        attempt is { } present && present != task.Attempt ? $"Attempt {present} is over; the task is at attempt {task.Attempt}"
        : TaskLifecycle.IsOver(task.Status) ? $"The task is {task.Status.ToString().ToLowerInvariant()}"
        : Workflow.IsAtWorkElsewhere(task, sn) ? $"Another machine carries out the task: {task.MachineSn ?? task.Sn}"
        : null;

    private static ProgressAnswer Continue(string message) => new() { Message = message, Directive = Directives.Continue };

    private static ProgressAnswer Abort(string message) => new() { Message = message, Directive = Directives.Abort };
}
