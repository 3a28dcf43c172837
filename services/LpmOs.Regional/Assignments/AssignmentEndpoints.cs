using System.ComponentModel;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Regional.Operations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Regional.Assignments;

/// <summary><c>GET /api/v1/task/{sn}</c>: stage 3. With <c>?wait=30</c> the call stays open until there is a task or the time is over.</summary>
internal static class AssignmentEndpoints
{
    /// <summary>Seconds; longer ones are cut by proxies on the way.</summary>
    private const int LongestWait = 60;

    public static void MapAssignments(this RouteGroupBuilder api) =>
        api.MapGet("/task/{sn}", GetAsync).WithName("getAssignedTask").WithSummary("The approved task of a machine; waits for it with ?wait=seconds")
            .WithDescription("Stage 3. Answers with 404 `No task assigned yet` until the task is approved; a call that waits is answered at once when it is, or, where thousands are approved together, when those that have begun are served.")
            .ProducesProblem(400).ProducesProblem(403).ProducesProblem(404);

    private static async Task<Results<Ok<AssignedTask>, ProblemHttpResult>> GetAsync(string sn, [AsParameters] AgentCall call, StartPace pace, IHostApplicationLifetime lifetime, CancellationToken cancellationToken, [Description("Seconds to stay open until there is a task, 0 to 60. Default: 0.")] int? wait = null, [Description("MAC that the machine booted from: tells two machines with one serial number apart.")] string? mac = null)
    {
        var errors = new FieldErrors();
        errors.Sn(sn);
        errors.Check("wait", wait is null or (>= 0 and <= LongestWait), wait?.ToString(System.Globalization.CultureInfo.InvariantCulture), $"0 to {LongestWait} seconds");
        var machineMac = mac is null ? null : errors.Mac(mac);
        errors.ThrowIfAny();
        var identity = machineMac is null ? null : new MachineIdentity { Mac = machineMac };
        await call.EnterAsync(sn, cancellationToken);
        using var presence = call.Presence.Hold(sn);
        using var change = call.State.Signals.Register(call.Site.Idc, sn);
        var (patience, began) = (TimeSpan.FromSeconds(wait ?? 0), call.Time.GetTimestamp());
        using var held = new HeldCall(change, patience, call.Time, lifetime.ApplicationStopping, cancellationToken);
        // Who does not wait is answered at once.
        var mayBegin = patience == TimeSpan.Zero;
        while (true)
        {
            // Before the look, so that an approval in between is not missed.
            change.Again();
            var machine = call.FindTask(sn);
            var other = Other(call, machine, sn, identity);
            if (machine?.Task is { Status: TaskState.Approved or TaskState.Installing, AwaitingFirstBoot: false } task && !Workflow.IsAtWorkElsewhere(task, sn) && other is null)
            {
                if (!mayBegin && task.Status == TaskState.Approved && !pace.TryBegin())
                {
                    mayBegin = await pace.BeginAsync(patience - call.Time.GetElapsedTime(began), lifetime.ApplicationStopping, cancellationToken);
                    if (!mayBegin)
                        return Problems.Of(StatusCodes.Status404NotFound, AgentProblems.NoTaskAssigned, "No task assigned yet", $"Task {task.TaskId} is approved; the machine may begin when those that have begun are served.");
                    continue; // The task may have changed meanwhile.
                }
                call.Bind(task);
                return TypedResults.Ok(Assigned(task));
            }
            var code = Code(machine, sn, other);
            if (wait is null or 0 || call.TellOfShell(sn) || code == AgentProblems.AwaitingFirstBoot || !await change.Changed)
                return Problems.Of(StatusCodes.Status404NotFound, code, "No task assigned yet", other ?? WhyNone(machine, sn));
        }
    }

    private static AssignedTask Assigned(InstallTask task) => new()
    {
        TaskId = task.TaskId, Sn = task.Sn, Mac = task.Mac, Status = task.Status, Attempt = task.Attempt, LastSequence = task.LastSequence, Percent = task.Percent,
        OsType = task.OsType, OsVersion = task.OsVersion, Hostname = task.Hostname,
    };

    private static string? Other(AgentCall call, MachineView? machine, string sn, MachineIdentity? identity) =>
        identity is not null && machine?.Task is { } task ? Workflow.WhyOther(task, identity, call.Snapshot.Machine(call.Site.Idc, sn)?.Inventory) : null;

    private static string Code(MachineView? machine, string sn, string? other) =>
        machine?.Task is { Status: TaskState.Installing, AwaitingFirstBoot: true } task && !Workflow.IsAtWorkElsewhere(task, sn) && other is null ? AgentProblems.AwaitingFirstBoot : AgentProblems.NoTaskAssigned;

    private static string WhyNone(MachineView? machine, string sn) => machine?.Task switch
    {
        null => $"No task asks for {sn} yet.",
        { Status: TaskState.Pending } task => $"Task {task.TaskId} waits for its approval.",
        { } task when Workflow.IsAtWorkElsewhere(task, sn) => $"Task {task.TaskId} is being installed on {task.MachineSn ?? task.Sn}, with which this machine shares a MAC.",
        { AwaitingFirstBoot: true } task => $"Task {task.TaskId} is installed; the machine is to boot its disk now.",
        var task => $"The last task of this machine, {task.TaskId}, is {task.Status.ToString().ToLowerInvariant()}.",
    };
}
