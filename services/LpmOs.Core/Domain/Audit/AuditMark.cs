using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LpmOs.Core.Security;

namespace LpmOs.Core.Domain.Audit;

/// <summary>
/// An end of a chain, beside its records: the head says which record is the last, the anchor after which record those begin that are still kept.
/// The seal is an HMAC-SHA-256 (RFC 2104) with a key derived from the store's own: whoever can write the store, but lacks the key, makes no ends that fit what they took away.
/// </summary>
public sealed record AuditMark
{
    public const string Head = "head";
    public const string Anchor = "anchor";

    /// <summary>Of the record; 0: before the first.</summary>
    public required long Number { get; init; }
    /// <summary>Of the record.</summary>
    public required string Hash { get; init; }
    /// <summary>When the chain began: records without a link are older.</summary>
    public required DateTimeOffset Since { get; init; }
    public required string Seal { get; init; }

    public static AuditMark Of(string kind, string idc, int chain, long number, string hash, DateTimeOffset since, ReadOnlySpan<byte> storeKey) =>
        new() { Number = number, Hash = hash, Since = since, Seal = SealOf(kind, idc, chain, number, hash, since, KeyRing.Present(storeKey)) };

    public bool IsSealed(string kind, string idc, int chain, ReadOnlySpan<byte> storeKey)
    {
        for (var at = 0; at < KeyRing.Count(storeKey); at++)
        {
            if (IsSealedWith(kind, idc, chain, KeyRing.At(storeKey, at)))
                return true;
        }
        return false;
    }

    /// <summary>The same with the present key.</summary>
    public AuditMark SealedAnew(string kind, string idc, int chain, ReadOnlySpan<byte> storeKey) => Of(kind, idc, chain, Number, Hash, Since, storeKey);

    private bool IsSealedWith(string kind, string idc, int chain, ReadOnlySpan<byte> storeKey) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(SealOf(kind, idc, chain, Number, Hash, Since, storeKey)), Encoding.UTF8.GetBytes(Seal));

    public byte[] Json() => JsonSerializer.SerializeToUtf8Bytes(this, CoreJson.Default.AuditMark);

    /// <summary>Null where there is none, or nothing that could be one.</summary>
    public static AuditMark? Read(ReadOnlyMemory<byte>? value)
    {
        try
        {
            return value is { } json ? JsonSerializer.Deserialize(json.Span, CoreJson.Default.AuditMark) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string SealOf(string kind, string idc, int chain, long number, string hash, DateTimeOffset since, ReadOnlySpan<byte> storeKey)
    {
        Span<byte> key = stackalloc byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, storeKey, key, [], "lpmos audit chain"u8);
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{kind} {idc} {chain} {number} {hash} {since.UtcTicks}"))));
    }
}
