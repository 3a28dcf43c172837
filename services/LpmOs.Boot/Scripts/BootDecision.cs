using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Lifecycle;
using LpmOs.Core.Snapshot;

namespace LpmOs.Boot.Scripts;

/// <summary>What a machine boots.</summary>
internal enum BootKind
{
    /// <summary>The agent's image: discovers, reports and waits. It touches no disk.</summary>
    Agent,
    /// <summary>The agent's image, for the approved task.</summary>
    AgentWithTask,
    /// <summary>The system's own installer, for the approved task.</summary>
    Installer,
    LocalDisk,
}

/// <summary>What a machine boots and why, for the script, the log and the person at the console.</summary>
internal sealed record BootDecision(BootKind Kind, string Reason, InstallTask? Task)
{
    /// <summary>
    /// A pure function of the watched copy and the request. The serial number wins; without one, or where nothing is known of it,
    /// the MAC decides, be it the task's own or that of any interface of hardware that was reported.
    /// </summary>
    public static BootDecision Of(StateSnapshot snapshot, string idc, BootRequest request)
    {
        var task = FindTask(snapshot, idc, request);
        // Before anything else: who took a machine out of service counts on it being left alone, whatever a task says.
        if (IsDecommissioned(snapshot, idc, request, task))
            return new(BootKind.LocalDisk, "the machine is decommissioned", null);
        var decision = Of(task);
        // Serial numbers of firmware may differ from what the agent finds: who is another machine for the firmware is asked by the agent, whose token names no task.
        if (decision.Kind is BootKind.Installer or BootKind.AgentWithTask && request.Serial is { } serial && TaskMachine.Of(decision.Task!) is { } machine && machine != serial)
            return decision with { Kind = BootKind.Agent, Reason = "the task was approved for another machine" };
        // Firmware and installers prove no TPM. The agent does, and starts the installer then; its script's token names no task.
        return decision.Kind == BootKind.Installer && NeedsTpm(snapshot, decision.Task!) ? decision with { Kind = BootKind.Agent, Reason = "the machine proves its TPM before its installer starts" } : decision;
    }

    /// <summary>Whether nothing of this task is given without the machine's TPM.</summary>
    public static bool NeedsTpm(StateSnapshot snapshot, InstallTask task) => snapshot.WithholdsFrom(task, null) is not null;

    private static BootDecision Of(InstallTask? found) => found switch
    {
        null => new(BootKind.Agent, "no task asks for this machine", null),
        { Status: TaskState.Pending } task => new(BootKind.Agent, "the task waits for its approval", task),
        { Status: TaskState.Failed } task => new(BootKind.Agent, "the task failed and waits for a retry", task),
        { Status: TaskState.Approved, Plan.Installer: not null } task => new(BootKind.Installer, "the task is approved", task),
        { Status: TaskState.Approved } task => new(BootKind.AgentWithTask, "the task is approved", task),
        { Status: TaskState.Installing, AwaitingFirstBoot: false, Plan.Installer: not null } task => new(BootKind.Installer, "the installation goes on", task),
        { Status: TaskState.Installing, AwaitingFirstBoot: false } task => new(BootKind.AgentWithTask, "the installation goes on", task),
        { Status: TaskState.Installing } task => new(BootKind.LocalDisk, "installed, first start of the new system", task),
        { Status: TaskState.Completed } task => new(BootKind.LocalDisk, "installed", task),
        { Status: TaskState.Rejected } task => new(BootKind.LocalDisk, "the task was rejected", task),
        { Status: TaskState.Cancelled } task => new(BootKind.LocalDisk, "the task was cancelled", task),
        var task => throw new InvalidOperationException($"Task state {task.Status} has no boot decision."),
    };

    /// <summary>By its serial number, by that of its task, or, where it does not tell one, by any MAC that a decommissioned machine is known by.</summary>
    private static bool IsDecommissioned(StateSnapshot snapshot, string idc, BootRequest request, InstallTask? task) =>
        (request.Serial is { } serial ? snapshot.Machine(idc, serial)?.IsDecommissioned == true : request.Mac is { } mac && snapshot.WithMac(idc, mac).Any(machine => machine.IsDecommissioned))
        || (task is not null && snapshot.Machine(idc, task.Sn)?.IsDecommissioned == true);

    private static InstallTask? FindTask(StateSnapshot snapshot, string idc, BootRequest request)
    {
        string[] macs = request.Mac is { } mac ? [mac] : [];
        var direct = snapshot.FindTask(idc, request.Serial, macs)?.Task;
        return direct is not null && !TaskLifecycle.IsOver(direct.Status) ? direct : FindTask(snapshot, idc, request, macs, direct);
    }

    private static InstallTask? FindTask(StateSnapshot snapshot, string idc, BootRequest request, string[] macs, InstallTask? direct)
    {
        // Booted from another interface than the task names: by way of the hardware that was reported with both.
        var viaHardware = macs.SelectMany(m => snapshot.WithMac(idc, m))
            .Where(machine => request.Serial is null || machine.Key.Sn == request.Serial)
            .Concat(request.Serial is { } serial && snapshot.Machine(idc, serial) is { } own ? [own] : [])
            .Select(machine => snapshot.FindTask(idc, machine.Key.Sn, machine.Macs())?.Task)
            .OfType<InstallTask>()
            .OrderBy(task => TaskLifecycle.IsOver(task.Status))
            .FirstOrDefault();
        return viaHardware is not null && (direct is null || !TaskLifecycle.IsOver(viaHardware.Status)) ? viaHardware : direct;
    }
}
