using LpmOs.Contracts.Tasks;
using LpmOs.Core.Snapshot;

namespace LpmOs.Core.Domain.Sites;

/// <summary>The order in which approved tasks of an IDC begin: priority, then the time of approval.</summary>
public static class Queue
{
    /// <summary>Why the task may not begin now, or null: it may.</summary>
    public static string? WhyNot(StateSnapshot snapshot, InstallTask task, DateTimeOffset now)
    {
        var settings = snapshot.Settings(task.Idc);
        if (snapshot.Machine(task.Idc, task.Sn) is { IsDecommissioned: true } || snapshot.FindHardware(task) is { IsDecommissioned: true })
            return "The machine is decommissioned.";
        if (task.NotBefore is { } notBefore && notBefore > now)
            return $"The task is not to begin before {notBefore:u}.";
        if (settings.MaintenanceWindows.Count > 0 && !settings.MaintenanceWindows.Any(window => window.IsOpen(now)))
            return $"Installations in {task.Idc} begin only within {string.Join("; ", settings.MaintenanceWindows)}.{Unknown(settings)}";
        if (settings.MaxInstallations is not { } most)
            return null;
        var (ahead, running) = Position(snapshot, task, now);
        return running + ahead < most ? null : $"Position {ahead + 1} in the queue of {task.Idc}: {running} of at most {most} installations are running.";
    }

    private static string Unknown(SiteSettings settings)
    {
        var unknown = settings.MaintenanceWindows.Where(window => !window.IsKnown).Select(window => window.TimeZone).Distinct().ToList();
        return unknown.Count == 0 ? "" : $" This host does not know the time zone {string.Join(", ", unknown)}: install its tzdata package, or name the windows in UTC.";
    }

    /// <summary>How many tasks begin before this one, and how many are being installed.</summary>
    public static (int Ahead, int Running) Position(StateSnapshot snapshot, InstallTask task, DateTimeOffset now)
    {
        var (ahead, running) = (0, 0);
        foreach (var other in snapshot.Machines.Values)
        {
            if (other.Key.Idc != task.Idc || other.Task is not { } candidate)
                continue;
            if (candidate.Status == TaskState.Installing)
                running++;
            // A machine that is off, or whose time has not come, keeps nobody waiting.
            else if (candidate.Status == TaskState.Approved && candidate.TaskId != task.TaskId && !(candidate.NotBefore > now)
                && snapshot.FindHardware(candidate) is { Online: true } && Before(candidate, task))
                ahead++;
        }
        return (ahead, running);
    }

    private static bool Before(InstallTask one, InstallTask other) =>
        (-(one.Priority ?? 0), one.Approval?.At ?? DateTimeOffset.MaxValue, one.TaskId).CompareTo((-(other.Priority ?? 0), other.Approval?.At ?? DateTimeOffset.MaxValue, other.TaskId)) < 0;
}
