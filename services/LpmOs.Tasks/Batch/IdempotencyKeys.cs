using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LpmOs.Core.Hosting;
using LpmOs.Core.Store;

namespace LpmOs.Tasks.Batch;

/// <summary>What a key stands for: the value of <c>/os/global/idempotency/{sha256 of user and key}</c>.</summary>
internal sealed record IdempotentCall
{
    /// <summary>HMAC-SHA-256, by the caller's key, of the body and what the query says of it, so that a key is not taken for another call and nobody who reads the store tries passphrases on it.</summary>
    public required string Body { get; init; }
    /// <summary>Absent while the call is running.</summary>
    public BatchResult? Result { get; init; }
}

/// <summary>Remembers the answer of a call under the client's <c>Idempotency-Key</c>, so that a call that is sent again after a lost answer does nothing twice.</summary>
internal sealed class IdempotencyKeys(IStateStore store)
{
    public const int LongestKey = 200;
    /// <summary>A service that dies in the middle blocks its key no longer than this.</summary>
    private static readonly TimeSpan Running = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Remembered = TimeSpan.FromHours(24);

    /// <param name="user">Whose key it is: two people may take the same word, and neither reads the other's answer.</param>
    /// <param name="work">Runs once; its answer is kept for a day. It may write its answer itself, with the transaction that it is given for it.</param>
    /// <returns>The answer, and whether it is that of an earlier call.</returns>
    /// <exception cref="RefusedRequestException">409: the first call is still running. 422: the key was used for another body.</exception>
    public async Task<(BatchResult Result, bool Replayed)> OnceAsync(string user, string idempotencyKey, byte[] body, Func<Func<BatchResult, CancellationToken, Task<StoreTransaction>>, Task<BatchResult>> work, CancellationToken cancellationToken)
    {
        var key = "/os/global/idempotency/" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{user}\n{idempotencyKey}")));
        var call = new IdempotentCall { Body = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(idempotencyKey), body)) };
        var lease = await store.GrantLeaseAsync(Running, cancellationToken);
        var claim = await store.CommitAsync(Put(key, 0, call, lease), cancellationToken);
        if (!claim.Applied)
        {
            await store.RevokeLeaseAsync(lease, cancellationToken);
            return (Earlier(await store.GetAsync(key, cancellationToken), call.Body), true);
        }
        try
        {
            // What is one outcome remembers its answer in the transaction that decides it; then this second note finds the key changed and does nothing.
            var result = await work(RememberAsync);
            await TryAsync(async () => await store.CommitAsync(await RememberAsync(result, cancellationToken), cancellationToken));
            return (result, false);

            async Task<StoreTransaction> RememberAsync(BatchResult answer, CancellationToken token) => Put(key, claim.Revision, call with { Result = answer }, await store.GrantLeaseAsync(Remembered, token));
        }
        finally
        {
            // With it goes the claim of a call that failed.
            await TryAsync(async () => await store.RevokeLeaseAsync(lease, CancellationToken.None));
        }
    }

    /// <summary>What was done is answered all the same; a store that is away just then takes away the memory of it, not the answer.</summary>
    private static async Task TryAsync(Func<Task> note)
    {
        try
        {
            await note();
        }
        catch (StoreUnavailableException)
        {
            // The lease ends by itself.
        }
    }

    private static BatchResult Earlier(StoreEntry? entry, string body)
    {
        var known = entry is null ? null : JsonSerializer.Deserialize(entry.Value.Span, TasksJson.Default.IdempotentCall);
        if (known is not null && known.Body != body)
            throw new RefusedRequestException(StatusCodes.Status422UnprocessableEntity, "idempotency_key_reused", "The Idempotency-Key belongs to another call", "It was used with another body. Take a new key for a new call.");
        return known?.Result ?? throw new RefusedRequestException(StatusCodes.Status409Conflict, "call_in_progress", "The same call is still running", "Ask again with the same key in a moment.");
    }

    private static StoreTransaction Put(string key, long revision, IdempotentCall call, long lease) => new()
    {
        Compares = [new StoreCompare(key, revision)],
        Writes = [StoreWrite.Put(key, JsonSerializer.SerializeToUtf8Bytes(call, TasksJson.Default.IdempotentCall), lease)],
    };
}
