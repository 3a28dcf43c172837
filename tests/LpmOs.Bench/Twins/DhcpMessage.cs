using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace LpmOs.Bench.Twins;

/// <summary>DHCP as firmware and iPXE speak it (RFC 2131, 2132, 3046, 4578), written anew here so that the services' own parser is not its own witness.</summary>
internal static class DhcpMessage
{
    public const byte Discover = 1, Offer = 2, Request = 3, Acknowledge = 5;
    private const int FixedLength = 240;
    private const uint Cookie = 0x63825363;

    /// <param name="ipxe">iPXE asks, no longer the firmware.</param>
    public static byte[] Write(byte type, uint transaction, ReadOnlySpan<byte> mac, Guid uuid, bool ipxe, IPAddress? requested = null, IPAddress? server = null)
    {
        using var bytes = new MemoryStream();
        Span<byte> head = stackalloc byte[FixedLength];
        head.Clear();
        (head[0], head[1], head[2], head[3]) = (1, 1, 6, 1); // BOOTREQUEST, Ethernet, one relay on the way
        BinaryPrimitives.WriteUInt32BigEndian(head[4..], transaction);
        TwinNetwork.Relay.TryWriteBytes(head[24..], out _);
        mac.CopyTo(head[28..]);
        BinaryPrimitives.WriteUInt32BigEndian(head[236..], Cookie);
        bytes.Write(head);
        Option(53, [type]);
        Option(57, [5, 192]);
        Option(55, [1, 3, 6, 12, 15, 17, 26, 43, 60, 66, 67, 97]);
        Option(60, "PXEClient:Arch:00000:UNDI:002001"u8);
        Option(93, [0, 0]);
        Option(94, [1, 2, 1]);
        Option(97, [0, .. uuid.ToByteArray()]);
        if (ipxe)
        {
            Option(77, "iPXE"u8);
            Option(175, [19, 1, 1, 23, 1, 1]); // http and bzImage can be done
        }
        if (requested is not null)
            Option(50, requested.GetAddressBytes());
        if (server is not null)
            Option(54, server.GetAddressBytes());
        Option(82, [5, 4, .. TwinNetwork.Machines.GetAddressBytes()]); // The relay tells the machines' network (RFC 3527).
        bytes.WriteByte(255);
        return bytes.ToArray();

        void Option(byte code, ReadOnlySpan<byte> value)
        {
            bytes.WriteByte(code);
            bytes.WriteByte((byte)value.Length);
            bytes.Write(value);
        }
    }

    /// <summary>Null: not an answer to anybody.</summary>
    public static DhcpAnswer? Read(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < FixedLength || packet[0] != 2 || BinaryPrimitives.ReadUInt32BigEndian(packet[236..]) != Cookie)
            return null;
        var (type, file, server) = ((byte)0, Text(packet.Slice(108, 128)), new IPAddress(packet.Slice(20, 4)));
        for (var rest = packet[FixedLength..]; rest.Length > 0 && rest[0] != 255;)
        {
            if (rest[0] == 0)
            {
                rest = rest[1..];
                continue;
            }
            if (rest.Length < 2 || rest.Length < 2 + rest[1])
                return null;
            var value = rest.Slice(2, rest[1]);
            if (rest[0] == 53 && value.Length == 1)
                type = value[0];
            else if (rest[0] == 67)
                file = Text(value);
            rest = rest[(2 + value.Length)..];
        }
        return new DhcpAnswer(BinaryPrimitives.ReadUInt32BigEndian(packet[4..]), type, new IPAddress(packet.Slice(16, 4)), file, server);
    }

    private static string Text(ReadOnlySpan<byte> field) => Encoding.ASCII.GetString(field.IndexOf((byte)0) is >= 0 and var end ? field[..end] : field);
}

/// <param name="File">What is to be loaded: a path for TFTP, or a URL.</param>
/// <param name="Next">Where from (siaddr).</param>
internal sealed record DhcpAnswer(uint Transaction, byte Type, IPAddress Address, string File, IPAddress Next);
