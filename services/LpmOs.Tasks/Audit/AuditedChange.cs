using LpmOs.Core.Domain.Audit;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Tasks.Requests;

namespace LpmOs.Tasks.Audit;

/// <summary>Replaces the value of a key that is no task, together with the record of what it was before; both, or neither.</summary>
internal sealed class AuditedChange(IStateStore store, WatchedState state, TimeProvider time)
{
    private const int MostRounds = 20;

    /// <param name="value">JSON; null takes the key away.</param>
    /// <param name="action">For example <c>settings.changed</c>.</param>
    /// <param name="idc"><c>global</c> for what belongs to no IDC.</param>
    /// <param name="reason">What of the key's name the record should say.</param>
    public Task PutAsync(string key, byte[]? value, string action, string idc, string? sn, Actor actor, string? reason, CancellationToken cancellationToken) =>
        PutAsync(key, value, action, idc, sn, actor, reason, showValues: true, cancellationToken);

    /// <summary>The same for values that no record may hold, such as digests of tokens: only <paramref name="reason"/> says what it was.</summary>
    public Task PutSecretAsync(string key, byte[]? value, string action, Actor actor, string reason, CancellationToken cancellationToken) =>
        PutAsync(key, value, action, "global", null, actor, reason, showValues: false, cancellationToken);

    private async Task PutAsync(string key, byte[]? value, string action, string idc, string? sn, Actor actor, string? reason, bool showValues, CancellationToken cancellationToken)
    {
        for (var round = 0; round < MostRounds; round++)
        {
            // From the store, not from the copy: the record is to say what was really replaced.
            var entry = await store.GetAsync(key, cancellationToken);
            if (value is null ? entry is null : entry is not null && entry.Value.Span.SequenceEqual(value))
                return;
            var write = value is null ? StoreWrite.Delete(key) : StoreWrite.Put(key, value);
            var audit = AuditTrail.Of(action, idc, sn, actor.Name, actor.From, time.GetUtcNow(), entry is null || !showValues ? [] : entry.Value.Span, showValues ? value : [], reason);
            var result = await store.CommitAsync(new StoreTransaction { Compares = [new StoreCompare(key, entry?.ModRevision ?? 0)], Writes = [write, audit] }, cancellationToken);
            await state.CatchUpAsync(key, result.Revision, cancellationToken);
            if (result.Applied)
                return;
        }
        throw new StoreUnavailableException($"{key} is being changed by too many others at once.", outcomeUnknown: false);
    }
}
