using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace LpmOs.Boot.Tftp;

/// <summary>A read or write request (RFC 1350 section 5) with its options (RFC 2347), names in lower case, the first of a name counts.</summary>
internal sealed record TftpRequest(TftpOperation Operation, string FileName, bool NetAscii, IReadOnlyDictionary<string, string> Options)
{
    /// <summary>RFC 2347: a request with its options is at most 512 bytes.</summary>
    public const int MaximumLength = 512;
    private const int MaximumOptions = 16;

    /// <summary>False for anything else; a server answers that with silence, as garbage may come from forged addresses.</summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, [NotNullWhen(true)] out TftpRequest? request)
    {
        request = null;
        if (datagram.Length is < 4 or > MaximumLength)
            return false;
        var operation = (TftpOperation)BinaryPrimitives.ReadUInt16BigEndian(datagram);
        if (operation is not (TftpOperation.ReadRequest or TftpOperation.WriteRequest))
            return false;
        var rest = datagram[2..];
        if (!TryRead(ref rest, out var file) || file.Length == 0 || !TryRead(ref rest, out var mode))
            return false;
        var netAscii = mode.Equals("netascii", StringComparison.OrdinalIgnoreCase);
        if (!netAscii && !mode.Equals("octet", StringComparison.OrdinalIgnoreCase))
            return false;

        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        while (options.Count < MaximumOptions && TryRead(ref rest, out var name) && TryRead(ref rest, out var value))
            options.TryAdd(name.ToLowerInvariant(), value);
        request = new TftpRequest(operation, file, netAscii, options);
        return true;
    }

    /// <summary>The text up to the next zero byte. Control characters end the matter: no name of ours holds one, and logs shall not either.</summary>
    private static bool TryRead(ref ReadOnlySpan<byte> rest, out string text)
    {
        text = "";
        var end = rest.IndexOf((byte)0);
        if (end < 0 || rest[..end].ContainsAnyInRange((byte)0, (byte)31) || rest[..end].ContainsAnyInRange((byte)127, (byte)159))
            return false;
        text = Encoding.Latin1.GetString(rest[..end]);
        rest = rest[(end + 1)..];
        return true;
    }
}
