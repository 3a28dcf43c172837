using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Hosting;
using LpmOs.Core.Store;
using LpmOs.Tasks.Requests;
using LpmOs.Tasks.Tasks;

namespace LpmOs.Tasks.Batch.AllOrNothing;

/// <summary>
/// Creates many tasks as one outcome, although a transaction of the store takes only so many keys: first every machine and MAC is claimed for the batch, its task lying
/// beside; then one key says that the batch is committed; then the tasks are created from what lies there. Who dies before that key is undone, who dies after it is
/// completed, by any tasks service that finds the batch without its owner.
/// </summary>
internal sealed class BatchJournal(IStateStore store, TaskCreation creation, MachineClaims claims, ILogger<BatchJournal> logger)
{
    /// <summary>A service that dies leaves its batch to the others after so long.</summary>
    private static readonly TimeSpan OwnerLease = TimeSpan.FromSeconds(15);
    /// <summary>Three comparisons and three writes a row, and the store takes 128 of each.</summary>
    private const int RowsTogether = 30;
    private const int MostBytesTogether = 800_000;
    private const int RowsAtOnce = 32;
    private const int MostRounds = 20;

    private sealed record Owned(string Id, long Lease, long OwnerRevision)
    {
        public long Revision { get; set; }
    }

    /// <param name="remember">What is written together with the decision that the batch holds.</param>
    /// <returns>Which task could not be created, and why; null: all are.</returns>
    /// <exception cref="StoreUnavailableException">It is not known to be committed, and then will be undone.</exception>
    public async Task<(InstallTask Task, RefusedRequestException Why)?> CreateAsync(
        IReadOnlyList<InstallTask> tasks, Actor actor, DateTimeOffset now, Func<CancellationToken, Task<StoreTransaction>>? remember, CancellationToken cancellationToken)
    {
        var record = new BatchRecord { State = BatchRecord.Preparing, Rows = tasks.Count, By = actor.Name, From = actor.From, At = now };
        var batch = await BeginAsync(record, cancellationToken);
        var committed = false;
        try
        {
            if (await ReserveAsync(batch, tasks, cancellationToken) is { } refused)
                return refused;
            var also = remember is null ? new StoreTransaction() : await remember(cancellationToken);
            var result = await store.CommitAsync(new StoreTransaction
            {
                Compares = [new StoreCompare(Keys.Batch(batch.Id), batch.Revision), new StoreCompare(Keys.BatchOwner(batch.Id), batch.OwnerRevision), .. also.Compares],
                Writes = [StoreWrite.Put(Keys.Batch(batch.Id), Json(record with { State = BatchRecord.Committed })), .. also.Writes],
            }, cancellationToken);
            if (!result.Applied)
                throw new StoreUnavailableException("The batch took too long and was undone.", outcomeUnknown: false);
            committed = true;
            await FinishAsync(batch.Id, record, cancellationToken);
            return null;
        }
        catch (StoreUnavailableException e) when (committed)
        {
            // It is decided; the rest is done as soon as the store answers.
            Log.BatchLeft(logger, batch.Id, e.Message);
            return null;
        }
        finally
        {
            await LeaveAsync(batch, committed);
        }
    }

    /// <summary>Completes or undoes a batch that nobody owns any more; doing it twice, or two services at once, is harmless.</summary>
    public async Task RecoverAsync(string id, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(Keys.BatchOwner(id), cancellationToken) is not null || await store.GetAsync(Keys.Batch(id), cancellationToken) is not { } entry)
            return;
        var record = JsonSerializer.Deserialize(entry.Value.Span, TasksJson.Default.BatchRecord)!;
        Log.BatchFound(logger, id, record.Rows, record.State);
        if (record.State == BatchRecord.Committed)
            await FinishAsync(id, record, cancellationToken);
        else
            await UndoAsync(id, record, entry.ModRevision, new StoreCompare(Keys.BatchOwner(id), 0), cancellationToken);
    }

    private async Task<Owned> BeginAsync(BatchRecord record, CancellationToken cancellationToken)
    {
        var id = System.Security.Cryptography.RandomNumberGenerator.GetHexString(16, lowercase: true);
        var lease = await store.GrantLeaseAsync(OwnerLease, cancellationToken);
        var begun = await store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Put(Keys.Batch(id), Json(record)), StoreWrite.Put(Keys.BatchOwner(id), "{}"u8.ToArray(), lease)] }, cancellationToken);
        return new Owned(id, lease, begun.Revision) { Revision = begun.Revision };
    }

    private async Task<(InstallTask, RefusedRequestException)?> ReserveAsync(Owned batch, IReadOnlyList<InstallTask> tasks, CancellationToken cancellationToken)
    {
        var rows = tasks.Select((task, at) => (Task: task, Write: StoreWrite.Put(Keys.BatchRow(batch.Id, at), TaskStore.Serialize(task)))).ToList();
        for (var at = 0; at < rows.Count;)
        {
            var (together, bytes) = (0, 0L);
            while (at + together < rows.Count && together < RowsTogether && (together == 0 || bytes < MostBytesTogether))
                bytes += rows[at + together++].Write.Value!.Value.Length;
            var chunk = rows.GetRange(at, together);
            at += together;
            if (await TryReserveAsync(batch, [.. chunk.Select(row => (creation.Seen(row.Task), MachineClaims.OfBatch(row.Task, batch.Id), row.Write))], cancellationToken))
                continue;
            // One of them is not free, or has changed since the copy was made: each by itself, as the store has it.
            foreach (var (task, write) in chunk)
            {
                try
                {
                    await ReserveAsync(batch, task, write, cancellationToken);
                }
                catch (RefusedRequestException e)
                {
                    return (task, e);
                }
            }
        }
        return null;
    }

    private async Task ReserveAsync(Owned batch, InstallTask task, StoreWrite row, CancellationToken cancellationToken)
    {
        for (var round = 0; round < MostRounds; round++)
        {
            var seen = await creation.LookAsync(task, cancellationToken);
            if (await TryReserveAsync(batch, [(seen, await claims.LookAsync(task, batch.Id, cancellationToken), row)], cancellationToken))
                return;
            if ((await store.GetAsync(Keys.Batch(batch.Id), cancellationToken))?.ModRevision != batch.Revision)
                throw new StoreUnavailableException("The batch took too long and was undone.", outcomeUnknown: false);
        }
        throw new StoreUnavailableException($"The task of {task.Sn} in {task.Idc} is being changed by too many others at once.", outcomeUnknown: false);
    }

    private async Task<bool> TryReserveAsync(Owned batch, IReadOnlyList<(StoreCompare Seen, ClaimTerms Claims, StoreWrite Row)> rows, CancellationToken cancellationToken)
    {
        await store.KeepLeaseAliveAsync(batch.Lease, cancellationToken);
        return (await store.CommitAsync(new StoreTransaction
        {
            Compares = [new StoreCompare(Keys.Batch(batch.Id), batch.Revision), .. rows.SelectMany(row => row.Claims.Compares.Append(row.Seen)).DistinctBy(compare => compare.Key)],
            Writes = [.. rows.SelectMany(row => row.Claims.Writes.Append(row.Row))],
        }, cancellationToken)).Applied;
    }

    /// <summary>Creates what is left of a committed batch, and forgets it.</summary>
    private async Task FinishAsync(string id, BatchRecord record, CancellationToken cancellationToken)
    {
        var rows = await RowsAsync(id, cancellationToken);
        await Parallel.ForEachAsync(rows, new ParallelOptions { MaxDegreeOfParallelism = RowsAtOnce, CancellationToken = cancellationToken },
            async (row, token) => await creation.CompleteAsync(row.Task, record.From, StoreWrite.Delete(row.Key), token));
        await store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Delete(Keys.Batch(id))] }, cancellationToken);
    }

    private async Task UndoAsync(string id, BatchRecord record, long revision, StoreCompare? owner, CancellationToken cancellationToken)
    {
        // Said first: from here on nobody can claim or commit for it.
        var said = await store.CommitAsync(new StoreTransaction
        {
            Compares = owner is null ? [new StoreCompare(Keys.Batch(id), revision)] : [new StoreCompare(Keys.Batch(id), revision), owner],
            Writes = [StoreWrite.Put(Keys.Batch(id), Json(record with { State = BatchRecord.Undoing }))],
        }, cancellationToken);
        if (!said.Applied)
            return;
        foreach (var chunk in (await RowsAsync(id, cancellationToken)).Chunk(RowsTogether))
        {
            await store.CommitAsync(new StoreTransaction
            {
                Compares = [new StoreCompare(Keys.Batch(id), said.Revision)],
                Writes = [.. chunk.SelectMany(row => MachineClaims.Release(row.Task).Prepend(StoreWrite.Delete(row.Key)))],
            }, cancellationToken);
        }
        await store.CommitAsync(StoreTransactionOf(new StoreCompare(Keys.Batch(id), said.Revision), StoreWrite.Delete(Keys.Batch(id))), cancellationToken);
    }

    private async Task<List<(string Key, InstallTask Task)>> RowsAsync(string id, CancellationToken cancellationToken)
    {
        var rows = new List<(string, InstallTask)>();
        string? after = null;
        while (true)
        {
            var page = await store.ListAsync(Keys.BatchRows(id), after, 500, 0, cancellationToken);
            rows.AddRange(page.Entries.Select(entry => (entry.Key, JsonSerializer.Deserialize(entry.Value.Span, ContractsJson.Default.InstallTask)!)));
            if (!page.More || page.Entries.Count == 0)
                return rows;
            after = page.Entries[^1].Key;
        }
    }

    // Also when the caller has gone: what this service can still undo or give up by itself need not wait for the recovery.
    private async Task LeaveAsync(Owned batch, bool committed)
    {
        using var limit = new CancellationTokenSource(OwnerLease);
        try
        {
            if (!committed && await store.GetAsync(Keys.Batch(batch.Id), limit.Token) is { } entry && JsonSerializer.Deserialize(entry.Value.Span, TasksJson.Default.BatchRecord) is { State: BatchRecord.Preparing } record)
                await UndoAsync(batch.Id, record, entry.ModRevision, null, limit.Token);
            await store.RevokeLeaseAsync(batch.Lease, limit.Token);
        }
        catch (Exception e) when (e is StoreUnavailableException or OperationCanceledException)
        {
            Log.BatchLeft(logger, batch.Id, e.Message);
        }
    }

    private static StoreTransaction StoreTransactionOf(StoreCompare compare, StoreWrite write) => new() { Compares = [compare], Writes = [write] };

    private static byte[] Json(BatchRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, TasksJson.Default.BatchRecord);
}
