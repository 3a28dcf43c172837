using LpmOs.Core.Snapshot;

namespace LpmOs.Tasks.Lists;

/// <summary>A machine with what follows from others about it.</summary>
/// <param name="Unmatched">Reported hardware for which there is no task.</param>
/// <param name="Linked">Hardware whose task is under another serial number, so it is counted there.</param>
internal sealed record MachineRow(MachineView View, bool Unmatched, bool Linked)
{
    public static MachineRow Of(StateSnapshot snapshot, MachineView view)
    {
        if (view is not { Inventory: not null, Task: null })
            return new MachineRow(view, Unmatched: false, Linked: false);
        var asked = snapshot.FindTask(view.Key.Idc, view.Key.Sn, view.Macs()) is not null;
        return new MachineRow(view, Unmatched: !asked, Linked: asked && view.Server is null);
    }
}
