using System.Globalization;
using System.Text.Json;
using LpmOs.Core.Domain.Audit;
using LpmOs.Core.Hosting;
using LpmOs.Core.Security;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Tasks.Requests;

namespace LpmOs.Tasks.Webhooks;

/// <summary>Webhooks, their progress and their dead letters in the store. None of it is in the watched copy: secrets stay where they are needed.</summary>
internal sealed class WebhookStore(IStateStore store, WatchedState state, TimeProvider time)
{
    public const int Most = 50;
    public const int DeadKept = 100;

    public async Task<IReadOnlyList<Webhook>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await store.ListAsync(Keys.Webhooks, null, 10 * Most, 0, cancellationToken)).Entries.Select(entry => Read(entry.Value)).OrderBy(hook => hook.CreatedAt)];

    /// <exception cref="RefusedRequestException">404.</exception>
    public async Task<(Webhook Hook, long Revision)> FindAsync(string id, CancellationToken cancellationToken)
    {
        var entry = id.Length == 8 && id.All(char.IsAsciiHexDigitLower) ? await store.GetAsync(Keys.Webhook(id), cancellationToken) : null;
        return entry is null ? throw new RefusedRequestException(StatusCodes.Status404NotFound, "webhook_not_found", "Webhook not found", $"There is no webhook {id}. GET /api/v1/webhooks lists what there is.") : (Read(entry.Value), entry.ModRevision);
    }

    /// <exception cref="RefusedRequestException">409: too many, or somebody else changed it in the same moment.</exception>
    public async Task PutAsync(Webhook hook, Webhook? before, long revision, Actor actor, CancellationToken cancellationToken)
    {
        if (before is null && (await ListAsync(cancellationToken)).Count >= Most)
            throw new RefusedRequestException(StatusCodes.Status409Conflict, "too_many_webhooks", "There are too many webhooks", $"At most {Most} are kept; delete one first.");
        await ChangeAsync(StoreWrite.Put(Keys.Webhook(hook.Id), Json(hook)), revision, before is null ? "webhook.created" : "webhook.changed", before, hook, actor, cancellationToken);
    }

    public async Task DeleteAsync(Webhook hook, long revision, Actor actor, CancellationToken cancellationToken)
    {
        await ChangeAsync(StoreWrite.Delete(Keys.Webhook(hook.Id)), revision, "webhook.deleted", hook, null, actor, cancellationToken);
        var dead = await store.ListAsync(Keys.WebhookDead(hook.Id), null, 2 * DeadKept, 0, cancellationToken);
        foreach (var some in dead.Entries.Select(entry => StoreWrite.Delete(entry.Key)).Append(StoreWrite.Delete(Keys.WebhookState(hook.Id))).Chunk(100))
            await store.CommitAsync(new StoreTransaction { Writes = some }, cancellationToken);
    }

    /// <summary>Null: nothing has been delivered yet; and the revision of the webhook's own key, from which its events begin.</summary>
    public async Task<(WebhookState? State, long Created)> StateAsync(string id, CancellationToken cancellationToken)
    {
        var state = await store.GetAsync(Keys.WebhookState(id), cancellationToken);
        return (state is null ? null : JsonSerializer.Deserialize(state.Value.Span, TasksJson.Default.WebhookState), (await store.GetAsync(Keys.Webhook(id), cancellationToken))?.CreateRevision ?? 0);
    }

    /// <summary>Notes how far the deliveries have come, and a message that was given up; only while the webhook is there and this service is the one that delivers.</summary>
    /// <returns>False: it is not.</returns>
    public async Task<bool> AdvanceAsync(Webhook hook, WebhookState state, Delivery? dead, long hookRevision, long ownerRevision, CancellationToken cancellationToken)
    {
        var writes = new List<StoreWrite> { StoreWrite.Put(Keys.WebhookState(hook.Id), JsonSerializer.SerializeToUtf8Bytes(state, TasksJson.Default.WebhookState)) };
        if (dead is not null)
        {
            var prefix = Keys.WebhookDead(hook.Id);
            var kept = await store.ListAsync(prefix, null, 2 * DeadKept, 0, cancellationToken);
            var key = string.Create(CultureInfo.InvariantCulture, $"{prefix}{dead.Revision:d19}-{dead.Id[^8..]}");
            writes.Add(StoreWrite.Put(key, JsonSerializer.SerializeToUtf8Bytes(dead, TasksJson.Default.Delivery)));
            writes.AddRange(kept.Entries.Where(entry => entry.Key != key).Select(entry => entry.Key).OrderDescending(StringComparer.Ordinal).Skip(DeadKept - 1).Take(100).Select(StoreWrite.Delete));
        }
        var result = await store.CommitAsync(new StoreTransaction { Compares = [new StoreCompare(Keys.Webhook(hook.Id), hookRevision), new StoreCompare(Keys.WebhookOwner, ownerRevision)], Writes = writes }, cancellationToken);
        return result.Applied;
    }

    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<Delivery>> DeadAsync(string id, CancellationToken cancellationToken) =>
        [.. (await store.ListAsync(Keys.WebhookDead(id), null, 2 * DeadKept, 0, cancellationToken)).Entries.OrderByDescending(entry => entry.Key, StringComparer.Ordinal).Select(entry => JsonSerializer.Deserialize(entry.Value.Span, TasksJson.Default.Delivery)!)];

    private async Task ChangeAsync(StoreWrite write, long revision, string action, Webhook? before, Webhook? after, Actor actor, CancellationToken cancellationToken)
    {
        var audit = AuditTrail.Of(action, "global", null, actor.Name, actor.From, time.GetUtcNow(), Audited(before), Audited(after));
        var result = await store.CommitAsync(new StoreTransaction { Compares = [new StoreCompare(write.Key, revision)], Writes = [write, audit] }, cancellationToken);
        if (!result.Applied)
            throw new RefusedRequestException(StatusCodes.Status409Conflict, "webhook_changed", "Somebody else changed the webhook", "Look at it again and repeat your change.");
    }

    // Without the secret.
    private static byte[] Audited(Webhook? hook) => hook is null ? [] : JsonSerializer.SerializeToUtf8Bytes(WebhookAnswer.Of(hook), TasksJson.Default.WebhookAnswer);

    /// <summary>Seals what lies in clear from before.</summary>
    public async Task SealAsync(CancellationToken cancellationToken)
    {
        foreach (var entry in (await store.ListAsync(Keys.Webhooks, null, 10 * Most, 0, cancellationToken)).Entries)
        {
            if (JsonSerializer.Deserialize(entry.Value.Span, TasksJson.Default.Webhook) is { } hook && !SealedText.IsSealed(hook.Secret))
                await store.CommitAsync(StoreTransaction.PutIf(entry.Key, entry.ModRevision, Json(hook)), cancellationToken);
        }
    }

    private byte[] Json(Webhook hook) => state.Current.MachineTokenKey is { IsEmpty: false } key
        ? JsonSerializer.SerializeToUtf8Bytes(hook with { Secret = SealedText.Seal(hook.Secret, key.Span) }, TasksJson.Default.Webhook)
        : throw new StoreUnavailableException("The key that seals secrets has not been made yet.", outcomeUnknown: false);

    /// <summary>With its secret opened. One that was sealed with another key sends nothing until it is given a new one.</summary>
    private Webhook Read(ReadOnlyMemory<byte> value)
    {
        var hook = JsonSerializer.Deserialize(value.Span, TasksJson.Default.Webhook)!;
        if (!SealedText.IsSealed(hook.Secret))
            return hook;
        return SealedText.Open(hook.Secret, state.Current.MachineTokenKey.Span) is { } secret ? hook with { Secret = secret } : hook with { Secret = "", Enabled = false };
    }
}
