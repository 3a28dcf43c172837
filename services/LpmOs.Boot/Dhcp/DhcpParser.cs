using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;

namespace LpmOs.Boot.Dhcp;

/// <summary>
/// Reads a datagram as a DHCP message. Everything in it is hostile: each length is checked against what is really there,
/// and nothing is kept that points into the receive buffer.
/// </summary>
internal static class DhcpParser
{
    /// <summary>Larger than any Ethernet datagram; what is longer is not DHCP.</summary>
    public const int MaximumLength = 4096;

    private const int ServerNameOffset = 44, ServerNameLength = 64, FileOffset = 108, FileLength = 128;

    /// <param name="error">What is wrong with it, for the log; no bytes of the packet are quoted.</param>
    public static bool TryParse(ReadOnlySpan<byte> datagram, [NotNullWhen(true)] out DhcpPacket? packet, [NotNullWhen(false)] out string? error)
    {
        packet = null;
        if (datagram.Length < DhcpPacket.HeaderLength + 4)
            return Fail($"{datagram.Length} bytes are too few for a DHCP message", out error);
        if (datagram.Length > MaximumLength)
            return Fail($"{datagram.Length} bytes are too many for a DHCP message", out error);
        if (BinaryPrimitives.ReadUInt32BigEndian(datagram[DhcpPacket.HeaderLength..]) != DhcpPacket.MagicCookie)
            return Fail("no DHCP magic cookie (plain BOOTP is not served)", out error);
        if (datagram[0] is not (DhcpPacket.BootRequest or DhcpPacket.BootReply))
            return Fail($"operation {datagram[0]} is neither request nor reply", out error);
        int hardwareLength = datagram[2];
        if (hardwareLength > 16)
            return Fail($"hardware address length {hardwareLength} is over 16", out error);

        var options = new OptionCollector();
        if (!options.Read(datagram[(DhcpPacket.HeaderLength + 4)..], out error))
            return false;

        // RFC 2131 section 4.1: the file field is read before the sname field. Option 52 inside an overloaded field means nothing.
        var overload = options.Find(DhcpOptionCode.Overload) is { Count: 1 } value ? value[0] : 0;
        var fileOverloaded = (overload & 1) != 0;
        var nameOverloaded = (overload & 2) != 0;
        if (overload > 3)
            return Fail($"option overload {overload} is not 1, 2 or 3", out error);
        if (fileOverloaded && !options.Read(datagram.Slice(FileOffset, FileLength), out error))
            return false;
        if (nameOverloaded && !options.Read(datagram.Slice(ServerNameOffset, ServerNameLength), out error))
            return false;

        packet = new DhcpPacket
        {
            Operation = datagram[0],
            HardwareType = datagram[1],
            Hops = datagram[3],
            TransactionId = BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]),
            Seconds = BinaryPrimitives.ReadUInt16BigEndian(datagram[8..]),
            Flags = BinaryPrimitives.ReadUInt16BigEndian(datagram[10..]),
            ClientAddress = new IPAddress(datagram.Slice(12, 4)),
            YourAddress = new IPAddress(datagram.Slice(16, 4)),
            ServerAddress = new IPAddress(datagram.Slice(20, 4)),
            RelayAddress = new IPAddress(datagram.Slice(24, 4)),
            HardwareAddress = datagram.Slice(28, hardwareLength).ToArray(),
            ServerName = nameOverloaded ? "" : Text(datagram.Slice(ServerNameOffset, ServerNameLength)),
            File = fileOverloaded ? "" : Text(datagram.Slice(FileOffset, FileLength)),
            Options = options.ToList(),
        };
        return true;
    }

    private static bool Fail(string reason, out string error)
    {
        error = reason;
        return false;
    }

    private static string Text(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        return Encoding.Latin1.GetString(end < 0 ? field : field[..end]);
    }

    /// <summary>Joins the parts of an option in the order they come (RFC 3396 section 7).</summary>
    private sealed class OptionCollector
    {
        private readonly List<(byte Code, List<byte> Value)> _options = [];

        public bool Read(ReadOnlySpan<byte> field, [NotNullWhen(false)] out string? error)
        {
            error = null;
            for (var i = 0; i < field.Length;)
            {
                var code = field[i++];
                if (code == DhcpOptionCode.Pad)
                    continue;
                if (code == DhcpOptionCode.End)
                    return true;
                if (i == field.Length)
                    return Fail($"option {code} has no length", out error);
                int length = field[i++];
                if (length > field.Length - i)
                    return Fail($"option {code} says {length} bytes, {field.Length - i} are left", out error);
                Append(code, field.Slice(i, length));
                i += length;
            }
            return true; // A few clients leave the end option out.
        }

        public List<byte>? Find(byte code)
        {
            foreach (var option in _options)
                if (option.Code == code)
                    return option.Value;
            return null;
        }

        public List<DhcpOption> ToList() => _options.ConvertAll(o => new DhcpOption(o.Code, o.Value.ToArray()));

        private void Append(byte code, ReadOnlySpan<byte> part)
        {
            var value = Find(code);
            if (value is null)
                _options.Add((code, value = []));
            value.AddRange(part);
        }
    }
}
