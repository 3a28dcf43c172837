using System.Net;

namespace LpmOs.Boot.Dhcp;

/// <summary>Who we are on the one network that we answer on.</summary>
internal sealed record DhcpIdentity
{
    /// <summary>The interface's own address: server identifier (option 54) and TFTP server (siaddr, option 66).</summary>
    public required IPAddress Address { get; init; }
    public required BootTargets Targets { get; init; }
}

/// <summary>What <c>full</c> mode gives out beside an address.</summary>
internal sealed record DhcpNetwork
{
    public required AddressRange Range { get; init; }
    public required IPAddress Netmask { get; init; }
    public IReadOnlyList<IPAddress> Routers { get; init; } = [];
    public IReadOnlyList<IPAddress> DnsServers { get; init; } = [];
    public string? Domain { get; init; }
    public IReadOnlyList<IPAddress> NtpServers { get; init; } = [];
    public ushort? Mtu { get; init; }
    public IReadOnlyList<ClasslessRoute> Routes { get; init; } = [];
    public required TimeSpan LeaseTime { get; init; }

    public IPAddress Broadcast => AddressRange.ToAddress(AddressRange.ToNumber(Netmask) & Range.First | ~AddressRange.ToNumber(Netmask));

    public bool IsLocal(IPAddress address) => ((AddressRange.ToNumber(address) ^ Range.First) & AddressRange.ToNumber(Netmask)) == 0;
}

/// <summary>A network with its addresses.</summary>
internal sealed record DhcpSubnet(DhcpNetwork Network, LeasePool Pool);

/// <summary>How a request came in.</summary>
internal readonly record struct DhcpArrival(IPEndPoint From, int Port)
{
    public const int ServerPort = 67;
    public const int ClientPort = 68;
    /// <summary>PXE specification 2.1, section 2.2.1: boot servers and proxyDHCP.</summary>
    public const int BootServerPort = 4011;
}

/// <summary>A reply and where it goes.</summary>
internal sealed record DhcpReply(DhcpPacket Packet, IPEndPoint To, int MaximumLength);

/// <summary>Answers requests, or stays silent with null, as the protocol asks of a server that has nothing to say.</summary>
internal interface IDhcpResponder
{
    ValueTask<DhcpReply?> AnswerAsync(DhcpPacket request, DhcpArrival arrival, CancellationToken cancellationToken);
}
