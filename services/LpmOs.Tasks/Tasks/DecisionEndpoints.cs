using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Documents;
using LpmOs.Tasks.Requests;
using LpmOs.Tasks.Validation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Tasks.Tasks;

/// <summary>Approve, reject, cancel, retry.</summary>
internal static class DecisionEndpoints
{
    public static void MapDecisions(this RouteGroupBuilder api)
    {
        var task = api.MapGroup("/tasks/{idc}/{sn}").WithTags(ApiTags.Approval).Allow(Permission.ApproveTasks);
        Describe(task.MapPost("/approve", ApproveAsync).WithName("approveTask").WithSummary("Approve: opens the way to the machine's disk")
            .WithDescription("Approving what is approved already is harmless. With `plan_hash` the approval holds only for the plan that was looked at.")
            .Accepts<ApproveRequest>(isOptional: true, "application/json").WithExamples(Examples.Approve));
        Describe(task.MapPost("/reject", RejectAsync).WithName("rejectTask").WithSummary("Reject: the machine is left alone")
            .WithDescription("Only a pending task can be rejected; it stays on record with the reason.")
            .Accepts<ReasonRequest>(isOptional: true, "application/json").WithExamples(Examples.Reject));
        Describe(task.MapPost("/cancel", CancelAsync).Allow(Permission.ChangeTasks).WithName("cancelTask").WithSummary("Cancel a task that is not over")
            .WithDescription("An agent that is at work stops at its next report.")
            .Accepts<ReasonRequest>(isOptional: true, "application/json").WithExamples(Examples.Cancel));
        Describe(task.MapPost("/retry", RetryAsync).Allow(Permission.ChangeTasks).WithName("retryTask").WithSummary("Retry a failed task: a new attempt, which needs its own approval")
            .WithDescription("The task is pending again; what the failed attempt did stays in its history.")
            .Accepts<ReasonRequest>(isOptional: true, "application/json").WithExamples(Examples.Retry));
    }

    private static void Describe(RouteHandlerBuilder route) =>
        route.ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);

    private static async Task<Ok<InstallTask>> ApproveAsync(string idc, string sn, HttpRequest request, Actor actor, TaskDecisions decisions, CancellationToken cancellationToken)
    {
        var machine = TaskLookup.Machine(idc, sn);
        var errors = new FieldErrors();
        var json = await JsonFields.ReadAsync(request, errors, optional: true, cancellationToken);
        var body = new ApproveRequest { Notes = json.Text("notes"), PlanHash = json.Text("plan_hash") };
        json.RefuseOthers();
        TaskRules.FreeText(errors, "notes", body.Notes, TaskRules.LongestNotes);
        if (body.PlanHash is not null)
            errors.Check("plan_hash", body.PlanHash.Length == 64 && body.PlanHash.All(char.IsAsciiHexDigitLower), body.PlanHash, "64 hexadecimal digits in lower case, as GET …/plan gives them");
        errors.ThrowIfAny();
        return TypedResults.Ok(await decisions.ApproveAsync(machine, body, actor, cancellationToken));
    }

    private static async Task<Ok<InstallTask>> RejectAsync(string idc, string sn, HttpRequest request, Actor actor, TaskDecisions decisions, CancellationToken cancellationToken) =>
        TypedResults.Ok(await decisions.RejectAsync(TaskLookup.Machine(idc, sn), await ReasonAsync(request, cancellationToken), actor, cancellationToken));

    private static async Task<Ok<InstallTask>> CancelAsync(string idc, string sn, HttpRequest request, Actor actor, TaskDecisions decisions, CancellationToken cancellationToken) =>
        TypedResults.Ok(await decisions.CancelAsync(TaskLookup.Machine(idc, sn), await ReasonAsync(request, cancellationToken), actor, cancellationToken));

    private static async Task<Ok<InstallTask>> RetryAsync(string idc, string sn, HttpRequest request, Actor actor, TaskDecisions decisions, CancellationToken cancellationToken) =>
        TypedResults.Ok(await decisions.RetryAsync(TaskLookup.Machine(idc, sn), await ReasonAsync(request, cancellationToken), actor, cancellationToken));

    private static async Task<string?> ReasonAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var json = await JsonFields.ReadAsync(request, errors, optional: true, cancellationToken);
        var reason = json.Text("reason");
        json.RefuseOthers();
        TaskRules.FreeText(errors, "reason", reason, TaskRules.LongestNotes);
        errors.ThrowIfAny();
        return reason;
    }
}
