using LpmOs.Contracts;
using LpmOs.Contracts.Agents;
using LpmOs.Core.Hosting;
using LpmOs.Regional.Documents;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Regional.Logs;

/// <summary><c>POST /api/v1/logs</c>: batches of a machine's log lines.</summary>
internal static class LogEndpoints
{
    private const int MostLines = 1000;
    private const int LongestLine = 4096;
    private const int LongestRun = 64;
    private const string CutMark = " [cut]";

    public static void MapLogs(this RouteGroupBuilder api) =>
        api.MapPost("/logs", AppendAsync).WithMetadata(new MachineTokenFilter.MayHaveExpired()).WithName("appendLogs").WithSummary("A batch of log lines of a machine's task")
            .WithDescription("At most 1,000 lines in one call; what of a line is longer than 4,096 characters is cut off. `first_line` numbers the lines of an attempt, so that a replayed batch is recorded once.").WithExamples(Examples.Logs)
            .Accepts<LogBatch>("application/json").ProducesProblem(400).ProducesProblem(403).ProducesProblem(404).ProducesProblem(503);

    private static async Task<Ok<Acknowledgement>> AppendAsync([AsParameters] AgentCall call, LogStore logs, CancellationToken cancellationToken)
    {
        var batch = await RequestBody.RequireAsync(call.Http.Request, ContractsJson.Default.LogBatch, cancellationToken);
        Validate(batch);
        await call.EnterAsync(batch.Sn, cancellationToken);
        var machine = await call.RequireTaskAsync(batch.Sn, batch.TaskId, cancellationToken);
        var written = await logs.AppendAsync(machine.Task!, batch with { Lines = [.. batch.Lines.Select(Cut)] }, cancellationToken);
        return TypedResults.Ok(new Acknowledgement { Message = $"{written} of {batch.Lines.Count} lines recorded" });
    }

    // A program that prints without end must not have its log refused for it.
    private static string Cut(string line) => line.Length <= LongestLine ? line : string.Concat(line.AsSpan(0, LongestLine - CutMark.Length), CutMark);

    private static void Validate(LogBatch batch)
    {
        var errors = new FieldErrors();
        errors.Sn(batch.Sn);
        errors.TaskId(batch.TaskId);
        if (batch.Lines is null || batch.Lines.Count > MostLines)
            errors.Add("lines", $"Must be a list of at most {MostLines} lines.");
        else if (batch.Lines.Any(line => line is null))
            errors.Add("lines", "Each line is a text.");
        errors.Check("first_line", batch.FirstLine is null or >= 0, batch.FirstLine?.ToString(System.Globalization.CultureInfo.InvariantCulture), "0 or more");
        errors.Check("run", batch.Run is null || (batch.Run.Length is > 0 and <= LongestRun && batch.Run.All(char.IsAsciiLetterOrDigit)), batch.Run, $"1 to {LongestRun} letters and digits");
        errors.ThrowIfAny();
    }
}
