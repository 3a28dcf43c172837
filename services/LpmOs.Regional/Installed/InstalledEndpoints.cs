using LpmOs.Contracts;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Lifecycle;
using LpmOs.Core.Hosting;
using LpmOs.Core.Security;
using LpmOs.Regional.Documents;
using LpmOs.Regional.Logs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Regional.Installed;

/// <summary><c>POST /api/v1/installed</c>: stage 5, the new system's own call at its first boot. Nothing else completes a task.</summary>
internal static class InstalledEndpoints
{
    private const string ScriptFailed = "script_failed";

    public static void MapInstalled(this RouteGroupBuilder api) =>
        api.MapPost("/installed", InstalledAsync).WithName("reportInstalled").WithSummary("The installed system calls home at its first boot")
            .WithDescription("Stage 5. Needs the token that the installation left on the disk. Nothing else completes a task.").WithExamples(Examples.Installed)
            .WithMetadata(new MachineTokenFilter.OwnToken()).Accepts<InstalledReport>("application/json")
            .ProducesProblem(400).ProducesProblem(401).ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);

    private static async Task<Ok<Acknowledgement>> InstalledAsync([AsParameters] AgentCall call, TaskStore tasks, LogStore logs, AgentTrace trace, CancellationToken cancellationToken)
    {
        var report = await RequestBody.RequireAsync(call.Http.Request, ContractsJson.Default.InstalledReport, cancellationToken);
        Validate(report);
        var claims = MachineTokens.Verify(report.Token ?? MachineTokenFilter.Bearer(call.Http), call.Snapshot.MachineTokenKey.Span, call.Time.GetUtcNow());
        if (claims is null || claims.Purpose != MachineTokens.FirstBootPurpose || claims.Idc != call.Site.Idc || claims.TaskId != report.TaskId)
            throw new RefusedRequestException(StatusCodes.Status401Unauthorized, "invalid_token", "The token is not valid", "This call needs the token that the installation left on the new system's disk.");
        var machine = call.Snapshot.WithTask(report.TaskId) ?? throw RefusedRequestException.TaskNotFound($"There is no task {report.TaskId}; a newer one may have taken its place.");
        call.Presence.Contact(machine.Task!.MachineSn ?? machine.Key.Sn);
        // Before the decision: what ends a task is told with its log.
        if (ScriptOutput.Lines(report.Output) is { Count: > 0 } lines && claims.Attempt == machine.Task!.Attempt && machine.Task is { Status: TaskState.Installing, AwaitingFirstBoot: true })
            await logs.AppendAsync(machine.Task, new LogBatch { Sn = machine.Key.Sn, TaskId = report.TaskId, Lines = lines }, cancellationToken);
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
        // Told before; the machine did not hear our answer.
        if (report.FailedScript is not null && task is { Status: TaskState.Failed, Failure.Code: ScriptFailed })
            return new(null, ("The task has failed", false));
        if (task.DryRun != report.DryRun)
            throw new RefusedRequestException(StatusCodes.Status409Conflict, "dry_run_mismatch", "A dry run cannot stand for an installation, nor the other way round");
        if (task.AwaitingFirstBoot && report.FailedScript is { } script && TaskTransitions.Fail(task, Failure(script, report.ExitCode), "installed system", now) is { } failed)
            return new(failed, ("The task has failed", false));
        if (!task.AwaitingFirstBoot || report.FailedScript is not null || TaskTransitions.Complete(task, Describe(report), now) is not { } completed)
            throw new RefusedRequestException(StatusCodes.Status409Conflict, "not_awaiting_first_boot", "The task does not wait for a first boot", $"It is {task.Status.ToString().ToLowerInvariant()}, and its installation has not ended.");
        return new(completed, ("The task is completed", true));
    }

    private static TaskFailure Failure(string script, int? exitCode) => new()
    {
        Code = ScriptFailed, Message = $"The script '{script}' (first-boot) ended with code {exitCode?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "unknown"} in the new system, which is up.",
        Advice = "The task's log shows what it said. Correct the script in the profile, then make a new task; or finish by hand on the machine.",
    };

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
        errors.Length("output", report.Output, ScriptOutput.Longest);
        if (report.FailedScript is { } script)
            errors.Check("failed_script", script.Length is > 0 and <= 63 && script.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'), script, "the name of a script");
        errors.ThrowIfAny();
    }
}
