using System.Globalization;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Lifecycle;

namespace LpmOs.Core.Domain.Sites;

/// <summary>Whether a task stands still, and what a person should know then: a pure function of the task, its machine's presence and the clock.</summary>
public static class TimeLimits
{
    /// <summary>The task as it must become because time is over, or null.</summary>
    public static InstallTask? Enforce(InstallTask task, bool online, SiteSettings settings, DateTimeOffset now)
    {
        if (task.Status == TaskState.Pending && task.Deadline < now)
            return TaskTransitions.Move(task, TaskEvent.Cancel, "lpmos", $"The deadline {task.Deadline:u} passed before anybody approved.", now);
        return Judge(task, online, settings, now) is { } failure ? TaskTransitions.Fail(task, failure, "lpmos", now) : null;
    }

    private static TaskFailure? Judge(InstallTask task, bool online, SiteSettings settings, DateTimeOffset now)
    {
        if (task.Status is not (TaskState.Approved or TaskState.Installing))
            return null;
        if (task.Deadline < now)
            return new TaskFailure { Code = "deadline_passed", Message = $"The deadline {task.Deadline:u} has passed. {LastSeen(task, online)}", Advice = "Give a later deadline in a new task, or retry." };
        if (task.Status != TaskState.Installing)
            return null;
        if (task.AwaitingFirstBoot)
        {
            var since = task.Operations.LastOrDefault(operation => operation.Operation == OperationNames.OsInstall)?.FinishedAt ?? task.UpdatedAt;
            return now - since < TimeSpan.FromMinutes(settings.FirstBootMinutes) ? null : new TaskFailure
            {
                Code = "no_first_boot",
                Message = $"The installation ended at {since:u}, but the new system has not called within {settings.FirstBootMinutes} minutes. {LastSeen(task, online)}",
                Advice = "Look at the machine's console: does it boot its disk at all (boot order, boot mode), does the new system get an address, can it reach the regional service?",
            };
        }
        if (now - task.UpdatedAt >= TimeSpan.FromMinutes(settings.SilenceMinutes))
        {
            return new TaskFailure
            {
                Code = online ? "agent_stuck" : "machine_vanished",
                Message = $"No progress for {settings.SilenceMinutes} minutes. {LastSeen(task, online)}",
                Advice = online
                    ? "The agent still calls but does not go on: look at the task's log and the machine's console for a hanging disk or mirror."
                    : "The machine is gone from the network: look at its power, its cable and its console. It boots into the agent again when it is switched on; then retry.",
            };
        }
        return now - task.StartedAt < TimeSpan.FromMinutes(settings.InstallMinutes) ? null : new TaskFailure
        {
            Code = "too_slow", Message = $"The installation has taken more than {settings.InstallMinutes} minutes. {LastSeen(task, online)}", Advice = "See which step took the time, or raise install_minutes of the IDC.",
        };
    }

    private static string LastSeen(InstallTask task, bool online) => string.Create(CultureInfo.InvariantCulture,
        $"Last seen: {task.Step ?? "nothing"} ({task.Percent}%) at {task.UpdatedAt:u}{(task.Message is null ? "" : $", \"{task.Message}\"")}; the machine is {(online ? "in contact" : task.AwaitingFirstBoot ? "not in contact, as while it boots" : "not in contact")}.");
}
