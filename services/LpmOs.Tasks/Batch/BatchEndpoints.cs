using System.ComponentModel;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Domain.Lifecycle;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Documents;
using LpmOs.Tasks.Lists;
using LpmOs.Tasks.Requests;
using LpmOs.Tasks.Validation;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace LpmOs.Tasks.Batch;

/// <summary>Many tasks in one call.</summary>
internal static class BatchEndpoints
{
    public static void MapBatch(this RouteGroupBuilder api)
    {
        var batch = api.MapGroup("/tasks/batch").WithTags(ApiTags.Batch).Allow(Permission.ChangeTasks);
        batch.MapGet("/template", () => TypedResults.Text(BatchCsv.Template, "text/csv; charset=utf-8")).Allow(Permission.View).WithName("getBatchTemplate").WithSummary("A CSV file to fill in")
            .WithDescription("The header with every column, and one row as an example; in UTF-8 with a byte order mark, so that Excel reads it right.")
            .Produces<string>(contentType: "text/csv");
        batch.MapPost("", CreateAsync).WithName("createTasks").WithSummary("Create up to 2,000 tasks from JSON or CSV")
            .WithDescription("Each row has its own outcome; with `all_or_nothing` one refused row refuses all. `dry_run` only says what would happen. "
                + "Send a header `Idempotency-Key` (at most 200 characters) and a call that is sent again answers what the first one did, for a day. CSV columns: " + string.Join(", ", BatchCsv.Columns) + "; lists are separated by ';'.")
            .Accepts<BatchBody>("application/json", "text/csv").WithExamples(Examples.Batch).WithMetadata(new RequestSizeLimitAttribute(BatchReader.MostBytes))
            .ProducesProblem(400).ProducesProblem(409).ProducesProblem(413).ProducesProblem(422).ProducesProblem(503);
        MapDecision(batch, "approve", "approveTasks", TaskEvent.Approve, ApproveAsync);
        MapDecision(batch, "reject", "rejectTasks", TaskEvent.Reject, RejectAsync);
        MapDecision(batch, "cancel", "cancelTasks", TaskEvent.Cancel, CancelAsync);
    }

    private static void MapDecision(RouteGroupBuilder batch, string path, string name, TaskEvent move, Delegate handler) =>
        batch.MapPost("/" + path, handler).Allow(Needed(move)).WithName(name).WithSummary($"Decide on all tasks of a filter: {Tasks.TaskText.Event(move)}")
            .WithDescription("First with `dry_run` to see which tasks it would be, then with `expected`, their number. At least one of `idc`, `q` and `tag` is needed.")
            .Accepts<BatchDecisionBody>("application/json").WithExamples(Examples.BatchDecision).ProducesProblem(400).ProducesProblem(409).ProducesProblem(503);

    private static Permission Needed(TaskEvent move) => move == TaskEvent.Cancel ? Permission.ChangeTasks : Permission.ApproveTasks;

    private sealed record BatchQuery
    {
        [FromQuery(Name = "dry_run"), Description("true: only say what would happen.")]
        public string? DryRun { get; init; }
        [FromQuery(Name = "all_or_nothing"), Description("true: create all or none.")]
        public string? AllOrNothing { get; init; }
        [FromHeader(Name = "Idempotency-Key"), Description("A text of your own that names this call, at most 200 characters.")]
        public string? IdempotencyKey { get; init; }
    }

    private static async Task<Ok<BatchResult>> CreateAsync([AsParameters] BatchQuery query, HttpContext http, Actor actor, TaskBatch tasks, IdempotencyKeys keys, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var (dryRun, allOrNothing) = (Flag("dry_run", query.DryRun, errors), Flag("all_or_nothing", query.AllOrNothing, errors));
        errors.Length("Idempotency-Key", query.IdempotencyKey, IdempotencyKeys.LongestKey);
        errors.ThrowIfAny();
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, cancellationToken);
        var batch = BatchReader.Read(body.ToArray(), dryRun, allOrNothing);
        if (string.IsNullOrEmpty(query.IdempotencyKey) || batch.DryRun)
            return TypedResults.Ok(await tasks.CreateAsync(batch, actor, null, cancellationToken));
        // The query decides what the body does: it is part of the call.
        byte[] call = [.. body.ToArray(), batch.AllOrNothing ? (byte)1 : (byte)0];
        var (result, replayed) = await keys.OnceAsync(actor.Name, query.IdempotencyKey, call, remember => tasks.CreateAsync(batch, actor, remember, cancellationToken), cancellationToken);
        if (replayed)
            http.Response.Headers["Idempotent-Replayed"] = "true";
        return TypedResults.Ok(result);
    }

    private static Task<Ok<BatchResult>> ApproveAsync(HttpRequest request, Actor actor, BatchDecisions decisions, CancellationToken cancellationToken) =>
        DecideAsync(TaskEvent.Approve, request, actor, decisions, cancellationToken);

    private static Task<Ok<BatchResult>> RejectAsync(HttpRequest request, Actor actor, BatchDecisions decisions, CancellationToken cancellationToken) =>
        DecideAsync(TaskEvent.Reject, request, actor, decisions, cancellationToken);

    private static Task<Ok<BatchResult>> CancelAsync(HttpRequest request, Actor actor, BatchDecisions decisions, CancellationToken cancellationToken) =>
        DecideAsync(TaskEvent.Cancel, request, actor, decisions, cancellationToken);

    private static async Task<Ok<BatchResult>> DecideAsync(TaskEvent move, HttpRequest request, Actor actor, BatchDecisions decisions, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var json = await JsonFields.ReadAsync(request, errors, optional: false, cancellationToken);
        var query = new TaskQuery { Idc = json.Text("idc"), Q = json.Text("q"), Tag = json.Text("tag") };
        var (dryRun, expected, reason) = (json.Flag("dry_run") ?? false, json.Number("expected"), json.Text("reason"));
        json.RefuseOthers();
        var filter = TaskFilter.Parse(query, SiteSet.Of(actor.Rights, Needed(move)), errors);
        if (query is { Idc: null, Q: null, Tag: null })
            errors.Add("idc", "At least one of idc, q and tag is needed: nothing is decided for everything at once.");
        if (!dryRun && expected is null)
            errors.Add("expected", "Say how many tasks it must be; a call with dry_run tells.");
        TaskRules.FreeText(errors, "reason", reason, TaskRules.LongestNotes);
        errors.ThrowIfAny();
        return TypedResults.Ok(await decisions.DecideAsync(move, filter, dryRun ? null : expected, reason, actor, cancellationToken));
    }

    private static bool? Flag(string field, string? text, FieldErrors errors)
    {
        if (text is null)
            return null;
        var valid = bool.TryParse(text, out var value);
        errors.Check(field, valid, text, "true, false");
        return valid ? value : null;
    }
}
