using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Audit;
using LpmOs.Core.Hosting;
using LpmOs.Core.Security;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using Microsoft.Extensions.Logging;

namespace LpmOs.Core.Domain.Tokens;

/// <summary>
/// Remembers, for the whole site, the newest boot whose token each machine has used. A token of an earlier boot is refused from then on; one that is shown from two addresses is put on record.
/// </summary>
public sealed class TokenLedger(IStateStore store, WatchedState state, Site site, TimeProvider time, ILogger<TokenLedger> logger)
{
    private const int MostRounds = 5;
    private const int MostRemembered = 20_000;

    /// <summary>What this service wrote or read, or could not write while the store was away; the copy knows it of machines of which it knows more.</summary>
    private readonly ConcurrentDictionary<string, TokenUse> _own = new(StringComparer.Ordinal);

    /// <summary>A token that is signed and not expired was shown for a machine.</summary>
    /// <returns>False: a later boot of the machine has taken its place.</returns>
    public async Task<bool> UseAsync(TokenClaims claims, string sn, IPAddress? address, CancellationToken cancellationToken)
    {
        // Of a service from before tokens knew their boot.
        if (claims.Boot is not { } boot)
            return true;
        var from = AddressText.Of(address);
        var machine = state.Current.Machine(site.Idc, sn);
        var known = Newer(machine?.Token, _own.GetValueOrDefault(sn));
        if (known is not null && (known.Boot > boot || !IsNew(known, boot, from, machine?.Task)))
            return known.Boot <= boot;
        try
        {
            return await WriteAsync(boot, sn, from, machine?.Task, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreUnavailableException e)
        {
            // A site that is cut off goes on; what was used is remembered here, and written with the next use that differs.
            Log.TokenUseNotWritten(logger, site.Idc, sn, e.Message);
            Remember(sn, new TokenUse { Boot = boot, FirstUsedAt = time.GetUtcNow(), From = from });
            return true;
        }
    }

    /// <summary>Puts on record, once a boot, that a machine which calls itself by the number of a task was given nothing of it.</summary>
    /// <param name="machine">Serial number of the one that the task was approved for.</param>
    /// <param name="boot">Of the token that was shown; null: none was.</param>
    public async Task RefusedAsync(string sn, InstallTask task, string machine, long? boot, IPAddress? address, CancellationToken cancellationToken)
    {
        if (Newer(state.Current.Machine(site.Idc, sn)?.Token, _own.GetValueOrDefault(sn)) is { Refused: not null })
            return;
        var (now, from) = (time.GetUtcNow(), AddressText.Of(address));
        try
        {
            var key = Keys.Token(site.Idc, sn);
            var entry = await store.GetAsync(key, cancellationToken).ConfigureAwait(false);
            var known = Read(entry) ?? new TokenUse { Boot = boot ?? 0, FirstUsedAt = now, From = from };
            if (known.Refused is not null)
                return;
            var use = known with { Refused = new TaskRefusal { At = now, From = from, Machine = machine } };
            var put = StoreTransaction.PutIf(key, entry?.ModRevision ?? 0, JsonSerializer.SerializeToUtf8Bytes(use, CoreJson.Default.TokenUse));
            var reason = $"{task.TaskId} was approved for the machine that reports the serial number {machine}; this one calls itself {sn}. Nothing was given.";
            var result = await store.CommitAsync(put with { Writes = [.. put.Writes, AuditTrail.Of("task.refused", site.Idc, sn, "agent", from, now, [], [], reason)] }, cancellationToken).ConfigureAwait(false);
            // Where somebody else was faster, the next call is told of.
            if (!result.Applied)
                return;
            Log.TaskRefused(logger, site.Idc, sn, from, task.TaskId, machine);
            Remember(sn, use);
            await state.CatchUpAsync(key, result.Revision, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreUnavailableException e)
        {
            Log.TokenUseNotWritten(logger, site.Idc, sn, e.Message);
        }
    }

    private async Task<bool> WriteAsync(long boot, string sn, string? from, InstallTask? task, CancellationToken cancellationToken)
    {
        var key = Keys.Token(site.Idc, sn);
        for (var round = 0; round < MostRounds; round++)
        {
            var entry = await store.GetAsync(key, cancellationToken).ConfigureAwait(false);
            var known = Read(entry);
            if (known is not null && (known.Boot > boot || !IsNew(known, boot, from, task)))
            {
                Remember(sn, known);
                return known.Boot <= boot;
            }
            var now = time.GetUtcNow();
            var elsewhere = known is not null && IsElsewhere(known, boot, from, task);
            var use = known?.Boot == boot ? known with { Elsewhere = from, ElsewhereAt = now }
                : new TokenUse { Boot = boot, FirstUsedAt = now, From = from, Elsewhere = elsewhere ? known!.From : null, ElsewhereAt = elsewhere ? now : null };
            var transaction = StoreTransaction.PutIf(key, entry?.ModRevision ?? 0, JsonSerializer.SerializeToUtf8Bytes(use, CoreJson.Default.TokenUse));
            if (elsewhere)
            {
                transaction = transaction with
                {
                    Writes = [.. transaction.Writes, AuditTrail.Of("token.used_elsewhere", site.Idc, sn, "agent", from, now, [], [],
                        known!.Boot == boot ? $"The token of this machine's boot was first used from {known.From}, and now from {from}." : $"The machine boots anew from {from} while it is being installed from {known.From}.")],
                };
            }
            var result = await store.CommitAsync(transaction, cancellationToken).ConfigureAwait(false);
            if (!result.Applied)
                continue;
            if (elsewhere)
                Log.TokenUsedElsewhere(logger, site.Idc, sn, known!.From, from);
            Remember(sn, use);
            await state.CatchUpAsync(key, result.Revision, cancellationToken).ConfigureAwait(false);
            return true;
        }
        throw new StoreUnavailableException($"The boot token of {sn} is being used by too many at once.", outcomeUnknown: false);
    }

    private static bool IsNew(TokenUse known, long boot, string? from, InstallTask? task) => known.Boot != boot || (known.Elsewhere is null && IsElsewhere(known, boot, from, task));

    /// <summary>An installer may have the address that the plan gives it.</summary>
    private static bool IsElsewhere(TokenUse known, long boot, string? from, InstallTask? task) =>
        from is not null && known.From is not null && from != known.From && (known.Boot == boot || task is { Status: TaskState.Installing, AwaitingFirstBoot: false }) && !IsPlanned(task, from);

    private static bool IsPlanned(InstallTask? task, string address) =>
        task?.Network?.Interfaces.Any(one => one.Addresses.Any(planned => planned.StartsWith(address + "/", StringComparison.Ordinal))) == true;

    private static TokenUse? Newer(TokenUse? one, TokenUse? other) => one is null || other?.Boot > one.Boot ? other : one;

    private void Remember(string sn, TokenUse use)
    {
        if (_own.Count >= MostRemembered)
            _own.Clear();
        _own[sn] = use;
    }

    private static TokenUse? Read(StoreEntry? entry)
    {
        try
        {
            return entry is null ? null : JsonSerializer.Deserialize(entry.Value.Span, CoreJson.Default.TokenUse);
        }
        catch (JsonException)
        {
            // Not ours to read: it is replaced.
            return null;
        }
    }
}
