using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace LpmOs.Boot.Dhcp;

/// <summary>A DHCP message (RFC 2131 section 2), its options already joined and taken out of overloaded fields.</summary>
internal sealed record DhcpPacket
{
    public const int HeaderLength = 236;
    public const uint MagicCookie = 0x63825363;
    public const ushort BroadcastFlag = 0x8000;
    public const byte BootRequest = 1;
    public const byte BootReply = 2;
    /// <summary>RFC 1700 hardware type.</summary>
    public const byte Ethernet = 1;

    public required byte Operation { get; init; }
    public byte HardwareType { get; init; } = Ethernet;
    public byte Hops { get; init; }
    public required uint TransactionId { get; init; }
    public ushort Seconds { get; init; }
    public ushort Flags { get; init; }
    public IPAddress ClientAddress { get; init; } = IPAddress.Any;
    public IPAddress YourAddress { get; init; } = IPAddress.Any;
    public IPAddress ServerAddress { get; init; } = IPAddress.Any;
    public IPAddress RelayAddress { get; init; } = IPAddress.Any;
    /// <summary>At most 16 bytes: chaddr cut to hlen.</summary>
    public required ReadOnlyMemory<byte> HardwareAddress { get; init; }
    public string ServerName { get; init; } = "";
    public string File { get; init; } = "";
    /// <summary>In the order of first appearance; a code appears once (RFC 3396).</summary>
    public required IReadOnlyList<DhcpOption> Options { get; init; }

    public DhcpMessageType MessageType => Option(DhcpOptionCode.MessageType) is { Length: 1 } type ? (DhcpMessageType)type.Span[0] : DhcpMessageType.None;
    public bool WantsBroadcast => (Flags & BroadcastFlag) != 0;
    public bool IsRelayed => !RelayAddress.Equals(IPAddress.Any);
    public bool HasClientAddress => !ClientAddress.Equals(IPAddress.Any);

    /// <summary>Lower case with colons, or null where the hardware is not Ethernet.</summary>
    public string? Mac => HardwareType == Ethernet && HardwareAddress.Length == 6
        ? string.Join(':', HardwareAddress.ToArray().Select(b => b.ToString("x2", CultureInfo.InvariantCulture)))
        : null;

    /// <summary>
    /// Who is asking, for leases: the client identifier where there is one (RFC 2131 section 2), else the hardware address. An identifier that is
    /// the hardware address (RFC 2132 section 9.14) is no other client: of one machine UEFI's PXE sends none, iPXE and udhcpc send that.
    /// </summary>
    public string ClientKey => Option(DhcpOptionCode.ClientIdentifier) is { Length: >= 2 and <= 64 } id && !(id.Span[0] == HardwareType && id.Span[1..].SequenceEqual(HardwareAddress.Span))
        ? "id:" + Convert.ToHexStringLower(id.Span)
        : string.Create(CultureInfo.InvariantCulture, $"hw:{HardwareType:x2}{Convert.ToHexStringLower(HardwareAddress.Span)}");

    /// <summary>The option's bytes, or null where it is absent.</summary>
    public ReadOnlyMemory<byte>? Option(byte code)
    {
        foreach (var option in Options)
            if (option.Code == code)
                return option.Value;
        return null;
    }

    public bool Has(byte code) => Option(code) is not null;

    /// <summary>An option that must be exactly one IPv4 address; null where it is absent or of another length.</summary>
    public IPAddress? AddressOption(byte code) => Option(code) is { Length: 4 } value ? new IPAddress(value.Span) : null;

    /// <summary>An option that must be exactly one 16-bit number.</summary>
    public ushort? UInt16Option(byte code) => Option(code) is { Length: 2 } value ? BinaryPrimitives.ReadUInt16BigEndian(value.Span) : null;
}

/// <summary>One option; longer than 255 bytes where it came, or will go, in parts (RFC 3396).</summary>
internal readonly record struct DhcpOption(byte Code, ReadOnlyMemory<byte> Value);
