using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LpmOs.Core.Security;

/// <summary>What a machine's token speaks for.</summary>
public sealed record TokenClaims
{
    /// <summary><c>agent</c>: the boot script gave it; <c>first_boot</c>: the installation left it on the disk.</summary>
    public required string Purpose { get; init; }
    public required string Idc { get; init; }
    public string? Sn { get; init; }
    public string? Mac { get; init; }
    public string? TaskId { get; init; }
    public int? Attempt { get; init; }
    /// <summary>When the boot script was rendered that began it all, in milliseconds since 1970: of two boots of a machine the later one speaks for it. A renewed token keeps it.</summary>
    public long? Boot { get; init; }
    /// <summary>SHA-256 of the endorsement key of the TPM that this machine has proven in this boot, lower-case hexadecimal. A renewed token keeps it.</summary>
    public string? Tpm { get; init; }
    /// <summary>With <see cref="Tpm"/>: a maker that the site believes has vouched for it when it was proven. Null: nobody has, or it was only what the machine was bound to.</summary>
    public bool? TpmVouched { get; init; }
    /// <summary>With <c>tpm_challenge</c>: SHA-256 of what the TPM is to find in its credential.</summary>
    public string? Expected { get; init; }
    /// <summary>With <c>tpm_challenge</c>: SHA-256 of the certificate that was shown with the endorsement key, and is of it.</summary>
    public string? Certificate { get; init; }
    /// <summary>Seconds since 1970, UTC.</summary>
    public required long Expires { get; init; }
}

/// <summary>
/// Signed tokens of machines: claims as JSON and their HMAC-SHA-256 (RFC 2104), both base64url, joined by a dot.
/// Any service that has the key checks any token; nothing is stored for it.
/// </summary>
public static class MachineTokens
{
    public const string AgentPurpose = "agent";
    public const string FirstBootPurpose = "first_boot";
    /// <summary>No token of a machine: what a service asked of its TPM.</summary>
    public const string TpmChallengePurpose = "tpm_challenge";
    /// <summary>A TPM on a slow bus takes seconds for a key.</summary>
    public static readonly TimeSpan TpmChallengeLife = TimeSpan.FromMinutes(5);
    /// <summary>An installation, and a machine that stands switched off over a weekend after it.</summary>
    public static readonly TimeSpan FirstBootLife = TimeSpan.FromDays(7);
    /// <summary>An installation from a slow mirror, and a person who looks after it on the next day.</summary>
    public static readonly TimeSpan InstallerLife = TimeSpan.FromDays(2);
    /// <summary>An agent's token, and each that renews it (the first: unless the setting <c>Boot:TokenLifetime</c> says otherwise): it is renewed while the agent is in contact.</summary>
    public static readonly TimeSpan AgentLife = TimeSpan.FromHours(12);
    private const int LongestToken = 2048;

    public static string Issue(TokenClaims claims, ReadOnlySpan<byte> key)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(claims, CoreJson.Default.TokenClaims);
        var (payload, signature) = (Base64Url.GetEncodedLength(json.Length), Base64Url.GetEncodedLength(HMACSHA256.HashSizeInBytes));
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes], token = payload + 1 + signature is <= LongestToken and var length ? stackalloc byte[length] : new byte[payload + 1 + signature];
        Base64Url.EncodeToUtf8(json, token);
        HMACSHA256.HashData(KeyRing.Present(key), token[..payload], hash);
        token[payload] = (byte)'.';
        Base64Url.EncodeToUtf8(hash, token[(payload + 1)..]);
        return Encoding.ASCII.GetString(token);
    }

    /// <summary>The claims of a token that we signed and that has not expired; null for any other text.</summary>
    public static TokenClaims? Verify(string? token, ReadOnlySpan<byte> key, DateTimeOffset now) => Read(token, key) is { } claims && !IsExpired(claims, now) ? claims : null;

    public static bool IsExpired(TokenClaims claims, DateTimeOffset now) => claims.Expires <= now.ToUnixTimeSeconds();

    /// <summary>The claims of a token that we signed, expired or not; null for any other text.</summary>
    public static TokenClaims? Read(string? token, ReadOnlySpan<byte> key)
    {
        // Anybody can sign with an empty key: it stands for one that is not known yet.
        if (key.IsEmpty || token is null || token.Length > LongestToken || token.IndexOf('.') is not (> 0 and var dot))
            return null;
        try
        {
            if (!IsSigned(Encoding.UTF8.GetBytes(token[..dot]), Base64Url.DecodeFromChars(token.AsSpan(dot + 1)), key))
                return null;
            return JsonSerializer.Deserialize(Base64Url.DecodeFromChars(token.AsSpan(0, dot)), CoreJson.Default.TokenClaims);
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    private static bool IsSigned(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> ring)
    {
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var signed = false;
        for (var at = 0; at < KeyRing.Count(ring); at++)
        {
            HMACSHA256.HashData(KeyRing.At(ring, at), payload, expected);
            signed |= CryptographicOperations.FixedTimeEquals(expected, signature);
        }
        return signed;
    }
}
