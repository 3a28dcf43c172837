using System.Buffers.Binary;
using System.Text;

namespace LpmOs.Tasks.Validation;

/// <summary>Public keys as OpenSSH writes them: type, base64 blob (RFC 4253, 6.6; RFC 5656; RFC 8709), comment.</summary>
internal static class SshPublicKey
{
    public const int Longest = 8192;
    private const int ShortestRsaBits = 2048;

    private static readonly Dictionary<string, int> FieldsAfterType = new(StringComparer.Ordinal)
    {
        ["ssh-ed25519"] = 1, ["ssh-rsa"] = 2,
        ["ecdsa-sha2-nistp256"] = 2, ["ecdsa-sha2-nistp384"] = 2, ["ecdsa-sha2-nistp521"] = 2,
        ["sk-ssh-ed25519@openssh.com"] = 2, ["sk-ecdsa-sha2-nistp256@openssh.com"] = 3,
    };

    /// <summary>What is wrong with the line, or null.</summary>
    public static string? WhyNot(string line)
    {
        if (line.Length > Longest)
            return $"Has {line.Length} characters; at most {Longest} are allowed.";
        line = line.Trim();
        if (line.Any(char.IsControl))
            return "Must be one line without control characters; give each key as an entry of its own.";
        if (line.Contains("PRIVATE KEY", StringComparison.Ordinal))
            return "This is a private key. Keep it, and give the public one (the file that ends in .pub).";
        var parts = line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 2 || !FieldsAfterType.TryGetValue(parts[0], out var fields))
            return $"Must be an OpenSSH public key, 'type base64 comment', without options; allowed types: {string.Join(", ", FieldsAfterType.Keys)}.";
        var blob = new byte[parts[1].Length];
        if (!Convert.TryFromBase64String(parts[1], blob, out var length))
            return "The second word is not base64; is the key complete?";
        return CheckBlob(parts[0], blob.AsSpan(0, length), fields);
    }

    private static string? CheckBlob(string type, ReadOnlySpan<byte> blob, int fields)
    {
        const string cut = "The key's data is cut short or has something added; copy the whole line.";
        if (!Next(ref blob, out var named))
            return cut;
        if (Encoding.ASCII.GetString(named) != type)
            return "The key's data is of another type than the first word says.";
        var first = ReadOnlySpan<byte>.Empty;
        var second = ReadOnlySpan<byte>.Empty;
        for (var i = 0; i < fields; i++)
        {
            if (!Next(ref blob, out var value) || value.IsEmpty)
                return cut;
            if (i == 0)
                first = value;
            else if (i == 1)
                second = value;
        }
        if (!blob.IsEmpty || (type.Contains("ed25519", StringComparison.Ordinal) && first.Length != 32))
            return cut;
        // The modulus is an mpint: a leading zero byte keeps it positive.
        var bits = type == "ssh-rsa" ? second.TrimStart((byte)0).Length * 8 : ShortestRsaBits;
        return bits < ShortestRsaBits ? $"An RSA key of {bits} bits is too short; at least {ShortestRsaBits} are needed." : null;
    }

    private static bool Next(scoped ref ReadOnlySpan<byte> blob, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (blob.Length < 4 || BinaryPrimitives.ReadUInt32BigEndian(blob) is var length && length > blob.Length - 4)
            return false;
        value = blob.Slice(4, (int)length);
        blob = blob[(4 + (int)length)..];
        return true;
    }
}
