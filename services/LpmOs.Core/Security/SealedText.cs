using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace LpmOs.Core.Security;

/// <summary>
/// A short secret as it stands in the store and in answers: <c>sealed:</c> and base64url of nonce, ciphertext and tag of AES-256-GCM (NIST SP 800-38D).
/// The key is derived (RFC 5869) from the store's own, so that a copy of a task, a profile or an audit entry opens nothing. The nonce is derived from the text:
/// the same secret is sealed to the same text, so that a profile or a plan in which nothing changed stays the same.
/// </summary>
public static class SealedText
{
    public const string Prefix = "sealed:";
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int LongestSealed = 4096;

    public static bool IsSealed(string text) => text.StartsWith(Prefix, StringComparison.Ordinal);

    /// <param name="storeKey">The key of the whole store, see <see cref="MachineTokenKey"/>.</param>
    public static string Seal(string secret, ReadOnlySpan<byte> storeKey)
    {
        if (storeKey.IsEmpty)
            throw new InvalidOperationException("There is no key yet to seal with.");
        var plain = Encoding.UTF8.GetBytes(secret);
        var packed = new byte[NonceBytes + plain.Length + TagBytes];
        storeKey = KeyRing.Present(storeKey);
        HMACSHA256.HashData(Derive(storeKey, "nonce"), plain).AsSpan(0, NonceBytes).CopyTo(packed);
        using var cipher = new AesGcm(Derive(storeKey, "key"), TagBytes);
        cipher.Encrypt(packed.AsSpan(0, NonceBytes), plain, packed.AsSpan(NonceBytes, plain.Length), packed.AsSpan(NonceBytes + plain.Length));
        return Prefix + Base64Url.EncodeToString(packed);
    }

    /// <returns>Null for any text that was not sealed with a key of this ring.</returns>
    public static string? Open(string text, ReadOnlySpan<byte> storeKey)
    {
        for (var at = 0; at < KeyRing.Count(storeKey); at++)
        {
            if (OpenWith(text, KeyRing.At(storeKey, at)) is { } secret)
                return secret;
        }
        return null;
    }

    /// <returns>Null where there is nothing to do, or it was sealed with a key that is not in the ring.</returns>
    public static string? SealAnew(string text, ReadOnlySpan<byte> ring) => OpenWith(text, KeyRing.Present(ring)) is null && Open(text, ring) is { } secret ? Seal(secret, ring) : null;

    private static string? OpenWith(string text, ReadOnlySpan<byte> storeKey)
    {
        if (storeKey.IsEmpty || text.Length > LongestSealed || !IsSealed(text))
            return null;
        try
        {
            var packed = Base64Url.DecodeFromChars(text.AsSpan(Prefix.Length));
            if (packed.Length < NonceBytes + TagBytes)
                return null;
            var plain = new byte[packed.Length - NonceBytes - TagBytes];
            using var cipher = new AesGcm(Derive(storeKey, "key"), TagBytes);
            cipher.Decrypt(packed.AsSpan(0, NonceBytes), packed.AsSpan(NonceBytes, plain.Length), packed.AsSpan(NonceBytes + plain.Length), plain);
            return Encoding.UTF8.GetString(plain);
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            return null;
        }
    }

    /// <summary>What a plan says of a secret: lower-case hexadecimal.</summary>
    public static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static byte[] Derive(ReadOnlySpan<byte> storeKey, string purpose)
    {
        var key = new byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, storeKey, key, [], Encoding.ASCII.GetBytes("lpmos sealed text " + purpose));
        return key;
    }
}
