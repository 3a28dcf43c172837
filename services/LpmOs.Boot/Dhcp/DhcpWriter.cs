using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace LpmOs.Boot.Dhcp;

/// <summary>Writes a DHCP message. The sname and file fields carry what they are named for; options never spill into them.</summary>
internal static class DhcpWriter
{
    /// <summary>RFC 1542 section 2.1: relays and old ROMs drop what is shorter than a BOOTP message.</summary>
    public const int MinimumLength = 300;
    /// <summary>RFC 2132 section 9.10: what each client takes, IP and UDP headers (28 bytes) included.</summary>
    public const int DefaultMaximumSize = 576;

    /// <param name="maximumLength">
    /// Of the datagram's payload. Options that no longer fit are left out: give the vital ones first. A relay's own information goes before all, wherever it stands: without it many
    /// a relay drops the answer (RFC 3046 section 2.2).
    /// </param>
    public static byte[] Write(DhcpPacket packet, int maximumLength)
    {
        var buffer = new byte[Math.Max(maximumLength, MinimumLength)];
        var span = buffer.AsSpan();
        span[0] = packet.Operation;
        span[1] = packet.HardwareType;
        span[2] = (byte)packet.HardwareAddress.Length;
        span[3] = packet.Hops;
        BinaryPrimitives.WriteUInt32BigEndian(span[4..], packet.TransactionId);
        BinaryPrimitives.WriteUInt16BigEndian(span[8..], packet.Seconds);
        BinaryPrimitives.WriteUInt16BigEndian(span[10..], packet.Flags);
        Address(packet.ClientAddress, span[12..]);
        Address(packet.YourAddress, span[16..]);
        Address(packet.ServerAddress, span[20..]);
        Address(packet.RelayAddress, span[24..]);
        packet.HardwareAddress.Span.CopyTo(span[28..44]);
        Text(packet.ServerName, span.Slice(44, 64));
        Text(packet.File, span.Slice(108, 128));
        BinaryPrimitives.WriteUInt32BigEndian(span[DhcpPacket.HeaderLength..], DhcpPacket.MagicCookie);

        var at = DhcpPacket.HeaderLength + 4;
        var kept = packet.Options.Where(option => option.Code == DhcpOptionCode.RelayAgentInformation).Sum(option => option.Value.Length + 2 * Parts(option.Value.Length));
        foreach (var (code, value) in packet.Options)
        {
            if (code == DhcpOptionCode.RelayAgentInformation)
                kept -= value.Length + 2 * Parts(value.Length);
            at += WriteOption(code, value.Span, span[at..^Math.Min(span.Length - at, 1 + kept)]);
        }
        span[at++] = DhcpOptionCode.End;
        return buffer[..Math.Max(at, MinimumLength)];
    }

    private static int Parts(int length) => Math.Max(1, (length + 254) / 255);

    /// <summary>Bytes written; 0 where it does not fit.</summary>
    private static int WriteOption(byte code, ReadOnlySpan<byte> value, Span<byte> target)
    {
        if (value.Length + 2 * Parts(value.Length) > target.Length)
            return 0;
        var at = 0;
        do
        {
            var part = value[..Math.Min(255, value.Length)];
            target[at++] = code;
            target[at++] = (byte)part.Length;
            part.CopyTo(target[at..]);
            at += part.Length;
            value = value[part.Length..];
        }
        while (!value.IsEmpty);
        return at;
    }

    private static void Address(IPAddress address, Span<byte> target) => address.TryWriteBytes(target, out _);

    /// <summary>Leaves the last byte zero: ROMs read these fields as C strings.</summary>
    private static void Text(string text, Span<byte> field)
    {
        if (text.Length < field.Length)
            Encoding.Latin1.GetBytes(text, field);
    }
}
