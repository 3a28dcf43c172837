using System.Net;
using System.Text.Json;
using LpmOs.Core.Domain.Audit;
using LpmOs.Core.Hosting;
using LpmOs.Core.Security;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using Microsoft.Extensions.Logging;

namespace LpmOs.Core.Domain.Tokens;

/// <summary>Binds machines to their TPMs: the first one that proves itself is the machine's (trust on first use), until an operator releases it. Who comes without it is put on record.</summary>
public sealed class TpmBindings(IStateStore store, WatchedState state, Site site, TimeProvider time, ILogger<TpmBindings> logger)
{
    private const int MostRounds = 5;
    /// <summary>Who is refused asks again and again, and may show another key each time.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(10);

    /// <summary>Whether the token may speak for the machine; who may not is put on record.</summary>
    public async Task<bool> AdmitAsync(TokenClaims? claims, string sn, IPAddress? from, CancellationToken cancellationToken)
    {
        if (TpmBinding.Admits(state.Current.Machine(site.Idc, sn)?.Tpm, claims?.Tpm))
            return true;
        await RefusedAsync(sn, claims?.Tpm, from, cancellationToken).ConfigureAwait(false);
        return false;
    }

    /// <summary>Binds a machine that must have a TPM and has none yet to the one that the token names; of any other nothing is asked.</summary>
    /// <param name="byMaker">Only to one that a maker vouched for: a token may name one that nobody did, which its machine was bound to from before, and was released from since.</param>
    /// <returns>False: the token names none, or the machine is bound to another by now.</returns>
    /// <exception cref="StoreUnavailableException">It had to be bound.</exception>
    public async Task<bool> BindRequiredAsync(TokenClaims? claims, bool byMaker, string sn, IPAddress? from, CancellationToken cancellationToken) =>
        state.Current.Machine(site.Idc, sn)?.Tpm is not { Required: true, EndorsementKey: null } || (claims is { Tpm: { } shown } && (!byMaker || claims.TpmVouched == true) && await BindToAsync(sn, shown, from, cancellationToken).ConfigureAwait(false));

    /// <summary>Binds the machine where it is bound to none.</summary>
    /// <param name="maker">What its certificate says; of a machine that was bound before without, it is noted now.</param>
    /// <returns>False: it is bound to another.</returns>
    /// <exception cref="StoreUnavailableException">It is not known to be bound.</exception>
    public async Task<bool> BindToAsync(string sn, string endorsementKey, IPAddress? from, CancellationToken cancellationToken, TpmMaker? maker = null)
    {
        var key = Keys.Tpm(site.Idc, sn);
        for (var round = 0; round < MostRounds; round++)
        {
            var entry = await store.GetAsync(key, cancellationToken).ConfigureAwait(false);
            var known = Read(entry);
            if (known?.EndorsementKey is { } bound)
            {
                if (bound == endorsementKey && maker is not null && maker != known.Maker)
                    await store.CommitAsync(StoreTransaction.PutIf(key, entry!.ModRevision, JsonSerializer.SerializeToUtf8Bytes(known with { Maker = maker }, CoreJson.Default.TpmBinding)), cancellationToken).ConfigureAwait(false);
                return bound == endorsementKey;
            }
            var (now, address) = (time.GetUtcNow(), AddressText.Of(from));
            var value = JsonSerializer.SerializeToUtf8Bytes(new TpmBinding { EndorsementKey = endorsementKey, BoundAt = now, BoundFrom = address, Maker = maker, Required = known?.Required ?? false }, CoreJson.Default.TpmBinding);
            var put = StoreTransaction.PutIf(key, entry?.ModRevision ?? 0, value);
            var audit = AuditTrail.Of("tpm.bound", site.Idc, sn, "agent", address, now, entry is null ? [] : entry.Value.Span, value, $"From now on {sn} is given nothing without the TPM with endorsement key {endorsementKey}.");
            var result = await store.CommitAsync(put with { Writes = [.. put.Writes, audit] }, cancellationToken).ConfigureAwait(false);
            if (!result.Applied)
                continue;
            Log.TpmBound(logger, site.Idc, sn, endorsementKey);
            await state.CatchUpAsync(key, result.Revision, cancellationToken).ConfigureAwait(false);
            return true;
        }
        throw new StoreUnavailableException($"The TPM of {sn} is being written by too many others at once.", outcomeUnknown: false);
    }

    /// <summary>Puts on record that somebody came in the machine's name without its TPM.</summary>
    /// <param name="shown">Endorsement key of the TPM that was shown; null: none was.</param>
    public async Task RefusedAsync(string sn, string? shown, IPAddress? from, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (IsTold(state.Current.Machine(site.Idc, sn)?.Tpm, shown, now))
            return;
        var address = AddressText.Of(from);
        Log.TpmRefused(logger, site.Idc, sn, address, shown ?? "none");
        try
        {
            var key = Keys.Tpm(site.Idc, sn);
            // Where somebody else was faster, and it was no refusal, the next one is told of.
            if (await store.GetAsync(key, cancellationToken).ConfigureAwait(false) is not { } entry || Read(entry) is not { } binding || IsTold(binding, shown, now))
                return;
            var value = JsonSerializer.SerializeToUtf8Bytes(binding with { Refused = new TpmRefusal { At = now, From = address, EndorsementKey = shown } }, CoreJson.Default.TpmBinding);
            var put = StoreTransaction.PutIf(key, entry.ModRevision, value);
            var reason = $"Refused for want of the machine's TPM ({binding.EndorsementKey ?? "any"}): {(shown is null ? "none was shown" : $"the one with endorsement key {shown} was shown")}. Nothing was given.";
            var result = await store.CommitAsync(put with { Writes = [.. put.Writes, AuditTrail.Of("tpm.refused", site.Idc, sn, "agent", address, now, [], [], reason)] }, cancellationToken).ConfigureAwait(false);
            await state.CatchUpAsync(key, result.Revision, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreUnavailableException e)
        {
            Log.TpmRefusalNotWritten(logger, site.Idc, sn, e.Message);
        }
    }

    /// <summary>Another key is more than none, and is told of behind it; not the other way round.</summary>
    private static bool IsTold(TpmBinding? binding, string? shown, DateTimeOffset now) => binding?.Refused is { } last && now - last.At < Silence && (shown is null || last.EndorsementKey is not null);

    private static TpmBinding? Read(StoreEntry? entry)
    {
        try
        {
            return entry is null ? null : JsonSerializer.Deserialize(entry.Value.Span, CoreJson.Default.TpmBinding);
        }
        catch (JsonException)
        {
            // Not ours to read: it is replaced.
            return null;
        }
    }
}
