using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Lifecycle;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Tasks.Requests;
using LpmOs.Tasks.Tasks;
using LpmOs.Tasks.Validation;

namespace LpmOs.Tasks.Batch;

/// <summary>Creates many tasks in one call; each row has its own outcome.</summary>
internal sealed class TaskBatch(TaskRules rules, TaskCreation creation, TaskDecisions decisions)
{
    /// <summary>The store takes many transactions at once better than one after the other.</summary>
    private const int AtOnce = 32;

    private readonly record struct Checked(BatchRow Row, TaskSpec Spec, BatchRowResult? Refused);

    public async Task<BatchResult> CreateAsync(BatchRequest batch, Actor actor, CancellationToken cancellationToken)
    {
        var rows = Check(batch.Rows);
        var stop = batch.AllOrNothing && rows.Any(row => row.Refused is not null);
        if (batch.DryRun || stop)
            return Result(batch, rows.Select(row => row.Refused ?? Answer(row, batch.DryRun ? "valid" : "not_done")));

        var results = new BatchRowResult[rows.Count];
        await Parallel.ForAsync(0, rows.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (at, token) =>
            results[at] = rows[at].Refused ?? await CreateAsync(rows[at], actor, token));
        if (batch.AllOrNothing && results.Any(result => result.Outcome != "created"))
            await TakeBackAsync(results, actor, cancellationToken);
        return Result(batch, results);
    }

    private List<Checked> Check(IReadOnlyList<BatchRow> rows)
    {
        var bySn = new Dictionary<MachineKey, int>();
        var byMac = new Dictionary<(string, string), int>();
        var all = new List<Checked>(rows.Count);
        foreach (var row in rows)
        {
            var spec = rules.Check(row.Draft, row.Errors);
            if (row.Errors.IsEmpty && !bySn.TryAdd(new MachineKey(spec.Idc, spec.Sn), row.Row))
                row.Errors.Add("sn", $"Row {bySn[new MachineKey(spec.Idc, spec.Sn)]} is for the same machine.");
            if (row.Errors.IsEmpty && !byMac.TryAdd((spec.Idc, spec.Mac), row.Row))
                row.Errors.Add("mac", $"Row {byMac[(spec.Idc, spec.Mac)]} has the same MAC.");
            var entry = new Checked(row, spec, null);
            if (!row.Errors.IsEmpty)
                entry = entry with { Refused = Answer(entry, "invalid") with { Code = "invalid_request", Errors = row.Errors.All } };
            // What is plain already; whether it still holds is decided when the task is written.
            else if (creation.WhyNot(spec) is { } refusal)
                entry = entry with { Refused = Answer(entry, "refused") with { Code = refusal.Code, Detail = refusal.Detail } };
            all.Add(entry);
        }
        return all;
    }

    private async Task<BatchRowResult> CreateAsync(Checked row, Actor actor, CancellationToken cancellationToken)
    {
        try
        {
            var task = await creation.CreateAsync(row.Spec, actor, cancellationToken);
            return Answer(row, "created") with { TaskId = task.TaskId };
        }
        catch (RefusedRequestException e)
        {
            return Answer(row, "refused") with { Code = e.Code, Detail = e.Detail };
        }
    }

    /// <summary>Somebody was faster with one of the machines. A pending task opens no disk, so nothing has happened yet that could not be taken back.</summary>
    private async Task TakeBackAsync(BatchRowResult[] results, Actor actor, CancellationToken cancellationToken)
    {
        for (var at = 0; at < results.Length; at++)
        {
            if (results[at].Outcome != "created")
                continue;
            try
            {
                await decisions.CancelAsync(new MachineKey(results[at].Idc!, results[at].Sn!), "Another row of the batch could not be created", actor, cancellationToken);
                results[at] = results[at] with { Outcome = "taken_back" };
            }
            catch (RefusedRequestException e)
            {
                results[at] = results[at] with { Code = e.Code, Detail = e.Detail };
            }
        }
    }

    private static BatchRowResult Answer(Checked row, string outcome) => new() { Row = row.Row.Row, Line = row.Row.Line, Idc = row.Row.Draft.Idc, Sn = row.Row.Draft.Sn, Outcome = outcome };

    private static BatchResult Result(BatchRequest batch, IEnumerable<BatchRowResult> rows)
    {
        var results = rows.ToList();
        var succeeded = results.Count(result => result.Outcome is "created" or "valid");
        return new BatchResult { DryRun = batch.DryRun, Total = results.Count, Succeeded = succeeded, Refused = results.Count - succeeded, Results = results };
    }
}
