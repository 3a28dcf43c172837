using LpmOs.Contracts.Tasks;

namespace LpmOs.Core.Domain.Lifecycle;

/// <summary>Progress of a task: percent never falls within an attempt, one entry a step.</summary>
public static class TaskProgress
{
    /// <summary>Steps kept; the contract has eleven, an installer may add its own.</summary>
    public const int StepLimit = 40;

    /// <summary>The agent's last word: that something moved, or only that it is alive.</summary>
    public static DateTimeOffset LastWord(InstallTask task) => task.HeardAt > task.UpdatedAt ? task.HeardAt.Value : task.UpdatedAt;

    public static InstallTask Record(InstallTask task, string step, int percent, string? message, DateTimeOffset now)
    {
        var reached = Math.Max(task.Percent, percent);
        var entry = new ProgressEntry { Step = step, Percent = reached, Message = message, Timestamp = now };
        var entries = task.Progress.ToList();
        // The entry of a step keeps the time at which the step began; its percent and message are the newest.
        var at = entries.FindIndex(known => known.Step == step);
        if (at >= 0)
            entries[at] = entry with { Timestamp = entries[at].Timestamp };
        else if (entries.Count < StepLimit)
            entries.Add(entry);
        return task with { Step = step, Percent = reached, Message = message ?? task.Message, Progress = entries, UpdatedAt = now };
    }
}
