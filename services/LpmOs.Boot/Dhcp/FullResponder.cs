using System.Net;

namespace LpmOs.Boot.Dhcp;

/// <summary>A DHCP server (RFC 2131 section 4.3) that gives addresses and tells boot programs what to load.</summary>
internal sealed class FullResponder(DhcpIdentity identity, DhcpNetwork network, LeasePool pool) : IDhcpResponder
{
    /// <summary>iPXE's encapsulated option "no-pxedhcp": it need not wait two seconds for a proxyDHCP server that does not exist.</summary>
    private static readonly byte[] NoProxyDhcp = [176, 1, 1];

    public async ValueTask<DhcpReply?> AnswerAsync(DhcpPacket request, DhcpArrival arrival, CancellationToken cancellationToken)
    {
        // Relayed from a network that our range is not in: its addresses would not work there.
        if (request.IsRelayed && !network.IsLocal(request.RelayAddress))
            return null;
        switch (request.MessageType)
        {
            case DhcpMessageType.Discover:
                return Offer(request);
            case DhcpMessageType.Request:
                return await RequestAsync(request, cancellationToken);
            case DhcpMessageType.Inform when request.HasClientAddress:
                return Ack(request, IPAddress.Any, arrival);
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

    private DhcpReply? Offer(DhcpPacket request)
    {
        var address = pool.Offer(request.ClientKey, request.AddressOption(DhcpOptionCode.RequestedAddress));
        if (address is null)
            return null;
        var reply = new ReplyBuilder(request, identity, DhcpMessageType.Offer) { YourAddress = address };
        return Lease(reply, request).To(Destination(request, DhcpMessageType.Offer));
    }

    private async ValueTask<DhcpReply?> RequestAsync(DhcpPacket request, CancellationToken cancellationToken)
    {
        var server = request.AddressOption(DhcpOptionCode.ServerIdentifier);
        if (server is not null && !server.Equals(identity.Address))
            return null; // It chose another server's offer.
        var wished = request.AddressOption(DhcpOptionCode.RequestedAddress) ?? (request.HasClientAddress ? request.ClientAddress : null);
        if (wished is null)
            return null;
        return await pool.BindAsync(wished, request.ClientKey, request.Mac, network.LeaseTime, cancellationToken) switch
        {
            LeaseOutcome.Granted => Ack(request, wished, null),
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
    private DhcpReply Ack(DhcpPacket request, IPAddress address, DhcpArrival? inform)
    {
        var reply = new ReplyBuilder(request, identity, DhcpMessageType.Ack) { YourAddress = address };
        return (inform is null ? Lease(reply, request) : Configuration(reply, request)).To(Destination(request, DhcpMessageType.Ack));
    }

    private ReplyBuilder Lease(ReplyBuilder reply, DhcpPacket request)
    {
        reply.Add(DhcpOptionCode.LeaseTime, network.LeaseTime)
            .Add(DhcpOptionCode.RenewalTime, network.LeaseTime / 2)
            .Add(DhcpOptionCode.RebindingTime, network.LeaseTime * 7 / 8);
        return Configuration(reply, request);
    }

    private ReplyBuilder Configuration(ReplyBuilder reply, DhcpPacket request)
    {
        reply.Add(DhcpOptionCode.SubnetMask, network.Netmask)
            .Add(DhcpOptionCode.Router, network.Routers)
            .Add(DhcpOptionCode.DomainNameServer, network.DnsServers)
            .Add(DhcpOptionCode.BroadcastAddress, network.Broadcast);
        var client = BootClient.Of(request);
        if (identity.Targets.For(client, request.Mac) is not { } target)
            return reply;
        if (client.Program == BootProgram.Ipxe)
            reply.Add(DhcpOptionCode.IpxeEncapsulated, NoProxyDhcp);
        // PXEClient is not echoed here: a ROM that sees it in an offer with an address goes looking for PXE boot servers.
        if (target.VendorClass is { } vendorClass)
            reply.Add(DhcpOptionCode.VendorClass, vendorClass);
        return reply.Echo(DhcpOptionCode.ClientMachineIdentifier).Boot(target);
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
