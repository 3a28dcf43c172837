using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Core.Domain;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Regional.Presence;

namespace LpmOs.Regional;

/// <summary>What every agents' call has in common: the site, its watched copy, and that the machine is in contact.</summary>
internal sealed record AgentCall(Site Site, WatchedState State, IStateStore Store, MachinePresence Presence, TimeProvider Time, HttpContext Http, ILogger<AgentCall> Logger)
{
    public StateSnapshot Snapshot => State.Current;

    /// <summary>The machine that has the task of this serial number: its own, or one linked through a MAC that it reported.</summary>
    public MachineView? FindTask(string sn) => Snapshot.FindTask(Site.Idc, sn, Snapshot.Machine(Site.Idc, sn)?.Macs() ?? []);

    /// <summary>Notes the contact.</summary>
    /// <exception cref="RefusedRequestException">The token that was shown belongs to another machine.</exception>
    public void Enter(string sn)
    {
        if (MachineTokenFilter.Claims(Http) is { } claims && !MachineTokenFilter.SpeaksFor(claims, sn, Snapshot))
        {
            Log.TokenRefused(Logger, Site.Idc, sn);
            throw new RefusedRequestException(StatusCodes.Status403Forbidden, "token_of_another_machine", "The token belongs to another machine");
        }
        Presence.Contact(sn);
    }

    /// <summary>The machine whose task has this id, if the serial number is the task's or of the hardware linked to it.</summary>
    /// <exception cref="RefusedRequestException">404 "Task not found".</exception>
    /// <exception cref="StoreUnavailableException">The copy knows no such task, and the store cannot be asked.</exception>
    public async Task<MachineView> RequireTaskAsync(string sn, string taskId, CancellationToken cancellationToken)
    {
        var machine = FindTask(sn);
        if (machine?.Task?.TaskId == taskId)
            return machine;
        // An agent at work takes "not found" for the order to stop: that is only said of what the store itself holds, not of a copy that lags or is cut off.
        if (await Store.GetAsync(Keys.Task(Site.Idc, sn), cancellationToken) is { } entry
            && JsonSerializer.Deserialize(entry.Value.Span, ContractsJson.Default.InstallTask) is { } task && task.TaskId == taskId)
            return new MachineView(new MachineKey(Site.Idc, sn)) { Task = task, TaskRevision = entry.ModRevision };
        throw RefusedRequestException.TaskNotFound($"{Site.Idc} has no task {taskId} for {sn}; a newer one may have taken its place.");
    }
}
