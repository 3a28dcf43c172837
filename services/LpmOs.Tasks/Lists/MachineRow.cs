using LpmOs.Contracts.Tasks;
using LpmOs.Core.Snapshot;
using LpmOs.Tasks.Machines;

namespace LpmOs.Tasks.Lists;

/// <summary>A machine with what follows from others about it.</summary>
/// <param name="Task">Its own task, or one under another serial number that asks for it by a MAC.</param>
internal sealed record MachineRow(MachineView View, InstallTask? Task)
{
    /// <summary>Reported hardware for which there is no task.</summary>
    public bool Unmatched => View.Hardware is not null && Task is null;

    /// <summary>Hardware whose task is under another serial number, so it is counted there.</summary>
    public bool Linked => View is { Hardware: not null, Task: null, Server: null } && Task is not null;

    public static MachineRow Of(StateSnapshot snapshot, MachineView view) => new(view, MachineFacts.TaskFor(snapshot, view));
}
