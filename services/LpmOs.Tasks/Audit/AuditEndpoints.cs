using System.ComponentModel;
using System.Text.Json;
using LpmOs.Core;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Documents;
using LpmOs.Tasks.Lists;
using LpmOs.Tasks.Requests;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Tasks.Audit;

/// <summary>Who did what, when and from where.</summary>
internal static class AuditEndpoints
{
    public static void MapAudit(this RouteGroupBuilder api)
    {
        var audit = api.MapGroup("/audit").WithTags(ApiTags.Audit).Allow(Permission.ReadAudit);
        audit.MapGet("", ReadAsync).WithName("listAudit").WithSummary("Records of every change, the newest first")
            .WithDescription("`format=jsonl` streams all records that match, one JSON object a line. How long records are kept: settings Audit:KeepDays and Audit:KeepRecords.")
            .Produces<AuditPage>().ProducesProblem(400).ProducesProblem(503);
        audit.MapGet("/verify", VerifyAsync).WithName("verifyAudit").WithSummary("Are the records all there, and as they were written?")
            .WithDescription("Computes the chains of hashes again from what lies in the store: a record that was changed, deleted, moved or put in is named, the oldest first. Answers 200 either way; `intact` says it.")
            .ProducesProblem(400).ProducesProblem(409).ProducesProblem(503);
    }

    private static async Task<Ok<AuditVerification>> VerifyAsync([Description("Only this IDC, or `global` for what belongs to none.")] string? idc, Actor actor, AuditVerifier verifier, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var filter = AuditFilter.Parse(new AuditQuery { Idc = idc }, errors);
        errors.ThrowIfAny();
        return TypedResults.Ok(await verifier.VerifyAsync(filter.Idc is { } one ? [one] : actor.Rights.Sites(Permission.ReadAudit), cancellationToken));
    }

    private static async Task<IResult> ReadAsync([AsParameters] AuditQuery query, Actor actor, HttpResponse response, AuditReader reader, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var filter = AuditFilter.Parse(query, errors) with { Sites = actor.Rights.Sites(Permission.ReadAudit) };
        var limit = PageLimit.Parse(query.Limit, errors);
        errors.Check("format", query.Format is null or "json" or "jsonl", query.Format, "json, jsonl");
        errors.Check("cursor", query.Cursor is null || (query.Cursor.Length == 28 && query.Cursor.All(c => char.IsAsciiHexDigitLower(c) || c == '-')), query.Cursor, "the next_cursor of a page of this list");
        errors.ThrowIfAny();
        if (query.Format != "jsonl")
            return TypedResults.Ok(await reader.PageAsync(filter, query.Cursor, limit, cancellationToken));
        response.ContentType = "application/jsonl; charset=utf-8";
        await foreach (var record in reader.AllAsync(filter, cancellationToken))
        {
            await JsonSerializer.SerializeAsync(response.Body, record, CoreJson.Default.AuditRecord, cancellationToken);
            await response.Body.WriteAsync("\n"u8.ToArray(), cancellationToken);
        }
        return TypedResults.Empty;
    }
}
