using System.Net;

namespace LpmOs.Boot.Dhcp;

/// <summary>A DHCP server (RFC 2131 section 4.3) that gives addresses and tells boot programs what to load.</summary>
/// <param name="probe">Null: addresses are offered without asking who is there.</param>
internal sealed class FullResponder(DhcpIdentity identity, IReadOnlyList<DhcpSubnet> subnets, Reservations reservations, AddressProbe? probe, ILogger<FullResponder> logger) : IDhcpResponder
{
    /// <summary>iPXE's encapsulated option "no-pxedhcp": it need not wait two seconds for a proxyDHCP server that does not exist.</summary>
    private static readonly byte[] NoProxyDhcp = [176, 1, 1];

    /// <summary>Addresses tried for one client before it is left to ask again.</summary>
    private const int MostTaken = 4;

    public async ValueTask<DhcpReply?> AnswerAsync(DhcpPacket request, DhcpArrival arrival, CancellationToken cancellationToken)
    {
        // From a network that none of our ranges is in: their addresses would not work there.
        if (SubnetOf(request) is not { } subnet)
            return null;
        var (network, pool) = (subnet.Network, subnet.Pool);
        switch (request.MessageType)
        {
            case DhcpMessageType.Discover:
                return await OfferAsync(request, subnet, cancellationToken);
            case DhcpMessageType.Request:
                return await RequestAsync(request, subnet, cancellationToken);
            case DhcpMessageType.Inform when request.HasClientAddress:
                return Ack(request, network, IPAddress.Any, arrival);
            case DhcpMessageType.Release:
                await pool.ReleaseAsync(request.ClientAddress, request.ClientKey, cancellationToken);
                return null;
            case DhcpMessageType.Decline when request.AddressOption(DhcpOptionCode.RequestedAddress) is { } declined:
                await pool.DeclineAsync(declined, request.ClientKey, cancellationToken);
                return null;
            default:
                return null;
        }
    }

    private DhcpSubnet? SubnetOf(DhcpPacket request)
    {
        if (RelayInformation.Network(request) is { } told)
            return Find(told) ?? (request.IsRelayed ? null : Own());
        return Own();
        DhcpSubnet? Find(IPAddress address) => subnets.FirstOrDefault(subnet => subnet.Network.IsLocal(address));
        DhcpSubnet? Own() => Find(identity.Address) ?? (subnets.Count == 1 ? subnets[0] : null);
    }

    /// <summary>A reservation of another network is of no use in this one.</summary>
    private IPAddress? Reservation(DhcpPacket request, DhcpNetwork network) => reservations.Of(request.Mac) is { } address && network.IsLocal(address) ? address : null;

    private async ValueTask<DhcpReply?> OfferAsync(DhcpPacket request, DhcpSubnet subnet, CancellationToken cancellationToken)
    {
        var (network, pool) = (subnet.Network, subnet.Pool);
        for (var tried = 0; tried < MostTaken; tried++)
        {
            var address = pool.Offer(request.ClientKey, request.AddressOption(DhcpOptionCode.RequestedAddress), Reservation(request, network), request.Mac);
            if (address is null)
                return null;
            if (probe is null || pool.Holds(request.ClientKey, address, request.Mac) || !await probe.IsTakenAsync(address, request.Mac, request.IsRelayed, cancellationToken))
            {
                var reply = new ReplyBuilder(request, identity, DhcpMessageType.Offer) { YourAddress = address };
                return Lease(reply, request, network).To(Destination(request, DhcpMessageType.Offer));
            }
            logger.AddressInUse(address);
            await pool.AvoidAsync(address, cancellationToken);
        }
        return null;
    }

    private async ValueTask<DhcpReply?> RequestAsync(DhcpPacket request, DhcpSubnet subnet, CancellationToken cancellationToken)
    {
        var server = request.AddressOption(DhcpOptionCode.ServerIdentifier);
        if (server is not null && !server.Equals(identity.Address))
            return null; // It chose another server's offer.
        var wished = request.AddressOption(DhcpOptionCode.RequestedAddress) ?? (request.HasClientAddress ? request.ClientAddress : null);
        if (wished is null)
            return null;
        var network = subnet.Network;
        return await subnet.Pool.BindAsync(wished, request.ClientKey, request.Mac, network.LeaseTime, cancellationToken, Reservation(request, network)) switch
        {
            LeaseOutcome.Granted => Ack(request, network, wished, null),
            LeaseOutcome.Refused => Nak(request, wished),
            _ => null,
        };
    }

    /// <summary>We are the site's server, so we also refuse what a client brings along from elsewhere: it starts afresh at once.</summary>
    private DhcpReply Nak(DhcpPacket request, IPAddress wished) =>
        new ReplyBuilder(request, identity, DhcpMessageType.Nak)
            .Add(DhcpOptionCode.Message, $"{wished} is not yours here")
            .To(Destination(request, DhcpMessageType.Nak));

    /// <param name="inform">Not null: the answer to an INFORM, which carries no lease (RFC 2131 section 4.3.5).</param>
    private DhcpReply Ack(DhcpPacket request, DhcpNetwork network, IPAddress address, DhcpArrival? inform)
    {
        var reply = new ReplyBuilder(request, identity, DhcpMessageType.Ack) { YourAddress = address };
        return (inform is null ? Lease(reply, request, network) : Configuration(reply, request, network)).To(Destination(request, DhcpMessageType.Ack));
    }

    private ReplyBuilder Lease(ReplyBuilder reply, DhcpPacket request, DhcpNetwork network)
    {
        reply.Add(DhcpOptionCode.LeaseTime, network.LeaseTime)
            .Add(DhcpOptionCode.RenewalTime, network.LeaseTime / 2)
            .Add(DhcpOptionCode.RebindingTime, network.LeaseTime * 7 / 8);
        return Configuration(reply, request, network);
    }

    private ReplyBuilder Configuration(ReplyBuilder reply, DhcpPacket request, DhcpNetwork network)
    {
        reply.Add(DhcpOptionCode.SubnetMask, network.Netmask)
            .Add(DhcpOptionCode.Router, network.Routers)
            .Add(DhcpOptionCode.DomainNameServer, network.DnsServers)
            .Add(DhcpOptionCode.BroadcastAddress, network.Broadcast);
        var client = BootClient.Of(request);
        if (identity.Targets.For(client, request.Mac) is not { } target)
            return Rest(reply, network);
        if (client.Program == BootProgram.Ipxe)
            reply.Add(DhcpOptionCode.IpxeEncapsulated, NoProxyDhcp);
        // PXEClient is not echoed here: a ROM that sees it in an offer with an address goes looking for PXE boot servers.
        if (target.VendorClass is { } vendorClass)
            reply.Add(DhcpOptionCode.VendorClass, vendorClass);
        // Last what firmware can do without: where room is short, it is left out.
        return Rest(reply.Echo(DhcpOptionCode.ClientMachineIdentifier).Boot(target), network);
    }

    private static ReplyBuilder Rest(ReplyBuilder reply, DhcpNetwork network)
    {
        reply.Add(DhcpOptionCode.NtpServers, network.NtpServers);
        if (network.Domain is { } domain)
            reply.Add(DhcpOptionCode.DomainName, domain);
        if (network.Mtu is { } mtu)
            reply.Add(DhcpOptionCode.InterfaceMtu, new[] { (byte)(mtu >> 8), (byte)mtu });
        return network.Routes.Count > 0 ? reply.Add(DhcpOptionCode.ClasslessRoutes, ClasslessRoute.Write(network.Routes, network.Routers)) : reply;
    }

    /// <summary>
    /// RFC 2131 section 4.1. A client without an address cannot answer ARP, so unicast to yiaddr would need a raw socket or an ARP entry
    /// set by hand; the RFC allows broadcast instead, and every client takes it.
    /// </summary>
    private static IPEndPoint Destination(DhcpPacket request, DhcpMessageType type)
    {
        if (request.IsRelayed)
            return new IPEndPoint(request.RelayAddress, DhcpArrival.ServerPort);
        return type != DhcpMessageType.Nak && request.HasClientAddress
            ? new IPEndPoint(request.ClientAddress, DhcpArrival.ClientPort)
            : new IPEndPoint(IPAddress.Broadcast, DhcpArrival.ClientPort);
    }
}
