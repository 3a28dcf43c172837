using System.Collections.Concurrent;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Boots;
using LpmOs.Core.Snapshot;

namespace LpmOs.Regional;

/// <summary>Agents' calls on the timeline of their machine's boot. Only what is new is noted: an agent that waits asks again and again.</summary>
internal sealed class AgentTrace(BootRecorder recorder, TimeProvider time)
{
    private const int MostRemembered = 20_000;

    private readonly ConcurrentDictionary<string, BootEvent> _last = new(StringComparer.Ordinal);

    public void Reported(AgentCall call, string sn, string mac, string? taskId) =>
        Note(call, sn, mac, new BootEvent { At = time.GetUtcNow(), Source = BootEventNames.Agent, Event = BootEventNames.AgentReport, TaskId = taskId, Reason = taskId is null ? "no task asks for this machine yet" : null }, always: true);

    /// <param name="operation">Given to the agent.</param>
    public void Given(AgentCall call, string sn, string taskId, string operation) =>
        Note(call, sn, null, new BootEvent { At = time.GetUtcNow(), Source = BootEventNames.Agent, Event = BootEventNames.AgentOperation, TaskId = taskId, Operation = operation }, always: false);

    public void Ended(AgentCall call, string sn, string taskId, string operation, bool success, string? message) => Note(call, sn, null, new BootEvent
    {
        At = time.GetUtcNow(), Source = BootEventNames.Agent, Event = BootEventNames.AgentResult, TaskId = taskId, Operation = operation, Success = success, Reason = success ? null : FirstLine(message),
    }, always: false);

    public void FirstBoot(AgentCall call, string sn, string taskId, string? kernel) => Note(call, sn, null, new BootEvent
    {
        At = time.GetUtcNow(), Source = BootEventNames.System, Event = BootEventNames.FirstBoot, TaskId = taskId, Reason = FirstLine(kernel),
    }, always: false);

    /// <summary>Whether an installer's hook calls, and not the agent: its token came with the boot script of this task, which starts the installer.</summary>
    public static bool IsInstaller(AgentCall call, InstallTask task) =>
        task.Plan?.Installer is not null && MachineTokenFilter.Claims(call.Http) is { TaskId: { } id, Attempt: { } attempt } && id == task.TaskId && attempt == task.Attempt;

    /// <summary>An installer's hook asked what to do, perhaps after it told how its work ended.</summary>
    public void Installer(AgentCall call, string sn, string taskId, CompletedOperation? completed, NextOperation answer)
    {
        if (completed is { Success: false })
            Installer(call, sn, taskId, BootEventNames.InstallerError, false, completed.Message);
        else if (completed is not null)
            Installer(call, sn, taskId, BootEventNames.InstallerEnd, true, null);
        else if (answer.Operation == OperationNames.Wait)
            Installer(call, sn, taskId, BootEventNames.InstallerWait, true, answer.Message);
        else
            Installer(call, sn, taskId, BootEventNames.InstallerBegin, answer.Operation == OperationNames.OsInstall, answer.Message);
    }

    /// <summary>A phase of an installation that is not the agent's, told once: an installer's log goes on to say the same step with other words.</summary>
    public void Installer(AgentCall call, string sn, string taskId, string phase, bool success, string? message)
    {
        if (_last.TryGetValue(sn, out var last) && last.Event == BootEventNames.InstallerReport && (last.TaskId, last.Operation, last.Success) == (taskId, phase, success))
            return;
        Note(call, sn, null, new BootEvent
        {
            At = time.GetUtcNow(), Source = BootEventNames.Installer, Event = BootEventNames.InstallerReport, TaskId = taskId, Operation = phase, Success = success, Reason = FirstLine(message),
        }, always: false);
    }

    private void Note(AgentCall call, string sn, string? mac, BootEvent happened, bool always)
    {
        if (!always && _last.TryGetValue(sn, out var last) && last.Repeats(happened))
            return;
        if (_last.Count >= MostRemembered)
            _last.Clear();
        _last[sn] = happened;
        // The boot script's token tells the interface that was booted from; the hardware's own MAC is that one too, as far as the agent could see.
        if ((MachineTokenFilter.Claims(call.Http)?.Mac ?? mac ?? MacOf(call.Snapshot.Machine(call.Site.Idc, sn))) is { } known)
            recorder.Note(known, happened, sn);
    }

    private static string? MacOf(MachineView? machine) => machine?.Hardware?.Macs.First() ?? machine?.Task?.Mac ?? machine?.Server?.Mac;

    private static string? FirstLine(string? text) => text?.Split('\n')[0] is { Length: > 0 } line ? string.Concat(line[..Math.Min(line.Length, 160)].Where(c => !char.IsControl(c))) : null;
}
