using System.Security.Cryptography;
using LpmOs.Core.Store;

namespace LpmOs.Core.Security;

/// <summary>Makes the key that signs machines' tokens, once for the whole store; whichever service comes first wins.</summary>
public static class MachineTokenKey
{
    private const int KeyBytes = 32;

    public static async Task EnsureAsync(IStateStore store, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(Keys.MachineTokenSecret, cancellationToken).ConfigureAwait(false) is null)
            await store.CommitAsync(StoreTransaction.PutIf(Keys.MachineTokenSecret, 0, RandomNumberGenerator.GetBytes(KeyBytes)), cancellationToken).ConfigureAwait(false);
    }
}
