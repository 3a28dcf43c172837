using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Tokens;
using LpmOs.Core.Snapshot;

namespace LpmOs.Tasks.Machines;

/// <summary>What follows from the watched copy about one machine.</summary>
internal static class MachineFacts
{
    public static MachineSummary Summary(StateSnapshot snapshot, MachineView machine) => Summary(machine, TaskFor(snapshot, machine));

    /// <param name="task">What <see cref="TaskFor"/> finds.</param>
    public static MachineSummary Summary(MachineView machine, InstallTask? task) => Fill(machine, task, new MachineSummary { Idc = "", Sn = "", Online = false, Matched = false });

    public static MachineDetail Detail(StateSnapshot snapshot, MachineView machine) =>
        Fill(machine, TaskFor(snapshot, machine), new MachineDetail { Idc = "", Sn = "", Online = false, Matched = false, Server = machine.Server, Hardware = machine.Inventory, TpmBinding = machine.Tpm });

    /// <summary>The machine's own task, or one under another serial number that asks for it by a MAC.</summary>
    public static InstallTask? TaskFor(StateSnapshot snapshot, MachineView machine) =>
        machine.Task ?? snapshot.FindTask(machine.Key.Idc, machine.Key.Sn, machine.Macs())?.Task;

    private static T Fill<T>(MachineView machine, InstallTask? task, T empty) where T : MachineSummary
    {
        var hardware = machine.Inventory;
        return (T)(empty with
        {
            Idc = machine.Key.Idc, Sn = machine.Key.Sn, Mac = hardware?.MacAddress ?? task?.Mac ?? machine.Server?.Mac,
            Online = machine.Online, LastSeen = LastSeen(machine), Matched = task is not null,
            TaskId = task?.TaskId, TaskStatus = task?.Status, TaskSn = task is not null && task.Sn != machine.Key.Sn ? task.Sn : null,
            Company = hardware?.Company, Product = hardware?.Product, ModelName = hardware?.ModelName, IsVm = hardware?.IsVm,
            CpuModel = hardware?.Cpu?.Model, CpuCores = hardware?.Cpu?.Cores, MemoryGb = hardware?.Memory?.TotalGb,
            Disks = hardware?.Disks.Count, DiskGb = hardware?.Disks.Sum(disk => (long)disk.SizeGb),
            ReportedAt = hardware?.ReportedAt, Tags = machine.Record?.Tags is { Count: > 0 } tags ? tags : null, Notes = machine.Record?.Notes, Decommissioned = machine.Record?.Decommissioned,
            SerialConflict = hardware?.SerialConflict, Alerts = SecurityAlert.Of(machine.Tpm, machine.Token) is { Count: > 0 } alerts ? alerts : null,
        });
    }

    private static DateTimeOffset? LastSeen(MachineView machine)
    {
        var reported = machine.Inventory?.ReportedAt;
        var progress = machine.Task?.Progress is { Count: > 0 } entries ? entries[^1].Timestamp : (DateTimeOffset?)null;
        return reported > progress || progress is null ? reported : progress;
    }
}
