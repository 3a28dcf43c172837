using LpmOs.Contracts;
using LpmOs.Contracts.Agents;
using LpmOs.Core.Domain;
using LpmOs.Core.Hosting;
using LpmOs.Regional.Documents;
using LpmOs.Regional.Logs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Regional.Progress;

/// <summary><c>POST /api/v1/progress</c>.</summary>
internal static class ProgressEndpoints
{
    private const int LongestMessage = 2000;

    public static void MapProgress(this RouteGroupBuilder api) =>
        api.MapPost("/progress", ReportAsync).WithMetadata(new MachineTokenFilter.MayHaveExpired()).WithName("reportProgress").WithSummary("Progress of a machine; the answer says whether to go on")
            .WithDescription("All stages. `percent` never goes backwards, and a replay changes nothing. Without a task the answer is 202. The directive `abort` ends the agent's work.").WithExamples(Examples.Progress)
            .Accepts<ProgressReport>("application/json").ProducesProblem(400).ProducesProblem(403).ProducesProblem(404).ProducesProblem(503);

    private static async Task<Results<Ok<ProgressAnswer>, Accepted<ProgressAnswer>>> ReportAsync(
        [AsParameters] AgentCall call, TaskStore tasks, LogStore logs, AgentTrace trace, CancellationToken cancellationToken)
    {
        var report = await RequestBody.RequireAsync(call.Http.Request, ContractsJson.Default.ProgressReport, cancellationToken);
        Validate(report);
        await call.EnterAsync(report.Sn, cancellationToken);
        var machine = report.TaskId is null ? call.FindTask(report.Sn) : await call.RequireTaskAsync(report.Sn, report.TaskId, cancellationToken);
        Log.ProgressUpdate(call.Logger, call.Site.Idc, report.Sn, report.Step, report.Percent);
        if (machine is null)
            return TypedResults.Accepted((string?)null, new ProgressAnswer { Message = "No task asks for this machine yet", Directive = Directives.Continue });
        if (AgentTrace.IsInstaller(call, machine.Task!))
            trace.Installer(call, report.Sn, machine.Task!.TaskId, report.Step, true, report.Message);
        var settings = call.Snapshot.Settings(call.Site.Idc);
        // The copy is enough to hear a sign of life: nothing is decided, and a cancelled task shows in it as soon as anywhere.
        if (ProgressRules.IsNotWorthWriting(machine.Task!, report, settings, call.Time.GetUtcNow()))
            return TypedResults.Ok(ProgressRules.GoOn);
        var recent = logs.Recent(machine.Task!.TaskId);
        var answer = await tasks.ChangeAsync(machine.Key.Idc, machine.Key.Sn, task => ProgressRules.Decide(task, report, recent, settings, call.Time.GetUtcNow()), cancellationToken);
        return TypedResults.Ok(answer);
    }

    private static void Validate(ProgressReport report)
    {
        var errors = new FieldErrors();
        errors.Sn(report.Sn);
        if (report.TaskId is not null)
            errors.TaskId(report.TaskId);
        errors.Check("step", report.Step is { Length: > 0 and <= 64 } && report.Step.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'), report.Step, "1 to 64 letters, digits, '_' or '-'");
        errors.Check("percent", report.Percent is >= 0 and <= 100, report.Percent.ToString(System.Globalization.CultureInfo.InvariantCulture), "0 to 100");
        errors.Length("message", report.Message, LongestMessage);
        errors.ThrowIfAny();
    }
}
