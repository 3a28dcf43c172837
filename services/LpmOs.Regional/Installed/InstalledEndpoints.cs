using LpmOs.Contracts;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Lifecycle;
using LpmOs.Core.Hosting;
using LpmOs.Core.Security;
using LpmOs.Regional.Documents;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Regional.Installed;

/// <summary><c>POST /api/v1/installed</c>: stage 5, the new system's own call at its first boot. Nothing else completes a task.</summary>
internal static class InstalledEndpoints
{
    public static void MapInstalled(this RouteGroupBuilder api) =>
        api.MapPost("/installed", InstalledAsync).WithName("reportInstalled").WithSummary("The installed system calls home at its first boot")
            .WithDescription("Stage 5. Needs the token that the installation left on the disk. Nothing else completes a task.").WithExamples(Examples.Installed)
            .WithMetadata(new MachineTokenFilter.OwnToken()).Accepts<InstalledReport>("application/json")
            .ProducesProblem(400).ProducesProblem(401).ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);

    private static async Task<Ok<Acknowledgement>> InstalledAsync([AsParameters] AgentCall call, TaskStore tasks, AgentTrace trace, CancellationToken cancellationToken)
    {
        var report = await RequestBody.RequireAsync(call.Http.Request, ContractsJson.Default.InstalledReport, cancellationToken);
        Validate(report);
        var claims = MachineTokens.Verify(report.Token ?? MachineTokenFilter.Bearer(call.Http), call.Snapshot.MachineTokenKey.Span, call.Time.GetUtcNow());
        if (claims is null || claims.Purpose != MachineTokens.FirstBootPurpose || claims.Idc != call.Site.Idc || claims.TaskId != report.TaskId)
            throw new RefusedRequestException(StatusCodes.Status401Unauthorized, "invalid_token", "The token is not valid", "This call needs the token that the installation left on the new system's disk.");
        var machine = call.Snapshot.WithTask(report.TaskId) ?? throw RefusedRequestException.TaskNotFound($"There is no task {report.TaskId}; a newer one may have taken its place.");
        call.Presence.Contact(machine.Task!.MachineSn ?? machine.Key.Sn);
        var (message, completed) = await tasks.ChangeAsync(machine.Key.Idc, machine.Key.Sn, task => Decide(task, report, claims, call.Time.GetUtcNow()), cancellationToken);
        if (completed)
        {
            trace.FirstBoot(call, machine.Task!.MachineSn ?? machine.Key.Sn, report.TaskId, report.Kernel);
            Log.Installed(call.Logger, call.Site.Idc, machine.Key.Sn, report.TaskId);
        }
        return TypedResults.Ok(new Acknowledgement { Message = message });
    }

    private static TaskDecision<(string Message, bool Completed)> Decide(InstallTask? task, InstalledReport report, TokenClaims claims, DateTimeOffset now)
    {
        if (task is null || task.TaskId != report.TaskId)
            throw RefusedRequestException.TaskNotFound($"There is no task {report.TaskId}; a newer one may have taken its place.");
        if (claims.Attempt != task.Attempt)
            throw new RefusedRequestException(StatusCodes.Status409Conflict, "old_attempt", "This attempt is over", $"The call is of attempt {claims.Attempt}; the task is at attempt {task.Attempt}.");
        if (task.Status == TaskState.Completed)
            return new(null, ("The task was completed before", false));
        if (task.DryRun != report.DryRun)
            throw new RefusedRequestException(StatusCodes.Status409Conflict, "dry_run_mismatch", "A dry run cannot stand for an installation, nor the other way round");
        if (!task.AwaitingFirstBoot || TaskTransitions.Complete(task, Describe(report), now) is not { } completed)
            throw new RefusedRequestException(StatusCodes.Status409Conflict, "not_awaiting_first_boot", "The task does not wait for a first boot", $"It is {task.Status.ToString().ToLowerInvariant()}, and its installation has not ended.");
        return new(completed, ("The task is completed", true));
    }

    private static string Describe(InstalledReport report) =>
        report.DryRun ? "Dry run ended; no disk was touched" : $"The new system came up: {report.Hostname ?? "no host name"}, kernel {report.Kernel ?? "unknown"}";

    private static void Validate(InstalledReport report)
    {
        var errors = new FieldErrors();
        errors.Sn(report.Sn);
        errors.TaskId(report.TaskId);
        errors.Length("hostname", report.Hostname, 253);
        errors.Length("machine_id", report.MachineId, 64);
        errors.Length("kernel", report.Kernel, 128);
        errors.ThrowIfAny();
    }
}
