using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace LpmOs.Core.Security;

/// <summary>Random secrets that are handed out once and found again by their SHA-256.</summary>
public static class BearerSecret
{
    private const int Bytes = 32;
    private const int IdDigits = 16;
    private const int Longest = 512;

    public static string New(string prefix = "") => prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    public static string Digest(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>The name under which a digest is kept; says nothing of the secret.</summary>
    public static string Id(string digest) => digest[..IdDigits];

    /// <summary>The digest of what somebody shows; null where it is longer than any secret.</summary>
    public static string? DigestOfShown(string? secret) => secret is { Length: > 0 and <= Longest } ? Digest(secret) : null;

    /// <summary>Compares in a time that says nothing of where they differ.</summary>
    public static bool Same(string digest, string other) => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(digest), Encoding.ASCII.GetBytes(other));
}
