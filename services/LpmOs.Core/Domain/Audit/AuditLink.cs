using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LpmOs.Core.Domain.Audit;

/// <summary>
/// What ties a record to the one before it. It stands at the end of the record's JSON: <c>,"chain":3,"number":17,"previous":"…","hash":"…"}</c>.
/// The hash is SHA-256 (FIPS 180-4) of the bytes as they lie in the store without <c>,"hash":"…"</c>, so that any program can compute it again.
/// </summary>
public sealed record AuditLink
{
    /// <summary>Which of the IDC's chains, 0 to 7.</summary>
    public required int Chain { get; init; }
    /// <summary>Place in the chain; the first is 1, and none is left out.</summary>
    public required long Number { get; init; }
    /// <summary>Hash of the record before; 64 zeros before the first.</summary>
    public required string Previous { get; init; }
    public required string Hash { get; init; }

    /// <summary>What stands for the hash before the first record.</summary>
    public static string Origin { get; } = new('0', 64);

    private static readonly int TailLength = Tail(Origin).Length;

    /// <summary>The record with its link, and the hash that the next one is to name.</summary>
    /// <param name="record">A JSON object without a link.</param>
    public static (byte[] Value, string Hash) Append(ReadOnlySpan<byte> record, int chain, long number, string previous)
    {
        var place = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $",\"chain\":{chain},\"number\":{number},\"previous\":\"{previous}\"}}"));
        byte[] body = [.. record[..^1], .. place];
        var hash = Convert.ToHexStringLower(SHA256.HashData(body));
        return ([.. body.AsSpan(0, body.Length - 1), .. Encoding.ASCII.GetBytes(Tail(hash))], hash);
    }

    /// <summary>The hash as it would be if nobody had changed a byte; null where the record has no link at its end.</summary>
    public static string? Compute(ReadOnlySpan<byte> value)
    {
        if (value.Length <= TailLength || !value[^TailLength..].StartsWith(",\"hash\":\""u8))
            return null;
        return Convert.ToHexStringLower(SHA256.HashData([.. value[..^TailLength], (byte)'}']));
    }

    /// <summary>Null where it has none, or is no record.</summary>
    public static AuditLink? Read(ReadOnlySpan<byte> value)
    {
        try
        {
            return JsonSerializer.Deserialize(value, CoreJson.Default.AuditLink);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Tail(string hash) => $",\"hash\":\"{hash}\"}}";
}
