using System.Security.Cryptography;
using LpmOs.Core.Store;

namespace LpmOs.Core.Security;

/// <summary>Makes the key that signs machines' tokens, once for the whole store; whichever service comes first wins.</summary>
public static class MachineTokenKey
{
    private const int KeyBytes = 32;

    public static async Task<ReadOnlyMemory<byte>> EnsureAsync(IStateStore store, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(Keys.MachineTokenSecret, cancellationToken).ConfigureAwait(false) is { } known)
            return known.Value;
        await store.CommitAsync(StoreTransaction.PutIf(Keys.MachineTokenSecret, 0, RandomNumberGenerator.GetBytes(KeyBytes)), cancellationToken).ConfigureAwait(false);
        return (await store.GetAsync(Keys.MachineTokenSecret, cancellationToken).ConfigureAwait(false))?.Value
            ?? throw new StoreUnavailableException("The key of the store was taken away while it was made.", outcomeUnknown: false);
    }
}
