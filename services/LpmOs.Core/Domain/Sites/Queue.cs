using LpmOs.Contracts.Tasks;
using LpmOs.Core.Snapshot;

namespace LpmOs.Core.Domain.Sites;

/// <summary>The order in which approved tasks of an IDC begin: priority, then the time of approval.</summary>
public static class Queue
{
    /// <summary>Why the task may not begin now, or null: it may.</summary>
    /// <param name="holds">Whether a task (by its id) that is before this one, and could begin, may still keep it waiting; without it each may.</param>
    public static string? WhyNot(StateSnapshot snapshot, InstallTask task, DateTimeOffset now, Func<string, bool>? holds = null)
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
        var places = most - running;
        // Each free place is for the first who may take it; those after them are not asked about.
        foreach (var other in ahead)
        {
            if (places <= 0)
                break;
            if (holds is null || holds(other.TaskId))
                places--;
        }
        return places > 0 ? null : $"Position {ahead.Count + 1} in the queue of {task.Idc}: {running} of at most {most} installations are running.";
    }

    private static string Unknown(SiteSettings settings)
    {
        var unknown = settings.MaintenanceWindows.Where(window => !window.IsKnown).Select(window => window.TimeZone).Distinct().ToList();
        return unknown.Count == 0 ? "" : $" This host does not know the time zone {string.Join(", ", unknown)}: install its tzdata package, or name the windows in UTC.";
    }

    /// <summary>The tasks that begin before this one, in order, and how many are being installed.</summary>
    public static (IReadOnlyList<InstallTask> Ahead, int Running) Position(StateSnapshot snapshot, InstallTask task, DateTimeOffset now)
    {
        var ahead = new List<InstallTask>();
        var running = 0;
        foreach (var other in snapshot.Machines.Values)
        {
            if (other.Key.Idc != task.Idc || other.Task is not { } candidate)
                continue;
            if (candidate.Status == TaskState.Installing)
                running++;
            // A machine that is off, or whose time has not come, keeps nobody waiting.
            else if (candidate.Status == TaskState.Approved && candidate.TaskId != task.TaskId && !(candidate.NotBefore > now)
                && snapshot.FindHardware(candidate) is { Online: true } && Before(candidate, task))
                ahead.Add(candidate);
        }
        ahead.Sort((one, other) => Place(one).CompareTo(Place(other)));
        return (ahead, running);
    }

    private static bool Before(InstallTask one, InstallTask other) => Place(one).CompareTo(Place(other)) < 0;

    private static (int, DateTimeOffset, string) Place(InstallTask task) => (-(task.Priority ?? 0), task.Approval?.At ?? DateTimeOffset.MaxValue, task.TaskId);
}
