namespace LpmOs.Boot.Dhcp;

/// <summary>Option 53 (RFC 2132 section 9.6).</summary>
internal enum DhcpMessageType : byte
{
    /// <summary>No option 53: plain BOOTP, which we do not serve.</summary>
    None = 0,
    Discover = 1,
    Offer = 2,
    Request = 3,
    Decline = 4,
    Ack = 5,
    Nak = 6,
    Release = 7,
    Inform = 8,
}

/// <summary>Option codes that we read or write; RFC 2132 unless said otherwise.</summary>
internal static class DhcpOptionCode
{
    public const byte Pad = 0;
    public const byte SubnetMask = 1;
    public const byte Router = 3;
    public const byte DomainNameServer = 6;
    public const byte HostName = 12;
    public const byte DomainName = 15;
    /// <summary>RFC 2132 section 5.1, bytes.</summary>
    public const byte InterfaceMtu = 26;
    public const byte BroadcastAddress = 28;
    public const byte NtpServers = 42;
    public const byte VendorSpecific = 43;
    public const byte RequestedAddress = 50;
    public const byte LeaseTime = 51;
    public const byte Overload = 52;
    public const byte MessageType = 53;
    public const byte ServerIdentifier = 54;
    public const byte ParameterRequestList = 55;
    public const byte Message = 56;
    public const byte MaximumMessageSize = 57;
    public const byte RenewalTime = 58;
    public const byte RebindingTime = 59;
    public const byte VendorClass = 60;
    public const byte ClientIdentifier = 61;
    public const byte TftpServerName = 66;
    public const byte BootFileName = 67;
    /// <summary>RFC 3004; iPXE sends its bare name without the length bytes.</summary>
    public const byte UserClass = 77;
    /// <summary>RFC 3046.</summary>
    public const byte RelayAgentInformation = 82;
    /// <summary>RFC 4578 section 2.1.</summary>
    public const byte ClientArchitecture = 93;
    /// <summary>RFC 4578 section 2.3.</summary>
    public const byte ClientMachineIdentifier = 97;
    /// <summary>Encapsulated options of iPXE (https://ipxe.org/howto/dhcpd).</summary>
    public const byte IpxeEncapsulated = 175;
    /// <summary>RFC 3011.</summary>
    public const byte SubnetSelection = 118;
    /// <summary>RFC 3442.</summary>
    public const byte ClasslessRoutes = 121;
    public const byte End = 255;
}
