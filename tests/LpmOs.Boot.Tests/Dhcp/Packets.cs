using System.Net;
using LpmOs.Boot.Dhcp;

namespace LpmOs.Boot.Tests.Dhcp;

/// <summary>Requests as clients send them, byte by byte.</summary>
internal static class Packets
{
    public static readonly byte[] Mac = [0x52, 0x54, 0x00, 0x77, 0x00, 0x01];
    public static readonly IPAddress Server = IPAddress.Parse("10.77.0.1");
    public static readonly byte[] Guid = [0, 0x56, 0x4d, 0x77, 0x77, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    public const string PublicUrl = "http://10.77.0.1:8082";

    public static byte[] Option(byte code, params byte[] value) => [code, (byte)value.Length, .. value];
    public static byte[] Option(byte code, string text) => Option(code, System.Text.Encoding.Latin1.GetBytes(text));
    public static byte[] Option(byte code, IPAddress address) => Option(code, address.GetAddressBytes());

    public static byte[] Raw(DhcpMessageType type, IEnumerable<byte[]> options, string? ciaddr = null, string? giaddr = null, ushort flags = 0, byte[]? mac = null)
    {
        var head = new byte[240];
        (head[0], head[1], head[2]) = (1, 1, 6);
        head[4] = 0xde;
        head[7] = 0x01;
        (head[10], head[11]) = ((byte)(flags >> 8), (byte)flags);
        IPAddress.Parse(ciaddr ?? "0.0.0.0").TryWriteBytes(head.AsSpan(12), out _);
        IPAddress.Parse(giaddr ?? "0.0.0.0").TryWriteBytes(head.AsSpan(24), out _);
        (mac ?? Mac).CopyTo(head, 28);
        (head[236], head[237], head[238], head[239]) = (0x63, 0x82, 0x53, 0x63);
        return [.. head, .. Option(53, (byte)type), .. options.SelectMany(o => o), 255];
    }

    public static DhcpPacket Parse(byte[] raw)
    {
        Assert.True(DhcpParser.TryParse(raw, out var packet, out var error), error);
        return packet!;
    }

    public static DhcpPacket Request(DhcpMessageType type, params byte[][] options) => Parse(Raw(type, options));

    public static byte[][] Pxe(ushort architecture) =>
        [Option(60, $"PXEClient:Arch:{architecture:d5}:UNDI:003016"), Option(93, 0, (byte)architecture), Option(94, 1, 3, 16), Option(97, Guid), Option(55, 1, 3, 43, 54, 60, 66, 67), Option(57, 5, 0xc0)];

    public static byte[][] Http(ushort architecture) =>
        [Option(60, $"HTTPClient:Arch:{architecture:d5}:UNDI:003016"), Option(93, 0, (byte)architecture), Option(97, Guid), Option(57, 5, 0xc0)];

    public static DhcpIdentity Identity(params string[] assets) =>
        new() { Address = Server, Targets = new BootTargets(PublicUrl, path => assets.Contains(path)) };

    public static string Text(this DhcpPacket packet, byte code) => System.Text.Encoding.Latin1.GetString(packet.Option(code)!.Value.Span);
    public static string Hex(this DhcpPacket packet, byte code) => packet.Option(code) is { } value ? Convert.ToHexStringLower(value.Span) : "(absent)";
}
