using System.Text;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Lifecycle;
using LpmOs.Core.Domain.Planning;
using LpmOs.Core.Domain.Sites;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;

namespace LpmOs.Regional.Operations;

/// <summary>What the workflow looks at beside the task and the request.</summary>
internal sealed record WorkflowInput(StateSnapshot Snapshot, Inventory? Hardware, OsCatalog Catalog, SiteTemplates Templates, DateTimeOffset Now)
{
    /// <summary>A free place for an installation, where the IDC limits them; null where it does not.</summary>
    public int? Slot { get; init; }
    /// <summary>The IDC limits installations, and every place is taken.</summary>
    public bool Full { get; init; }
    /// <summary>Whether a task that is before this one, and could begin, may still keep it waiting; null: it may.</summary>
    public Func<string, bool>? Holds { get; init; }
}

/// <summary>
/// The order of an installation, as a pure function. The agent only asks and obeys; asking twice gives the same operation again,
/// and reporting one twice changes nothing.
/// </summary>
internal static class Workflow
{
    private const int WaitSeconds = 10;

    public static IReadOnlyList<string> Known { get; } =
        [OperationNames.HardwareConfig, OperationNames.NetworkConfig, OperationNames.OsInstall, OperationNames.Reboot, OperationNames.Complete, OperationNames.Wait];

    public static TaskDecision<NextOperation> Next(InstallTask? task, NextOperationRequest request, WorkflowInput input)
    {
        if (task is null || task.TaskId != request.TaskId)
            throw RefusedRequestException.TaskNotFound($"There is no task {request.TaskId} for {request.Sn}; a newer one may have taken its place.");
        if (request.Attempt is { } attempt && attempt != task.Attempt)
            throw new RefusedRequestException(StatusCodes.Status409Conflict, "old_attempt", "This attempt is over", $"The task is at attempt {task.Attempt}, not {attempt}. Ask for the task again.");
        return task.Status switch
        {
            TaskState.Approved => Begin(task, request, input),
            TaskState.Installing => Advance(task, request, input),
            TaskState.Pending => new(null, Wait(task, "The task waits for its approval.")),
            _ => new(null, Answer(task, OperationNames.Complete, $"The task is {task.Status.ToString().ToLowerInvariant()}; there is nothing more to do.")),
        };
    }

    /// <summary>An installation belongs to the machine that began it. Another one with the same MAC would get a plan for disks that are not its own.</summary>
    public static bool IsAtWorkElsewhere(InstallTask task, string sn) => task.Status == TaskState.Installing && (task.MachineSn ?? task.Sn) != sn;

    /// <summary>Two machines with one serial number: why the one that asks is not the one that the task is for; null where nothing speaks against it.</summary>
    public static string? WhyOther(InstallTask task, MachineIdentity? machine, Inventory? hardware)
    {
        if (machine is null)
            return null;
        if (task.Status == TaskState.Installing)
            return task.Machine is { } begun && begun.IsOther(machine) ? $"{task.TaskId} was begun by the machine with MAC {begun.Mac}; this one with the same serial number has {machine.Mac}." : null;
        if (hardware is not null && MachineIdentity.Of(hardware).IsOther(machine))
            return $"The hardware on record for {task.Sn} is that of the machine with MAC {hardware.MacAddress}; this one with the same serial number has {machine.Mac}.";
        if (hardware?.SerialConflict is { } conflict && !machine.Knows(task.Mac))
            return $"Two machines report the serial number {task.Sn} (MAC {machine.Mac} and {conflict.Machine.Mac}), and {task.TaskId} names {task.Mac}, which is not this one's.";
        return null;
    }

    private static RefusedRequestException SerialConflict(string why) => new(StatusCodes.Status409Conflict, AgentProblems.SerialNumberConflict, "Two machines have the same serial number",
        $"{why} Give each machine a serial number of its own (BIOS setup, or the vendor's tool), then restart it.");

    private static TaskDecision<NextOperation> Begin(InstallTask task, NextOperationRequest request, WorkflowInput input)
    {
        if (WhyOther(task, request.Machine, input.Hardware) is { } other)
            throw SerialConflict(other);
        if (request.Sn != task.Sn && task.MachineSn is null && input.Snapshot.Machine(task.Idc, task.Sn) is { Hardware: not null })
            return new(null, Wait(task, $"{task.TaskId} is for {task.Sn}, which has reported its hardware; this machine only shares a MAC with it."));
        if (request is { DryRun: false } && request.Sn != task.Sn && task.Approval?.PlanHash is null)
        {
            // Nobody has seen this machine's disks: a mistyped MAC would erase a machine that was never meant.
            var stranger = $"The approval was for {task.Sn}, whose hardware was not known; the machine with its MAC says that it is {request.Sn}. Look at the plan and approve again, or correct the task.";
            var unseen = TaskTransitions.VoidApproval(task, stranger, input.Now)!;
            return new(unseen, Wait(unseen, stranger));
        }
        if (task.Approval?.PlanHash is null && input.Snapshot.Rival(task) is { } rival)
        {
            var ambiguous = $"The approval was for hardware that nobody had seen; {rival.Key.Sn}, which has the MAC {task.Mac} too, was heard of before {request.Sn}. See which of them is meant.";
            var open = TaskTransitions.VoidApproval(task, ambiguous, input.Now)!;
            return new(open, Wait(open, ambiguous));
        }
        if (Queue.WhyNot(input.Snapshot, task, input.Now, input.Holds) is { } why)
            return new(null, Wait(task, why));
        // Without a place where they are limited: the task was looked up before its approval was seen here. The next question brings one.
        if (input.Full || (input.Slot is null && input.Snapshot.Settings(task.Idc).MaxInstallations is not null))
            return new(null, Wait(task, $"Every place for installations in {task.Idc} is taken."));
        var outcome = Planner.Plan(task, input.Hardware, PlanningInput.Of(input.Snapshot, task.Idc, input.Catalog, input.Templates));
        if (PlanDrift.Since(task, outcome) is { } drift)
        {
            var pending = TaskTransitions.VoidApproval(task, drift, input.Now)!;
            return new(pending, Wait(pending, drift));
        }
        var plan = outcome.Plan;
        if (plan is null && !request.DryRun)
            return Failed(task, outcome.Problems[0], input.Now);
        var started = TaskTransitions.Start(task, input.Now)!;
        started = TaskProgress.Record(started, ProgressSteps.InstallStart, ProgressSteps.Percent[ProgressSteps.InstallStart], "The installation begins", input.Now);
        var handed = Hand(started with { Plan = plan, DryRun = request.DryRun, Slot = input.Slot, MachineSn = request.Sn == task.Sn ? null : request.Sn, Machine = request.Machine }, OperationsOf(plan)[0], input.Now);
        return input.Slot is not { } slot ? handed : handed with
        {
            Requires = [new StoreCompare(Keys.Slot(task.Idc, slot), 0)],
            Also = [StoreWrite.Put(Keys.Slot(task.Idc, slot), Encoding.UTF8.GetBytes(task.TaskId))],
        };
    }

    private static TaskDecision<NextOperation> Advance(InstallTask task, NextOperationRequest request, WorkflowInput input)
    {
        if (IsAtWorkElsewhere(task, request.Sn))
            throw new RefusedRequestException(StatusCodes.Status409Conflict, "at_work_elsewhere", "Another machine carries out the task", $"{task.TaskId} is being installed on {task.MachineSn ?? task.Sn}; {request.Sn} shares a MAC with it.");
        if (WhyOther(task, request.Machine, input.Hardware) is { } other)
            throw SerialConflict(other);
        if (request.DryRun != task.DryRun)
            throw new RefusedRequestException(StatusCodes.Status409Conflict, "dry_run_mismatch", "A dry run cannot stand for an installation, nor the other way round", $"{task.TaskId} was begun {(task.DryRun ? "as a dry run" : "as an installation")}.");
        var operations = OperationsOf(task.Plan);
        var present = task.Operations.Count > 0 ? task.Operations[^1] : null;
        if (present is null)
            return Hand(task, operations[0], input.Now);
        if (request.Completed is not { } completed || completed.Operation != present.Operation || present.FinishedAt is not null)
            return present.FinishedAt is null
                ? new(null, Answer(task, present.Operation, "Go on"))
                : new(null, Answer(task, OperationNames.Complete, "The machine is to boot its new system."));

        var done = task with
        {
            Operations = [.. task.Operations.SkipLast(1), present with { FinishedAt = input.Now, Success = completed.Success, Message = completed.Message }],
            UpdatedAt = input.Now,
        };
        if (!completed.Success)
            return Failed(done, new TaskFailure { Code = completed.Code ?? "operation_failed", Message = completed.Message ?? $"{completed.Operation} failed without a message.", Advice = completed.Advice, DiskState = completed.DiskState }, input.Now);
        var next = operations.SkipWhile(operation => operation != completed.Operation).Skip(1).FirstOrDefault();
        // Until the last of what is done to the disk is done, a restarted agent goes on with it.
        if (completed.Operation is OperationNames.OsInstall or OperationNames.NetworkConfig && next is null or OperationNames.Reboot)
        {
            done = TaskProgress.Record(done, ProgressSteps.Finalizing, ProgressSteps.Percent[ProgressSteps.Finalizing], "Installed; waiting for the new system's first call", input.Now)
                with { AwaitingFirstBoot = true };
        }
        return next is null
            ? new(done, Answer(done, OperationNames.Complete, "The machine is to boot its new system."))
            : Hand(done, next, input.Now);
    }

    private static TaskDecision<NextOperation> Hand(InstallTask task, string operation, DateTimeOffset now)
    {
        var handed = task with { Operations = [.. task.Operations, new OperationRecord { Operation = operation, StartedAt = now }], UpdatedAt = now };
        return new(handed, Answer(handed, operation, null));
    }

    private static TaskDecision<NextOperation> Failed(InstallTask task, TaskFailure failure, DateTimeOffset now)
    {
        var failed = TaskTransitions.Fail(task, failure, "agent", now)!;
        return new(failed, Answer(failed, OperationNames.Complete, $"The task failed: {failure.Message}"));
    }

    /// <summary>A dry run may have no plan (no image, no disk that fits): it then walks through the operations that every plan has.</summary>
    private static IReadOnlyList<string> OperationsOf(InstallPlan? plan) => plan?.Operations ?? [OperationNames.OsInstall, OperationNames.Reboot];

    private static NextOperation Wait(InstallTask task, string message) => Answer(task, OperationNames.Wait, message) with { RetryAfterSeconds = WaitSeconds };

    private static NextOperation Answer(InstallTask task, string operation, string? message) => new()
    {
        Operation = operation, TaskId = task.TaskId, Attempt = task.Attempt, Message = message,
        Plan = operation is OperationNames.OsInstall or OperationNames.HardwareConfig or OperationNames.NetworkConfig ? task.Plan : null,
    };
}
