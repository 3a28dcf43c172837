using System.Security.Cryptography;

namespace LpmOs.Core.Security;

/// <summary>
/// The store's key, as it lies there: the present one of 32 bytes, with which everything is sealed and signed, and behind it former ones, the newest first, which still open and verify
/// what they sealed and signed. A key that was never rotated is a ring of one.
/// </summary>
public static class KeyRing
{
    public const int KeyBytes = 32;
    /// <summary>A fifth key takes the place of the oldest one.</summary>
    public const int Most = 4;
    private const int FingerprintBytes = 8;

    public static int Count(ReadOnlySpan<byte> ring) => ring.IsEmpty ? 0 : IsWhole(ring) ? ring.Length / KeyBytes : 1;

    /// <param name="at">0: the present one.</param>
    public static ReadOnlySpan<byte> At(ReadOnlySpan<byte> ring, int at) => IsWhole(ring) ? ring.Slice(at * KeyBytes, KeyBytes) : ring;

    public static ReadOnlySpan<byte> Present(ReadOnlySpan<byte> ring) => ring.IsEmpty ? ring : At(ring, 0);

    /// <summary>A new key in front of the others.</summary>
    public static byte[] Rotate(ReadOnlySpan<byte> ring) => [.. RandomNumberGenerator.GetBytes(KeyBytes), .. ring[..Math.Min(ring.Length, (Most - 1) * KeyBytes)]];

    /// <summary>By which people tell keys apart; says nothing of the key. Lower-case hexadecimal.</summary>
    public static string Fingerprint(ReadOnlySpan<byte> key) => Convert.ToHexStringLower(SHA256.HashData(key).AsSpan(0, FingerprintBytes));

    private static bool IsWhole(ReadOnlySpan<byte> ring) => ring.Length > KeyBytes && ring.Length % KeyBytes == 0;
}
