using System.Security.Cryptography;
using System.Text;
using LpmOs.Core.Security;
using LpmOs.Core.Snapshot;
using Microsoft.AspNetCore.DataProtection;

namespace LpmOs.Tasks.Access.Oidc;

/// <summary>
/// Seals what a login carries through the provider and back (state, nonce) with a key derived from the store's own (RFC 5869), by AES-256-GCM:
/// any tasks service opens what any other sealed, and a restart ends no login under way. A rotation of that key does.
/// </summary>
internal sealed class StoreProtection(WatchedState state, string purpose = "") : IDataProtector
{
    private const int NonceBytes = 12, TagBytes = 16, KeyBytes = 32;

    public IDataProtector CreateProtector(string inner) => new StoreProtection(state, $"{purpose}/{inner.Length}:{inner}");

    public byte[] Protect(byte[] plaintext)
    {
        var packed = new byte[NonceBytes + plaintext.Length + TagBytes];
        RandomNumberGenerator.Fill(packed.AsSpan(0, NonceBytes));
        using var cipher = new AesGcm(Key(), TagBytes);
        cipher.Encrypt(packed.AsSpan(0, NonceBytes), plaintext, packed.AsSpan(NonceBytes, plaintext.Length), packed.AsSpan(NonceBytes + plaintext.Length));
        return packed;
    }

    /// <exception cref="CryptographicException">It was not sealed here.</exception>
    public byte[] Unprotect(byte[] protectedData)
    {
        if (protectedData.Length < NonceBytes + TagBytes)
            throw new CryptographicException("too short");
        var plain = new byte[protectedData.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(Key(), TagBytes);
        cipher.Decrypt(protectedData.AsSpan(0, NonceBytes), protectedData.AsSpan(NonceBytes, plain.Length), protectedData.AsSpan(NonceBytes + plain.Length), plain);
        return plain;
    }

    private byte[] Key() => state.Current.MachineTokenKey is { IsEmpty: false } key
        ? HKDF.DeriveKey(HashAlgorithmName.SHA256, KeyRing.Present(key.Span).ToArray(), KeyBytes, [], Encoding.UTF8.GetBytes("lpmos login state " + purpose))
        : throw new CryptographicException("There is no key yet to seal with.");
}
