using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Discovery.Lldp;

/// <summary>Reads the frames in which switches tell who they are (IEEE 802.1AB-2016, clause 8). Anybody on the cable can send them: every length is checked, every text cleaned and bounded.</summary>
internal static class LldpParser
{
    public const ushort EtherType = 0x88CC;
    private const ushort VlanTag = 0x8100;
    private const int AddressesLength = 12;
    private const int LongestText = 200;
    private const byte End = 0, ChassisId = 1, PortId = 2, TimeToLive = 3, PortDescription = 4, SystemName = 5, SystemDescription = 6, ManagementAddress = 8, Organization = 127;

    /// <summary>Null where it is no LLDP, broken, or tells neither switch nor port.</summary>
    /// <param name="frame">From the destination address on.</param>
    public static LldpNeighbour? Parse(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < AddressesLength + 2)
            return null;
        frame = frame[AddressesLength..];
        var type = BinaryPrimitives.ReadUInt16BigEndian(frame);
        if (type == VlanTag && frame.Length >= 6)
        {
            frame = frame[4..];
            type = BinaryPrimitives.ReadUInt16BigEndian(frame);
        }
        return type == EtherType ? Units(frame[2..]) : null;
    }

    // Clause 8.4: seven bits of type and nine of length; chassis, port and time to live come first, in this order (clause 8.2).
    private static LldpNeighbour? Units(ReadOnlySpan<byte> data)
    {
        var neighbour = new LldpNeighbour();
        for (var count = 0; data.Length >= 2; count++)
        {
            var head = BinaryPrimitives.ReadUInt16BigEndian(data);
            var (type, length) = ((byte)(head >> 9), head & 0x1FF);
            if (type == End || length > data.Length - 2)
                break;
            var value = data.Slice(2, length);
            data = data[(2 + length)..];
            if (count < 3 && type != count switch { 0 => ChassisId, 1 => PortId, _ => TimeToLive })
                return null;
            // Clause 8.5.4: a time to live of 0 says goodbye.
            if (type == TimeToLive && (value.Length < 2 || BinaryPrimitives.ReadUInt16BigEndian(value) == 0))
                return null;
            neighbour = With(neighbour, type, value);
        }
        return neighbour.ChassisId is null || neighbour.Port is null ? null : neighbour;
    }

    private static LldpNeighbour With(LldpNeighbour neighbour, byte type, ReadOnlySpan<byte> value) => type switch
    {
        ChassisId => neighbour with { ChassisId = neighbour.ChassisId ?? Id(value, macSubtype: 4, addressSubtype: 5) },
        PortId => neighbour with { Port = neighbour.Port ?? Id(value, macSubtype: 3, addressSubtype: 4) },
        PortDescription => neighbour with { PortDescription = Text(value) },
        SystemName => neighbour with { SwitchName = Text(value) },
        SystemDescription => neighbour with { Description = Text(value) },
        // Clause 8.5.9.2: its length counts the subtype.
        ManagementAddress when value.Length >= 2 && value[0] >= 2 && value[0] < value.Length => neighbour with { ManagementAddress = neighbour.ManagementAddress ?? Address(value[1], value.Slice(2, value[0] - 1)) },
        // Annex D.2.1 of 802.1Q: 00-80-C2, subtype 1: port VLAN id; 0 where the port has none.
        Organization when value.Length >= 6 && value[..4].SequenceEqual<byte>([0x00, 0x80, 0xC2, 1]) => neighbour with { Vlan = BinaryPrimitives.ReadUInt16BigEndian(value[4..]) is > 0 and < 4095 and var vlan ? vlan : null },
        _ => neighbour,
    };

    // Tables 8-2 and 8-3: what a chassis or port goes by is told by the first byte.
    private static string? Id(ReadOnlySpan<byte> value, byte macSubtype, byte addressSubtype)
    {
        if (value.Length < 2)
            return null;
        var subtype = value[0];
        var id = value[1..];
        if (subtype == macSubtype && id.Length == 6)
            return Mac(id);
        if (subtype == addressSubtype && Address(id[0], id[1..]) is { } address)
            return address;
        return Text(id) is { } text && !id.ContainsAnyInRange((byte)0, (byte)0x1F) ? text : Convert.ToHexStringLower(id[..Math.Min(id.Length, 32)]);
    }

    private static string Mac(ReadOnlySpan<byte> bytes) => string.Join(':', bytes.ToArray().Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));

    // IANA address family numbers: 1 IPv4, 2 IPv6, 6 a MAC.
    private static string? Address(byte family, ReadOnlySpan<byte> bytes) => (family, bytes.Length) switch
    {
        (1, 4) or (2, 16) => new IPAddress(bytes).ToString(),
        (6, 6) => Mac(bytes),
        _ => null,
    };

    private static string? Text(ReadOnlySpan<byte> bytes) => Printable.Clean(bytes, LongestText) is { Length: > 0 } text ? text : null;
}
