using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace LpmOs.Boot.Dhcp;

/// <summary>Collects one reply's options in the order in which they are worth their room.</summary>
internal sealed class ReplyBuilder
{
    /// <summary>Ethernet without fragments: 1500 less IP and UDP headers.</summary>
    private const int LargestPayload = 1472;
    private const int IpAndUdpHeaders = 28;

    private readonly DhcpPacket _request;
    private readonly DhcpIdentity _identity;
    private readonly List<DhcpOption> _options = [];
    private BootTarget? _target;

    public ReplyBuilder(DhcpPacket request, DhcpIdentity identity, DhcpMessageType type)
    {
        (_request, _identity) = (request, identity);
        Type = type;
        Add(DhcpOptionCode.MessageType, new[] { (byte)type });
        Add(DhcpOptionCode.ServerIdentifier, identity.Address);
    }

    public DhcpMessageType Type { get; }
    public IPAddress YourAddress { get; set; } = IPAddress.Any;

    public ReplyBuilder Add(byte code, ReadOnlyMemory<byte> value)
    {
        _options.Add(new DhcpOption(code, value));
        return this;
    }

    public ReplyBuilder Add(byte code, params IReadOnlyList<IPAddress> addresses) =>
        addresses.Count == 0 ? this : Add(code, addresses.SelectMany(a => a.GetAddressBytes()).ToArray());

    public ReplyBuilder Add(byte code, string text) => Add(code, Encoding.Latin1.GetBytes(text));

    public ReplyBuilder Add(byte code, TimeSpan time)
    {
        var seconds = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(seconds, (uint)Math.Min(time.TotalSeconds, uint.MaxValue));
        return Add(code, seconds);
    }

    /// <summary>Repeats an option of the request, as RFC 3046, RFC 4578 and RFC 6842 demand.</summary>
    public ReplyBuilder Echo(byte code) => _request.Option(code) is { } value ? Add(code, value) : this;

    /// <summary>Boot server and file, in every place where some ROM looks for them.</summary>
    public ReplyBuilder Boot(BootTarget target)
    {
        _target = target;
        Add(DhcpOptionCode.TftpServerName, _identity.Address.ToString());
        return Add(DhcpOptionCode.BootFileName, target.File);
    }

    public DhcpReply To(IPEndPoint destination)
    {
        Echo(DhcpOptionCode.ClientIdentifier);
        Echo(DhcpOptionCode.RelayAgentInformation); // Last, as RFC 3046 section 2.2 wants it.
        var packet = new DhcpPacket
        {
            Operation = DhcpPacket.BootReply,
            HardwareType = _request.HardwareType,
            TransactionId = _request.TransactionId,
            // A relay passes a NAK on by broadcast: the client's address is the very thing that is wrong (RFC 2131 section 4.3.2).
            Flags = Type == DhcpMessageType.Nak && _request.IsRelayed ? (ushort)(_request.Flags | DhcpPacket.BroadcastFlag) : _request.Flags,
            ClientAddress = Type == DhcpMessageType.Ack ? _request.ClientAddress : IPAddress.Any,
            YourAddress = YourAddress,
            ServerAddress = _target is null ? IPAddress.Any : _identity.Address,
            RelayAddress = _request.RelayAddress,
            HardwareAddress = _request.HardwareAddress,
            ServerName = _target is null ? "" : _identity.Address.ToString(),
            File = _target?.File ?? "",
            Options = _options,
        };
        return new DhcpReply(packet, destination, MaximumLength());
    }

    private int MaximumLength()
    {
        int size = _request.UInt16Option(DhcpOptionCode.MaximumMessageSize) ?? DhcpWriter.DefaultMaximumSize;
        return Math.Clamp(size, DhcpWriter.DefaultMaximumSize, LargestPayload + IpAndUdpHeaders) - IpAndUdpHeaders;
    }
}
