using LpmOs.Contracts.Tasks;
using LpmOs.Core.Hosting;
using LpmOs.Core.Security;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;

namespace LpmOs.Tasks.Validation;

/// <summary>The passphrase of encrypted disks: checked and sealed, and never repeated in an error.</summary>
internal sealed class DiskPassphraseRules(WatchedState state)
{
    private const string Field = "disk_layout.encryption.passphrase";

    /// <summary>The layout with its passphrase sealed.</summary>
    public DiskLayoutSpec Check(DiskLayoutSpec layout, FieldErrors errors)
    {
        if (layout.Encryption is not { } encryption)
            return layout;
        var key = state.Current.MachineTokenKey.Span;
        if (key.IsEmpty)
            throw new StoreUnavailableException("The key that seals secrets has not been made yet.", outcomeUnknown: false);
        var plain = SealedText.IsSealed(encryption.Passphrase) ? SealedText.Open(encryption.Passphrase, key) : encryption.Passphrase;
        if (plain is not null && IsAllowed(plain))
            return layout with { Encryption = encryption with { Passphrase = SealedText.Seal(plain, key) } };
        errors.Add(Field, $"Is not allowed; allowed: {EncryptionSpec.ShortestPassphrase} to {EncryptionSpec.LongestPassphrase} printable ASCII characters (a console in an initramfs has the US layout), no blank at either end; or the sealed:… text that was read from here.");
        return layout with { Encryption = null };
    }

    private static bool IsAllowed(string text) =>
        text.Length is >= EncryptionSpec.ShortestPassphrase and <= EncryptionSpec.LongestPassphrase && text.All(c => c is >= ' ' and <= '~') && text[0] != ' ' && text[^1] != ' ';
}
