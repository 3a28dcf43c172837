using System.Text.Json;
using LpmOs.Core;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Audit;
using LpmOs.Core.Domain.Tokens;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Tasks.Requests;

namespace LpmOs.Tasks.Machines;

/// <summary>What operators decide about a machine's TPM, each by one compare-and-swap; that it is bound is the regional services' doing.</summary>
internal sealed class MachineTpms(IStateStore store, WatchedState state, TimeProvider time)
{
    private const int MostRounds = 20;

    /// <summary>Who changes it has seen who was refused.</summary>
    public Task RequireAsync(MachineKey machine, bool required, Actor actor, CancellationToken cancellationToken) =>
        ChangeAsync(machine, required ? "tpm.required" : "tpm.not_required", binding => (binding ?? new TpmBinding()) with { Required = required, Refused = null }, null, actor, cancellationToken);

    /// <summary>The machine is bound to none any more; that one is required stays.</summary>
    public Task ReleaseAsync(MachineKey machine, string? reason, Actor actor, CancellationToken cancellationToken) =>
        ChangeAsync(machine, "tpm.released", binding => binding is null ? null : new TpmBinding { Required = binding.Required }, reason, actor, cancellationToken);

    private async Task ChangeAsync(MachineKey machine, string action, Func<TpmBinding?, TpmBinding?> edit, string? reason, Actor actor, CancellationToken cancellationToken)
    {
        var key = Keys.Tpm(machine.Idc, machine.Sn);
        for (var round = 0; round < MostRounds; round++)
        {
            var view = MachineRecords.Find(state.Current, machine);
            var after = edit(view.Tpm);
            if (after == view.Tpm || (view.Tpm is null && after is { Required: false }))
                return;
            byte[] former = view.Tpm is null ? [] : Json(view.Tpm);
            // One that says nothing is none.
            var write = after is null or { Required: false, EndorsementKey: null } ? StoreWrite.Delete(key) : StoreWrite.Put(key, Json(after));
            var audit = AuditTrail.Of(action, machine.Idc, machine.Sn, actor.Name, actor.From, time.GetUtcNow(), former, after is null ? [] : Json(after), reason);
            var result = await store.CommitAsync(new StoreTransaction { Compares = [new StoreCompare(key, view.TpmRevision)], Writes = [write, audit] }, cancellationToken);
            await state.CatchUpAsync(key, result.Revision, cancellationToken);
            if (result.Applied)
                return;
        }
        throw new StoreUnavailableException($"The TPM binding of {machine} is being changed by too many others at once, or the copy of the store lags behind.", outcomeUnknown: false);
    }

    private static byte[] Json(TpmBinding binding) => JsonSerializer.SerializeToUtf8Bytes(binding, CoreJson.Default.TpmBinding);
}
