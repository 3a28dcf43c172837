using System.Runtime.CompilerServices;
using System.Text;
using LpmOs.Core.Security;

namespace LpmOs.Core.Store.Sealed;

/// <summary>
/// A store in which everything under <see cref="Keys.Secrets"/>, from which all other secrets are sealed, lies sealed itself with a key that is outside of it: whoever reads the store or a backup opens nothing.
/// A value that lies there in clear, or sealed with a key from before, is sealed anew when it is read.
/// </summary>
/// <param name="outside">The key that is not in the store.</param>
internal sealed class SealedSecrets(IStateStore store, StoreKeyFile outside) : IStateStore
{
    public async ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken)
    {
        var entry = await store.GetAsync(key, cancellationToken).ConfigureAwait(false);
        if (entry is null || !IsSecret(key))
            return entry;
        var opened = entry with { Value = Open(entry.Value) };
        if (IsSealed(entry.Value) && SealedText.SealAnew(Encoding.ASCII.GetString(entry.Value.Span), outside.Ring) is null)
            return opened;
        try
        {
            var result = await store.CommitAsync(StoreTransaction.PutIf(key, entry.ModRevision, Seal(opened.Value)), cancellationToken).ConfigureAwait(false);
            return result.Applied ? opened with { ModRevision = result.Revision } : opened;
        }
        catch (StoreUnavailableException)
        {
            // A service that may only read it leaves it to one that may write.
            return opened;
        }
    }

    public async ValueTask<StorePage> ListAsync(string prefix, string? after, int limit, long revision, CancellationToken cancellationToken)
    {
        var page = await store.ListAsync(prefix, after, limit, revision, cancellationToken).ConfigureAwait(false);
        return page.Entries.Any(entry => IsSecret(entry.Key)) ? page with { Entries = [.. page.Entries.Select(entry => IsSecret(entry.Key) ? entry with { Value = Open(entry.Value) } : entry)] } : page;
    }

    public ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken) => store.CommitAsync(
        transaction.Writes.Any(write => IsSecret(write.Key)) ? transaction with { Writes = [.. transaction.Writes.Select(write => IsSecret(write.Key) && write.Value is { } value ? write with { Value = Seal(value) } : write)] } : transaction, cancellationToken);

    public async IAsyncEnumerable<WatchBatch> WatchAsync(string prefix, long fromRevision, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var batch in store.WatchAsync(prefix, fromRevision, cancellationToken).ConfigureAwait(false))
            yield return batch.Events.Any(change => IsSecret(change.Key)) ? batch with { Events = [.. batch.Events.Select(change => IsSecret(change.Key) && change.Value is { } value ? change with { Value = Open(value) } : change)] } : batch;
    }

    public ValueTask<long> GrantLeaseAsync(TimeSpan timeToLive, CancellationToken cancellationToken) => store.GrantLeaseAsync(timeToLive, cancellationToken);

    public ValueTask<bool> KeepLeaseAliveAsync(long leaseId, CancellationToken cancellationToken) => store.KeepLeaseAliveAsync(leaseId, cancellationToken);

    public ValueTask RevokeLeaseAsync(long leaseId, CancellationToken cancellationToken) => store.RevokeLeaseAsync(leaseId, cancellationToken);

    private static bool IsSecret(string name) => name.StartsWith(Keys.Secrets, StringComparison.Ordinal);

    private static bool IsSealed(ReadOnlyMemory<byte> value) => value.Span.StartsWith("sealed:"u8);

    private ReadOnlyMemory<byte> Seal(ReadOnlyMemory<byte> value) => Encoding.ASCII.GetBytes(SealedText.Seal(Convert.ToBase64String(value.Span), outside.Ring));

    private ReadOnlyMemory<byte> Open(ReadOnlyMemory<byte> value) => !IsSealed(value) ? value
        : SealedText.Open(Encoding.ASCII.GetString(value.Span), outside.Ring) is { } text ? Convert.FromBase64String(text)
        : throw new StoreUnavailableException("The secrets in the store were sealed with another key than the file of Store:KeyFile holds. Give this service the file that the others have.", outcomeUnknown: false);
}
