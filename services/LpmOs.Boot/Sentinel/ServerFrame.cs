using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using LpmOs.Boot.Dhcp;

namespace LpmOs.Boot.Sentinel;

/// <summary>What a server sent, with the addresses that it came from.</summary>
internal sealed record ServerReply(string Mac, IPAddress Source, DhcpPacket Packet);

/// <summary>Ethernet frames of DHCP: reads those of servers, writes the question of a client. Hostile until parsed.</summary>
internal static class ServerFrame
{
    private const int Ethernet = 14, Ip = 20, Udp = 8;

    /// <summary>Null for anything but a whole IPv4 datagram with a DHCP reply in it.</summary>
    public static ServerReply? Read(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < Ethernet + Ip + Udp || BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) != 0x0800)
            return null;
        var mac = Text(frame[6..12]);
        var ip = frame[Ethernet..];
        var header = (ip[0] & 15) * 4;
        var total = BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
        if (ip[0] >> 4 != 4 || header < Ip || total > ip.Length || total < header + Udp || ip[9] != 17 || (BinaryPrimitives.ReadUInt16BigEndian(ip[6..]) & 0x3fff) != 0)
            return null;
        var udp = ip[header..total];
        var length = BinaryPrimitives.ReadUInt16BigEndian(udp[4..]);
        if (length < Udp || length > udp.Length || BinaryPrimitives.ReadUInt16BigEndian(udp) is not (DhcpArrival.ServerPort or DhcpArrival.BootServerPort))
            return null;
        return DhcpParser.TryParse(udp[Udp..length], out var packet, out _) && packet.Operation == DhcpPacket.BootReply
            ? new ServerReply(mac, new IPAddress(ip.Slice(12, 4)), packet) : null;
    }

    /// <summary>A broadcast from a client without an address (RFC 2131 section 4.1), with the IP checksum; UDP's is optional (RFC 768).</summary>
    public static byte[] Write(ReadOnlySpan<byte> mac, DhcpPacket packet)
    {
        var payload = DhcpWriter.Write(packet, DhcpWriter.DefaultMaximumSize);
        var frame = new byte[Ethernet + Ip + Udp + payload.Length];
        frame.AsSpan(0, 6).Fill(0xff);
        mac.CopyTo(frame.AsSpan(6));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), 0x0800);
        var ip = frame.AsSpan(Ethernet);
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(Ip + Udp + payload.Length));
        (ip[8], ip[9]) = (64, 17);
        ip.Slice(16, 4).Fill(0xff);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], Checksum(ip[..Ip]));
        var udp = ip[Ip..];
        BinaryPrimitives.WriteUInt16BigEndian(udp, DhcpArrival.ClientPort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], DhcpArrival.ServerPort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)(Udp + payload.Length));
        payload.CopyTo(udp[Udp..]);
        return frame;
    }

    public static string Text(ReadOnlySpan<byte> mac) => string.Join(':', mac.ToArray().Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));

    /// <summary>RFC 1071.</summary>
    private static ushort Checksum(ReadOnlySpan<byte> header)
    {
        var sum = 0u;
        for (var i = 0; i < header.Length; i += 2)
            sum += BinaryPrimitives.ReadUInt16BigEndian(header[i..]);
        while (sum >> 16 != 0)
            sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }
}
