using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using LpmOs.Core.Domain.Audit;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;

namespace LpmOs.Core.Domain.Shells;

/// <summary>
/// Rescue shells in the store. The control plane opens one, the regional service that the machine's agent calls takes it up; each side may end it, and the first does.
/// Begin and end are on record in the transactions that make them so.
/// </summary>
public sealed class ShellSessions(IStateStore store, WatchedState state, TimeProvider time)
{
    /// <summary>How many of a machine's sessions keep what their terminal showed last.</summary>
    public const int KeptTranscripts = 3;
    private const int MostRounds = 20;
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    /// <returns>The session; with false the one that stands in the way.</returns>
    public async Task<(bool Opened, ShellSession Session)> OpenAsync(string idc, string sn, string by, string? from, string? reason, TimeSpan limit, CancellationToken cancellationToken)
    {
        var key = Keys.Shell(idc, sn);
        for (var round = 0; round < MostRounds; round++)
        {
            var now = time.GetUtcNow();
            var entry = await store.GetAsync(key, cancellationToken).ConfigureAwait(false);
            var before = Read(entry);
            if (before?.IsOpen(now) == true)
                return (false, before);
            var session = new ShellSession
            {
                Id = now.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture) + "-" + RandomNumberGenerator.GetHexString(8, lowercase: true), Idc = idc, Sn = sn, By = by, From = from, Reason = reason, StartedAt = now, ExpiresAt = now + limit,
            };
            var json = Json(session);
            var result = await store.CommitAsync(new StoreTransaction
            {
                Compares = [new StoreCompare(key, entry?.ModRevision ?? 0)],
                // One that ran out while no service was there to end it is ended by the next.
                Writes = before is { EndedAt: null } left
                    ? [StoreWrite.Put(key, json), Opened(session, json), Closed(left, left with { EndedAt = left.ExpiresAt, EndReason = ShellEnds.TimeOver })]
                    : [StoreWrite.Put(key, json), Opened(session, json)],
            }, cancellationToken).ConfigureAwait(false);
            await state.CatchUpAsync(key, result.Revision, cancellationToken).ConfigureAwait(false);
            if (!result.Applied)
                continue;
            try
            {
                await ForgetAsync(idc, sn, session.Id, cancellationToken).ConfigureAwait(false);
            }
            catch (StoreUnavailableException)
            {
                // The session is there; the next one of this machine forgets what is too much.
            }
            return (true, session);
        }
        throw new StoreUnavailableException($"Too many ask for a shell on {sn} at once.", outcomeUnknown: false);
    }

    /// <summary>From the store itself; null: there is none, or it is another one.</summary>
    public async Task<ShellSession?> FindAsync(string idc, string sn, string id, CancellationToken cancellationToken) =>
        Read(await store.GetAsync(Keys.Shell(idc, sn), cancellationToken).ConfigureAwait(false)) is { } session && session.Id == id ? session : null;

    /// <summary>One of the two ends takes its place.</summary>
    /// <returns>Null: the session is over, or the place is taken.</returns>
    public Task<ShellSession?> TakeAsync(string idc, string sn, string id, bool agent, CancellationToken cancellationToken) => ChangeAsync(idc, sn, id, session =>
        !session.IsOpen(time.GetUtcNow()) || (agent ? session.AgentAt : session.OperatorAt) is not null ? null
        : agent ? session with { AgentAt = time.GetUtcNow() } : session with { OperatorAt = time.GetUtcNow() }, cancellationToken);

    /// <summary>Ends it for good; whoever does so first says why.</summary>
    /// <param name="input">Bytes typed, output: bytes shown; null: what the store still has of them.</param>
    public async Task EndAsync(string idc, string sn, string id, string reason, long? input, long? output, CancellationToken cancellationToken)
    {
        // Mostly somebody else has ended it, and nothing is to be counted any more.
        if (await FindAsync(idc, sn, id, cancellationToken).ConfigureAwait(false) is { EndedAt: null })
        {
            var shown = output ?? (await TranscriptAsync(idc, sn, id, cancellationToken).ConfigureAwait(false)).Length;
            await ChangeAsync(idc, sn, id, session => session.EndedAt is not null ? null
                : session with { EndedAt = time.GetUtcNow(), EndReason = reason, InputBytes = input ?? 0, OutputBytes = shown }, cancellationToken).ConfigureAwait(false);
        }
        // What was typed may hold passwords, and nobody reads it any more.
        await DeleteAsync(Keys.ShellInput(idc, sn, id), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Somebody with the right to it ends it, whoever opened it.</summary>
    public async Task StopAsync(string idc, string sn, string id, string by, string? from, CancellationToken cancellationToken)
    {
        var asked = await ChangeAsync(idc, sn, id, session => session.EndedAt is null ? session with { EndAskedBy = by, EndAskedFrom = from } : null, cancellationToken).ConfigureAwait(false);
        if (asked is null)
            return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StopLimit);
        if (asked.OperatorAt is not null)
            await ((Task)UntilAsync(idc, sn, id, session => session.EndedAt is not null, limit.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // Nobody was there who could.
        await EndAsync(idc, sn, id, ShellEnds.OperatorEnded, null, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Why the session is over, or is to be.</summary>
    public async Task<string> UntilEndedAsync(string idc, string sn, string id, CancellationToken cancellationToken) =>
        await UntilAsync(idc, sn, id, session => session.EndedAt is not null || session.EndAskedBy is not null, cancellationToken).ConfigureAwait(false) switch
        {
            null => ShellEnds.TimeOver,
            { EndReason: { } reason } => reason,
            _ => ShellEnds.OperatorEnded,
        };

    /// <summary>Null: another session has taken its place.</summary>
    private async Task<ShellSession?> UntilAsync(string idc, string sn, string id, Func<ShellSession, bool> holds, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var change = state.Signals.Register(idc, sn);
            if (state.Current.Machine(idc, sn)?.Shell is { } session && string.CompareOrdinal(session.Id, id) >= 0)
            {
                if (session.Id != id)
                    return null;
                if (holds(session))
                    return session;
            }
            await change.Changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The end of what the terminal showed, bytes as they were.</summary>
    public async Task<byte[]> TranscriptAsync(string idc, string sn, string id, CancellationToken cancellationToken)
    {
        using var all = new MemoryStream();
        var prefix = Keys.ShellOutput(idc, sn, id);
        string? last = null;
        while (true)
        {
            var page = await store.ListAsync(prefix, last, 100, 0, cancellationToken).ConfigureAwait(false);
            foreach (var entry in page.Entries)
            {
                if (entry.Value.Length > 1 && entry.Value.Span[0] == Contracts.Agents.ShellFrame.Data)
                    all.Write(entry.Value.Span[1..]);
            }
            if (!page.More)
                return all.ToArray();
            last = page.Entries[^1].Key;
        }
    }

    private async Task<ShellSession?> ChangeAsync(string idc, string sn, string id, Func<ShellSession, ShellSession?> change, CancellationToken cancellationToken)
    {
        var key = Keys.Shell(idc, sn);
        for (var round = 0; round < MostRounds; round++)
        {
            var entry = await store.GetAsync(key, cancellationToken).ConfigureAwait(false);
            if (Read(entry) is not { } before || before.Id != id || change(before) is not { } after)
                return null;
            StoreWrite[] writes = after.EndedAt is null ? [StoreWrite.Put(key, Json(after))] : [StoreWrite.Put(key, Json(after)), Closed(before, after)];
            var result = await store.CommitAsync(new StoreTransaction { Compares = [new StoreCompare(key, entry!.ModRevision)], Writes = writes }, cancellationToken).ConfigureAwait(false);
            await state.CatchUpAsync(key, result.Revision, cancellationToken).ConfigureAwait(false);
            if (result.Applied)
                return after;
        }
        throw new StoreUnavailableException($"The shell session of {sn} is being changed by too many others at once.", outcomeUnknown: false);
    }

    private StoreWrite Opened(ShellSession session, byte[] json) => AuditTrail.Of("shell.opened", session.Idc, session.Sn, session.By, session.From, time.GetUtcNow(), [], json, session.Reason);

    /// <summary>By who asked for the end; whose session it was stands in the values.</summary>
    private StoreWrite Closed(ShellSession before, ShellSession after) => AuditTrail.Of("shell.closed", after.Idc, after.Sn, after.EndAskedBy ?? after.By, after.EndAskedBy is null ? after.From : after.EndAskedFrom, time.GetUtcNow(), Json(before), Json(after), after.EndReason);

    /// <summary>Keeps what the last few sessions showed.</summary>
    private async Task ForgetAsync(string idc, string sn, string present, CancellationToken cancellationToken)
    {
        var prefix = Keys.Shells(idc, sn);
        var known = new SortedSet<string>(StringComparer.Ordinal);
        string? last = null;
        while (true)
        {
            var page = await store.ListAsync(prefix, last, 1000, 0, cancellationToken).ConfigureAwait(false);
            known.UnionWith(page.Entries.Select(entry => entry.Key[prefix.Length..].Split('/')[0]));
            if (!page.More)
                break;
            last = page.Entries[^1].Key;
        }
        known.Remove(present);
        foreach (var old in known.Reverse().Skip(KeptTranscripts - 1))
            await DeleteAsync($"{prefix}{old}/", cancellationToken).ConfigureAwait(false);
    }

    private async Task DeleteAsync(string prefix, CancellationToken cancellationToken)
    {
        while (true)
        {
            var page = await store.ListAsync(prefix, null, 100, 0, cancellationToken).ConfigureAwait(false);
            if (page.Entries.Count > 0)
                await store.CommitAsync(new StoreTransaction { Writes = [.. page.Entries.Select(entry => StoreWrite.Delete(entry.Key))] }, cancellationToken).ConfigureAwait(false);
            if (!page.More)
                return;
        }
    }

    private static byte[] Json(ShellSession session) => JsonSerializer.SerializeToUtf8Bytes(session, CoreJson.Default.ShellSession);

    private static ShellSession? Read(StoreEntry? entry)
    {
        try
        {
            return entry is null ? null : JsonSerializer.Deserialize(entry.Value.Span, CoreJson.Default.ShellSession);
        }
        catch (JsonException)
        {
            // Not ours to read: the next session takes its place.
            return null;
        }
    }
}
