using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Domain.Lifecycle;
using LpmOs.Core.Hosting;
using LpmOs.Core.Store;
using LpmOs.Tasks.Batch.AllOrNothing;
using LpmOs.Tasks.Requests;
using LpmOs.Tasks.Tasks;
using LpmOs.Tasks.Validation;

namespace LpmOs.Tasks.Batch;

/// <summary>Creates many tasks in one call; each row has its own outcome.</summary>
internal sealed class TaskBatch(TaskRules rules, TaskCreation creation, BatchJournal journal, TimeProvider time)
{
    /// <summary>The store takes many transactions at once better than one after the other.</summary>
    private const int AtOnce = 32;

    private readonly record struct Checked(BatchRow Row, TaskSpec Spec, BatchRowResult? Refused);

    /// <param name="remember">What is to be written with the decision that all tasks are created, given the answer; null: nothing.</param>
    public async Task<BatchResult> CreateAsync(BatchRequest batch, Actor actor, Func<BatchResult, CancellationToken, Task<StoreTransaction>>? remember, CancellationToken cancellationToken)
    {
        var rows = Check(batch.Rows, actor);
        var stop = batch.AllOrNothing && rows.Any(row => row.Refused is not null);
        if (batch.DryRun || stop)
            return Result(batch, rows.Select(row => row.Refused ?? Answer(row, batch.DryRun ? "valid" : "not_done")));
        if (batch.AllOrNothing)
            return await CreateAllAsync(batch, rows, actor, remember, cancellationToken);

        var results = new BatchRowResult[rows.Count];
        await Parallel.ForAsync(0, rows.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (at, token) =>
            results[at] = rows[at].Refused ?? await CreateAsync(rows[at], actor, token));
        return Result(batch, results);
    }

    private async Task<BatchResult> CreateAllAsync(
        BatchRequest batch, List<Checked> rows, Actor actor, Func<BatchResult, CancellationToken, Task<StoreTransaction>>? remember, CancellationToken cancellationToken)
    {
        var tasks = rows.Select(row => creation.Make(row.Spec, actor)).ToList();
        var created = Result(batch, rows.Zip(tasks, (row, task) => Answer(row, "created") with { TaskId = task.TaskId }));
        var refused = await journal.CreateAsync(tasks, actor, time.GetUtcNow(), remember is null ? null : token => remember(created, token), cancellationToken);
        return refused is not { } one
            ? created
            : Result(batch, rows.Zip(tasks, (row, task) => task.TaskId == one.Task.TaskId ? Answer(row, "refused") with { Code = one.Why.Code, Detail = one.Why.Detail } : Answer(row, "not_done")));
    }

    private List<Checked> Check(IReadOnlyList<BatchRow> rows, Actor actor)
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
            else if (!actor.Rights.CanIn(Permission.ChangeTasks, spec.Idc))
                entry = entry with { Refused = Answer(entry, "refused") with { Code = "not_allowed", Detail = Actor.Refused(Permission.ChangeTasks, spec.Idc).Detail } };
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

    private static BatchRowResult Answer(Checked row, string outcome) => new() { Row = row.Row.Row, Line = row.Row.Line, Idc = row.Row.Draft.Idc, Sn = row.Row.Draft.Sn, Outcome = outcome };

    private static BatchResult Result(BatchRequest batch, IEnumerable<BatchRowResult> rows)
    {
        var results = rows.ToList();
        var succeeded = results.Count(result => result.Outcome is "created" or "valid");
        return new BatchResult { DryRun = batch.DryRun, Total = results.Count, Succeeded = succeeded, Refused = results.Count - succeeded, Results = results };
    }
}
