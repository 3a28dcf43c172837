using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Audit;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;

namespace LpmOs.Core.Domain;

/// <summary>A decision about a task: what to write (null: nothing), and what to answer.</summary>
public readonly record struct TaskDecision<T>(InstallTask? Changed, T Answer)
{
    /// <summary>Other keys that are written in the same transaction, or not at all.</summary>
    public IReadOnlyList<StoreWrite>? Also { get; init; }
    /// <summary>What else must hold; if it does not, <see cref="OtherKeyChangedException"/> is thrown and the caller decides anew.</summary>
    public IReadOnlyList<StoreCompare>? Requires { get; init; }
    /// <summary>A claim of the machine is expected, this very task's: it is looked at before the first try, not after it.</summary>
    public bool Claimed { get; init; }
    /// <summary>Address of the operator who asked for it, for the audit.</summary>
    public string? From { get; init; }
}

/// <summary>A key that the decision rested on beside the task is not as it was.</summary>
public sealed class OtherKeyChangedException() : Exception("Another key of the decision has changed.");

/// <summary>
/// The one way to change a task: read, decide, compare-and-swap, and again when another was faster. What moves a task is recorded for the audit in the same transaction. The decision is a pure function and may run more than once.
/// </summary>
public sealed class TaskStore(IStateStore store, WatchedState state)
{
    private const int MostRounds = 50;
    private readonly MachineClaims _claims = new(store);

    /// <param name="decide">Gets the task as it is, or null where there is none.</param>
    /// <exception cref="RefusedRequestException">409: the task would become active while another one has its MAC.</exception>
    /// <exception cref="StoreUnavailableException">Nothing was changed as far as is known.</exception>
    public async Task<T> ChangeAsync<T>(string idc, string sn, Func<InstallTask?, TaskDecision<T>> decide, CancellationToken cancellationToken)
    {
        var key = Keys.Task(idc, sn);
        var view = state.Current.Machine(idc, sn);
        var (task, revision) = (view?.Task, view?.TaskRevision ?? 0);
        var fresh = false;
        ClaimTerms? looked = null;
        for (var round = 0; round < MostRounds; round++)
        {
            var decision = decide(task);
            if (decision.Changed is null)
            {
                // "There is no such task" and other refusals are only said of what the store itself holds, not of a copy that may lag.
                if (fresh)
                    return decision.Answer;
                (task, revision) = await ReadAsync(key, cancellationToken).ConfigureAwait(false);
                fresh = true;
                continue;
            }
            var claims = MachineClaims.OfChange(task, decision.Changed);
            if (decision.Claimed && looked is null && claims.Compares.Count > 0)
                looked = await _claims.LookAsync(decision.Changed, cancellationToken).ConfigureAwait(false);
            if (looked is not null && claims.Compares.Count > 0)
                claims = looked;
            try
            {
                var (changed, given) = GiveBackSlot(decision.Changed);
                IReadOnlyList<StoreWrite> audit = AuditTrail.OfTask(task, changed, decision.From) is { } record ? [record] : [];
                var transaction = StoreTransaction.PutIf(key, revision, Serialize(changed));
                transaction = transaction with { Compares = [.. transaction.Compares, .. decision.Requires ?? [], .. claims.Compares], Writes = [.. transaction.Writes, .. decision.Also ?? [], .. given, .. claims.Writes, .. audit] };
                var result = await store.CommitAsync(transaction, cancellationToken).ConfigureAwait(false);
                if (result.Applied)
                {
                    await state.CatchUpAsync(key, result.Revision, cancellationToken).ConfigureAwait(false);
                    return decision.Answer;
                }
            }
            catch (StoreUnavailableException e) when (e.OutcomeUnknown && round < MostRounds - 1)
            {
                // Perhaps written, perhaps not: the next round decides again on what is there. Decisions are such that doing one twice changes nothing.
            }
            var before = revision;
            (task, revision) = await ReadAsync(key, cancellationToken).ConfigureAwait(false);
            fresh = true;
            // Whoever wants to make a task active and did not get through: the machine may be another's by now.
            var known = claims;
            looked = MachineClaims.OfChange(task, decision.Changed).Compares.Count > 0 ? await _claims.LookAsync(decision.Changed, cancellationToken).ConfigureAwait(false) : null;
            if (before == revision && decision.Requires is { Count: > 0 } && (looked is null || looked.Compares.SequenceEqual(known.Compares)))
                throw new OtherKeyChangedException();
        }
        throw new StoreUnavailableException($"The task of {sn} in {idc} is being changed by too many others at once.", outcomeUnknown: false);
    }

    public static byte[] Serialize(InstallTask task) => JsonSerializer.SerializeToUtf8Bytes(task, ContractsJson.Default.InstallTask);

    /// <summary>A task that is no longer being installed gives its place back, whatever ended it.</summary>
    private static (InstallTask Changed, IReadOnlyList<StoreWrite> Writes) GiveBackSlot(InstallTask changed) =>
        changed is { Slot: { } slot, Status: not TaskState.Installing }
            ? (changed with { Slot = null }, [StoreWrite.Delete(Keys.Slot(changed.Idc, slot))])
            : (changed, []);

    private async Task<(InstallTask?, long)> ReadAsync(string key, CancellationToken cancellationToken)
    {
        var entry = await store.GetAsync(key, cancellationToken).ConfigureAwait(false);
        return entry is null ? (null, 0) : (JsonSerializer.Deserialize(entry.Value.Span, ContractsJson.Default.InstallTask), entry.ModRevision);
    }
}
