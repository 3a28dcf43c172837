using System.Text.Json;
using LpmOs.Core.Domain.Audit;
using LpmOs.Core.Hosting;
using LpmOs.Core.Security;
using LpmOs.Core.Store;
using LpmOs.Core.Store.Sealed;
using LpmOs.Tasks.Requests;

namespace LpmOs.Tasks.Sealing;

/// <summary>A new key for the store: what is sealed or signed from now on is by it, what former ones sealed is sealed anew, and in the end they are taken away.</summary>
internal sealed class KeyRotation(IStateStore store, SealedValues values, IConfiguration configuration, TimeProvider time)
{
    private const int MostRounds = 20;
    /// <summary>Services that have not heard of a rotation yet still seal ends of the audit with the key before it.</summary>
    private static readonly TimeSpan LeastAge = TimeSpan.FromMinutes(2);

    public async Task<KeyList> ListAsync(CancellationToken cancellationToken) => List((await RingAsync(cancellationToken)).Value, await RotatedAtAsync(cancellationToken));

    /// <exception cref="RefusedRequestException">409: the oldest key would be lost. Keys are only taken away by <see cref="RetireAsync"/>, which asks who still needs them.</exception>
    /// <exception cref="StoreUnavailableException">It is not known to be changed.</exception>
    public async Task<ResealResult> RotateAsync(Actor actor, CancellationToken cancellationToken)
    {
        for (var round = 0; round < MostRounds; round++)
        {
            var entry = await RingAsync(cancellationToken);
            if (KeyRing.Count(entry.Value.Span) >= KeyRing.Most)
                throw new RefusedRequestException(StatusCodes.Status409Conflict, "keys_in_use", "Former keys are still in use", $"There are {KeyRing.Most} keys, and one more would take the oldest away, with all that it has sealed and signed. Retire the former ones first (POST /api/v1/keys/retire, or lpmosctl keys retire), then ask again.");
            var ring = KeyRing.Rotate(entry.Value.Span);
            var now = time.GetUtcNow();
            var result = await store.CommitAsync(new StoreTransaction
            {
                Compares = [new StoreCompare(Keys.MachineTokenSecret, entry.ModRevision)],
                Writes =
                [
                    StoreWrite.Put(Keys.MachineTokenSecret, ring),
                    StoreWrite.Put(Keys.KeyRotation, JsonSerializer.SerializeToUtf8Bytes(new KeyRotationRecord { At = now, By = actor.Name }, TasksJson.Default.KeyRotationRecord)),
                    AuditTrail.Of("keys.rotated", "global", null, actor.Name, actor.From, now, [], [], $"From {KeyRing.Fingerprint(KeyRing.Present(entry.Value.Span))} to {KeyRing.Fingerprint(KeyRing.Present(ring))}."),
                ],
            }, cancellationToken);
            if (result.Applied)
                return await ResealAsync(cancellationToken);
        }
        throw new StoreUnavailableException("The keys are being changed by too many others at once.", outcomeUnknown: false);
    }

    /// <summary>Seals anew what is left; harmless, however often.</summary>
    public async Task<ResealResult> ResealAsync(CancellationToken cancellationToken)
    {
        var ring = (await RingAsync(cancellationToken)).Value;
        var counts = await values.SealAnewAsync(ring, cancellationToken);
        return new ResealResult { Keys = List(ring, await RotatedAtAsync(cancellationToken)), Resealed = counts.Resealed, Waiting = counts.Waiting, Unreadable = counts.Unreadable };
    }

    /// <summary>Takes former keys away: what they sealed or signed is worth nothing from then on.</summary>
    /// <param name="now">Also before the tokens that they have signed are over.</param>
    /// <exception cref="RefusedRequestException">409: they are still needed.</exception>
    public async Task<ResealResult> RetireAsync(bool now, Actor actor, CancellationToken cancellationToken)
    {
        var rotated = await RotatedAtAsync(cancellationToken);
        var age = time.GetUtcNow() - rotated;
        if (age < LeastAge || (age < MachineTokens.FirstBootLife && !now))
            throw new RefusedRequestException(StatusCodes.Status409Conflict, "keys_in_use", "Former keys are still in use", $"They have signed tokens of machines that hold until {rotated + MachineTokens.FirstBootLife:u}. With \"now\": true they are taken away all the same, from two minutes after the rotation: machines that are being installed then have to boot again.");
        var result = await ResealAsync(cancellationToken);
        if (result.Waiting > 0)
            throw new RefusedRequestException(StatusCodes.Status409Conflict, "keys_in_use", "Former keys are still in use", $"{result.Waiting} secrets belong to tasks that are approved or being installed. Wait for their end, or cancel them, then ask again.");
        var entry = await RingAsync(cancellationToken);
        if (KeyRing.Count(entry.Value.Span) == 1)
            return result;
        var taken = string.Join(", ", Enumerable.Range(1, KeyRing.Count(entry.Value.Span) - 1).Select(at => KeyRing.Fingerprint(KeyRing.At(entry.Value.Span, at))));
        var put = StoreTransaction.PutIf(Keys.MachineTokenSecret, entry.ModRevision, KeyRing.Present(entry.Value.Span).ToArray());
        var committed = await store.CommitAsync(put with { Writes = [.. put.Writes, AuditTrail.Of("keys.retired", "global", null, actor.Name, actor.From, time.GetUtcNow(), [], [], $"Taken away: {taken}.")] }, cancellationToken);
        return committed.Applied ? result with { Keys = await ListAsync(cancellationToken) } : throw new StoreUnavailableException("Somebody else has changed the keys in the same moment.", outcomeUnknown: false);
    }

    private async Task<StoreEntry> RingAsync(CancellationToken cancellationToken)
    {
        await MachineTokenKey.EnsureAsync(store, cancellationToken);
        return await store.GetAsync(Keys.MachineTokenSecret, cancellationToken) ?? throw new StoreUnavailableException("The key of the store was taken away.", outcomeUnknown: false);
    }

    private async Task<DateTimeOffset?> RotatedAtAsync(CancellationToken cancellationToken) =>
        await store.GetAsync(Keys.KeyRotation, cancellationToken) is { } entry ? JsonSerializer.Deserialize(entry.Value.Span, TasksJson.Default.KeyRotationRecord)?.At : null;

    private KeyList List(ReadOnlyMemory<byte> ring, DateTimeOffset? rotated)
    {
        var file = configuration["Store:KeyFile"]?.Trim() is { Length: > 0 } path ? StoreKeyFile.Read(path) : null;
        return new KeyList { Items = [.. Fingerprints(ring).Select((fingerprint, at) => new KeySummary { Fingerprint = fingerprint, Present = at == 0 })], RotatedAt = rotated, SealedOutside = StoreKeyFile.IsSet(configuration), KeyFile = file is null ? null : [.. Fingerprints(file)] };
    }

    private static IEnumerable<string> Fingerprints(ReadOnlyMemory<byte> ring) => Enumerable.Range(0, KeyRing.Count(ring.Span)).Select(at => KeyRing.Fingerprint(KeyRing.At(ring.Span, at)));
}
