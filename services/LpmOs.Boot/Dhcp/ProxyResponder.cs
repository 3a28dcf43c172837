using System.Net;

namespace LpmOs.Boot.Dhcp;

/// <summary>
/// proxyDHCP (PXE specification 2.1, section 2.2): tells boot programs what to load and gives no address.
/// The boot file stands in the offer itself, with the discovery control that says "use it": BIOS ROMs, UEFI and iPXE all take
/// it from there. Those that ask again on port 4011 get the same once more.
/// </summary>
internal sealed class ProxyResponder(DhcpIdentity identity) : IDhcpResponder
{
    private const byte PxeDiscoveryControl = 6, PxeBootItem = 71, PxeEnd = 255;
    /// <summary>Bit 3: take the boot file name of this offer, with neither menu nor boot server discovery.</summary>
    private const byte UseBootFile = 8;

    public ValueTask<DhcpReply?> AnswerAsync(DhcpPacket request, DhcpArrival arrival, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Answer(request, arrival));

    private DhcpReply? Answer(DhcpPacket request, DhcpArrival arrival)
    {
        var client = BootClient.Of(request);
        if (identity.Targets.For(client, request.Mac) is not { } target)
            return null;
        return (arrival.Port, request.MessageType) switch
        {
            (DhcpArrival.ServerPort, DhcpMessageType.Discover) => Reply(request, client, target, DhcpMessageType.Offer, OfferDestination(request)),
            (DhcpArrival.BootServerPort, DhcpMessageType.Request or DhcpMessageType.Inform) when IsForUs(request) =>
                Reply(request, client, target, DhcpMessageType.Ack, BootServerDestination(request, arrival)),
            // The request that follows an offer on port 67 is for the server that gave the address.
            _ => null,
        };
    }

    private bool IsForUs(DhcpPacket request) =>
        request.AddressOption(DhcpOptionCode.ServerIdentifier) is not { } server || server.Equals(identity.Address);

    private DhcpReply Reply(DhcpPacket request, BootClient client, BootTarget target, DhcpMessageType type, IPEndPoint destination)
    {
        var reply = new ReplyBuilder(request, identity, type);
        reply.Add(DhcpOptionCode.VendorClass, target.VendorClass ?? BootTargets.PxeClientClass);
        reply.Echo(DhcpOptionCode.ClientMachineIdentifier);
        if (client.Program != BootProgram.HttpBoot)
            reply.Add(DhcpOptionCode.VendorSpecific, VendorOptions(request));
        return reply.Boot(target).To(destination);
    }

    /// <summary>A client that asks for a boot item must find it in the answer (PXE specification 2.1, section 2.3.3).</summary>
    private static byte[] VendorOptions(DhcpPacket request)
    {
        var control = new byte[] { PxeDiscoveryControl, 1, UseBootFile };
        return BootItem(request) is { } item ? [.. control, PxeBootItem, 4, .. item, PxeEnd] : [.. control, PxeEnd];
    }

    private static byte[]? BootItem(DhcpPacket request)
    {
        var rest = (request.Option(DhcpOptionCode.VendorSpecific) ?? default).Span;
        while (rest.Length >= 2 && rest[0] != PxeEnd && rest[1] <= rest.Length - 2)
        {
            if (rest[0] == PxeBootItem && rest[1] == 4)
                return rest.Slice(2, 4).ToArray();
            rest = rest[(2 + rest[1])..];
        }
        return null;
    }

    /// <summary>The client has no address yet, so the offer is broadcast or goes to its relay.</summary>
    private static IPEndPoint OfferDestination(DhcpPacket request) => request.IsRelayed
        ? new IPEndPoint(request.RelayAddress, DhcpArrival.ServerPort)
        : new IPEndPoint(IPAddress.Broadcast, DhcpArrival.ClientPort);

    /// <summary>On 4011 the client has an address and waits on the port it asked from.</summary>
    private static IPEndPoint BootServerDestination(DhcpPacket request, DhcpArrival arrival) =>
        arrival.From.Address.Equals(IPAddress.Any) ? new IPEndPoint(request.HasClientAddress ? request.ClientAddress : IPAddress.Broadcast, arrival.From.Port) : arrival.From;
}
