using System.Globalization;
using System.Net;
using System.Text;
using LpmOs.Boot.Dhcp;
using LpmOs.Core.Domain.Boots;
using LpmOs.Core.Domain.Identity;

namespace LpmOs.Boot.Recording;

/// <summary>DHCP requests and answers as events of a boot. Those of running systems count only while the machine boots: leases are renewed for years.</summary>
/// <param name="own">Our address on that network.</param>
/// <param name="proxy">Addresses are given by another server.</param>
internal sealed class DhcpTrace(BootTrace trace, BootTargets targets, IPAddress own, bool proxy, TimeProvider time)
{
    public void Exchange(DhcpPacket request, DhcpArrival arrival, DhcpReply? reply)
    {
        if (request.Mac is not { } text || !MacAddress.TryNormalize(text, out var mac))
            return;
        var client = BootClient.Of(request);
        if (client.Program == BootProgram.None && !trace.IsBooting(mac))
            return;
        if (Asked(request, arrival, client) is not { } asked)
            return;
        trace.Note(mac, asked);
        if (reply is not null)
            Answered(mac, asked, reply);
        // An answer without a boot file leaves the firmware alone, too.
        if (request.MessageType == DhcpMessageType.Discover && client.Program != BootProgram.None && (reply is null || reply.Packet.File.Length == 0))
            trace.Note(mac, Bare(asked) with { Event = BootEventNames.DhcpUnanswered, Reason = WhyNot(client), File = targets.RefusedScript(client) });
        // Told by the machine itself as it takes another server's offer, or asks with the address that it has.
        var used = proxy ? request.AddressOption(DhcpOptionCode.RequestedAddress) ?? (request.HasClientAddress ? request.ClientAddress : null) : null;
        if (used is not null && request.MessageType == DhcpMessageType.Request)
            trace.Learn(mac, used);
    }

    private BootEvent? Asked(DhcpPacket request, DhcpArrival arrival, BootClient client)
    {
        var server = request.AddressOption(DhcpOptionCode.ServerIdentifier);
        var chosen = server is not null && !server.Equals(own) ? server : null;
        var name = request.MessageType switch
        {
            DhcpMessageType.Discover => BootEventNames.DhcpDiscover,
            DhcpMessageType.Request or DhcpMessageType.Inform when arrival.Port == DhcpArrival.BootServerPort => BootEventNames.ProxyRequest,
            DhcpMessageType.Request => chosen is not null && !proxy ? BootEventNames.DhcpOtherServer : BootEventNames.DhcpRequest,
            DhcpMessageType.Decline => BootEventNames.DhcpDecline,
            _ => null,
        };
        return name is null ? null : new BootEvent
        {
            At = time.GetUtcNow(),
            Source = BootEventNames.Dhcp,
            Event = name,
            Program = client.Program switch { BootProgram.Pxe => BootEventNames.Pxe, BootProgram.HttpBoot => BootEventNames.HttpBoot, BootProgram.Ipxe => BootEventNames.Ipxe, _ => BootEventNames.RunningSystem },
            Architecture = client.Program == BootProgram.None ? null : client.Architecture,
            Transaction = string.Create(CultureInfo.InvariantCulture, $"0x{request.TransactionId:x8}"),
            VendorClass = Text(request, DhcpOptionCode.VendorClass),
            UserClass = Text(request, DhcpOptionCode.UserClass),
            Address = (request.AddressOption(DhcpOptionCode.RequestedAddress) ?? (request.HasClientAddress ? request.ClientAddress : null))?.ToString(),
            Server = chosen?.ToString(),
            Relay = request.IsRelayed ? request.RelayAddress.ToString() : null,
        };
    }

    private void Answered(string mac, BootEvent asked, DhcpReply reply)
    {
        var packet = reply.Packet;
        var name = packet.MessageType switch
        {
            DhcpMessageType.Offer => proxy ? BootEventNames.ProxyOffer : BootEventNames.DhcpOffer,
            DhcpMessageType.Ack => asked.Event == BootEventNames.ProxyRequest ? BootEventNames.ProxyAck : BootEventNames.DhcpAck,
            _ => BootEventNames.DhcpNak,
        };
        var given = packet.YourAddress.Equals(IPAddress.Any) ? null : packet.YourAddress;
        if (given is not null && packet.MessageType == DhcpMessageType.Ack)
            trace.Learn(mac, given);
        trace.Note(mac, Bare(asked) with { Event = name, Address = given?.ToString(), File = packet.File.Length > 0 ? BootTrace.Short(packet.File) : null });
    }

    private static BootEvent Bare(BootEvent asked) => asked with { VendorClass = null, UserClass = null, Address = null, Server = null, Relay = null };

    private string WhyNot(BootClient client) => targets.RefusedScript(client) is not null ? "this iPXE cannot speak HTTPS, and the boot service listens by https alone"
        : targets.For(client) is null
        ? string.Create(CultureInfo.InvariantCulture, $"no boot program here for architecture {client.Architecture}") : "no free address for its network";

    private static string? Text(DhcpPacket request, byte code) =>
        request.Option(code) is { } value ? BootTrace.Short(Encoding.Latin1.GetString(value.Span)) : null;
}
