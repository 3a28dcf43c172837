using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;

namespace LpmOs.Tasks.Tasks;

/// <summary>The machine that a path names.</summary>
internal static class TaskLookup
{
    /// <exception cref="InvalidRequestException">No machine can have such a name.</exception>
    public static MachineKey Machine(string idc, string sn)
    {
        var errors = new FieldErrors();
        errors.Idc(idc);
        errors.Sn(sn);
        errors.ThrowIfAny();
        return new MachineKey(idc, sn);
    }

    /// <exception cref="RefusedRequestException">404 "Task not found".</exception>
    public static InstallTask Task(StateSnapshot snapshot, string idc, string sn)
    {
        var machine = Machine(idc, sn);
        return snapshot.Machine(idc, sn)?.Task ?? throw NotFound(machine);
    }

    public static RefusedRequestException NotFound(MachineKey machine) =>
        RefusedRequestException.TaskNotFound($"{machine.Idc} has no task for the serial number {machine.Sn}. GET /api/v1/tasks lists what there is.");

    /// <summary>409 where the machine that the task is for was taken out of service; else null.</summary>
    public static RefusedRequestException? Decommissioned(StateSnapshot snapshot, TaskSpec task) =>
        snapshot.WithMac(task.Idc, task.Mac).Append(snapshot.Machine(task.Idc, task.Sn)).FirstOrDefault(machine => machine?.IsDecommissioned == true) is { } machine
            ? new RefusedRequestException(StatusCodes.Status409Conflict, "machine_decommissioned", "The machine is decommissioned",
                $"{machine.Key} was taken out of service at {machine.Record!.Decommissioned!.At:u}. Put it back first (POST /api/v1/machines/{machine.Key}/recommission).")
            : null;
}
