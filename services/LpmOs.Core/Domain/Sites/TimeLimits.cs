using System.Globalization;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Boots;
using LpmOs.Core.Domain.Lifecycle;

namespace LpmOs.Core.Domain.Sites;

/// <summary>Whether a task stands still, and what a person should know then: a pure function of the task, its machine's presence, its site's and the clock.</summary>
public static class TimeLimits
{
    /// <summary>An agent that says that it is alive has so many times the time of one that says nothing.</summary>
    private const int AliveFactor = 4;
    private const string Gone = "No regional service of ";

    /// <summary>The task as it must become because time is over, or null. While nothing can be heard from the site, an installation is only marked so: its limits wait.</summary>
    /// <param name="boot">The machine's last boot, for the words of a failure.</param>
    public static InstallTask? Enforce(InstallTask task, bool online, SiteContact site, SiteSettings settings, DateTimeOffset now, BootSigns? boot = null)
    {
        if (task.Status == TaskState.Installing && !site.IsThere)
            return Marked(task, $"{Gone}{task.Idc} is in contact{(site.LostAt is { } lost ? $" since {lost:u}" : "")}: nothing can be heard from the machine, and the time limits wait until one is back.");
        if (task.Status == TaskState.Pending && task.Deadline < now)
            return TaskTransitions.Move(task, TaskEvent.Cancel, "lpmos", $"The deadline {task.Deadline:u} passed before anybody approved.", now);
        if (Judge(task, online, site, settings, now) is { } failure)
            return TaskTransitions.Fail(task, With(failure, boot, online, now), "lpmos", now);
        return task.Status == TaskState.Installing && task.Message?.StartsWith(Gone, StringComparison.Ordinal) == true
            ? Marked(task, $"The regional services of {task.Idc} are back since {site.Since:u}; the machine has not reported since.")
            : null;
    }

    // Not a sign of life of the machine: its last report stays the last.
    private static InstallTask? Marked(InstallTask task, string message) => task.Message == message ? null : task with { Message = message };

    private static TaskFailure? Judge(InstallTask task, bool online, SiteContact site, SiteSettings settings, DateTimeOffset now)
    {
        if (task.Status is not (TaskState.Approved or TaskState.Installing))
            return null;
        // Reports that waited at the site get the time that a silent machine has.
        var silence = TimeSpan.FromMinutes(settings.SilenceMinutes);
        var heardLately = task.Status == TaskState.Installing && now - site.Since < silence;
        if (task.Deadline < now && !heardLately)
            return new TaskFailure { Code = "deadline_passed", Message = $"The deadline {task.Deadline:u} has passed. {LastSeen(task, online)}", Advice = "Give a later deadline in a new task, or retry." };
        if (task.Status != TaskState.Installing)
            return null;
        if (task.AwaitingFirstBoot)
        {
            var since = task.Operations.LastOrDefault(operation => operation.Operation == OperationNames.OsInstall)?.FinishedAt ?? task.UpdatedAt;
            return now - Later(since, site.Since) < TimeSpan.FromMinutes(settings.FirstBootMinutes) ? null : new TaskFailure
            {
                Code = "no_first_boot",
                Message = $"The installation ended at {since:u}, but the new system has not called within {settings.FirstBootMinutes} minutes. {LastSeen(task, online)}",
                Advice = "Look at the machine's console: does it boot its disk at all (boot order, boot mode), does the new system get an address, can it reach the regional service?",
            };
        }
        if (now - Later(TaskProgress.LastWord(task), site.Since) >= silence)
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
        if (now - Later(task.UpdatedAt, site.Since) >= AliveFactor * silence)
        {
            return new TaskFailure
            {
                Code = "agent_stuck",
                Message = $"Nothing has moved for {AliveFactor * settings.SilenceMinutes} minutes, though the agent says that it is alive. {LastSeen(task, online)}",
                Advice = "What the agent waits for does not end: look at the task's log and the machine's console for a hanging disk, mirror or script.",
            };
        }
        var longest = TimeSpan.FromMinutes(settings.InstallMinutes) + Wiping(task.Plan);
        return heardLately || now - task.StartedAt < longest ? null : new TaskFailure
        {
            Code = "too_slow", Message = $"The installation has taken more than {longest.TotalMinutes:0} minutes. {LastSeen(task, online)}", Advice = "See which step took the time, or raise install_minutes of the IDC.",
        };
    }

    /// <summary>What passes over the whole of a disk takes its own time, one disk after the other: of the slow ones, 60 MB/s in the mean over all of their tracks.</summary>
    private static TimeSpan Wiping(InstallPlan? plan) => TimeSpan.FromSeconds(((plan?.Disks ?? (plan?.Disk is { } only ? [only] : []))
        .Where(disk => disk.Wipe is WipeMethods.Overwrite or WipeMethods.AtaSecureErase or WipeMethods.AtaEnhancedSecureErase or WipeMethods.NvmeFormat or WipeMethods.NvmeSanitizeBlock)
        .Sum(disk => disk.SizeBytes)) / 60e6);

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset? other) => other > one ? other.Value : one;

    private static string LastSeen(InstallTask task, bool online)
    {
        // The last report, not what was written over its message since.
        var message = task.Progress.LastOrDefault(entry => entry.Step == task.Step)?.Message ?? task.Message;
        return string.Create(CultureInfo.InvariantCulture,
            $"Last seen: {task.Step ?? "nothing"} ({task.Percent}%) at {task.UpdatedAt:u}{(message is null ? "" : $", \"{message}\"")}{(TaskProgress.LastWord(task) > task.UpdatedAt ? $", and alive at {task.HeardAt:u}" : "")}; the machine is {(online ? "in contact" : task.AwaitingFirstBoot ? "not in contact, as while it boots" : "not in contact")}.");
    }

    /// <summary>What the machine did last on its way up, and where that stands still, what is known of such a stall.</summary>
    private static TaskFailure With(TaskFailure failure, BootSigns? boot, bool online, DateTimeOffset now)
    {
        if (boot is null)
            return failure;
        var stall = BootDiagnosis.IsDone(boot) ? null : BootDiagnosis.Find(boot, now, ended: false, online);
        var text = stall is null ? null : StallTexts.English(stall, boot);
        return failure with
        {
            Message = string.Create(CultureInfo.InvariantCulture, $"{failure.Message} Last boot event: {BootEventTexts.English(boot.Last)} at {boot.Last.LastAt ?? boot.Last.At:u}{(text is null ? "." : $". {text.Title}")}"),
            Advice = text is null ? failure.Advice : $"{failure.Advice} {text.Meaning} {text.Advice}".Trim(),
        };
    }
}
