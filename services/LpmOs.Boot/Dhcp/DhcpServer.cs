using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using LpmOs.Boot.Recording;
using LpmOs.Boot.Sentinel;

namespace LpmOs.Boot.Dhcp;

/// <summary>
/// Moves datagrams between the sockets and the responder. What waits is bounded, and what is too much is dropped:
/// every client asks again.
/// </summary>
internal sealed class DhcpServer(IDhcpResponder responder, IReadOnlyList<DhcpSocket> sockets, IpxeClients ipxeClients, UefiLoaders loaders, DhcpTrace trace, ILogger<DhcpServer> logger)
{
    private const int Waiting = 2048, Workers = 64; // Most of the time they wait for the store or for an answer by ARP.

    private readonly Channel<Datagram> _queue = Channel.CreateBounded<Datagram>(new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.DropWrite });

    private sealed record Datagram(DhcpSocket Socket, DhcpPacket Packet, DhcpArrival Arrival);

    /// <summary>Runs until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(sockets.Select(s => ReceiveAsync(s, cancellationToken)).Concat(Enumerable.Range(0, Workers).Select(_ => WorkAsync(cancellationToken))));

    private async Task ReceiveAsync(DhcpSocket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[DhcpParser.MaximumLength + 1];
        var any = new IPEndPoint(IPAddress.Any, 0);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var result = await socket.ReceiveAsync(buffer, any, cancellationToken);
                Accept(socket, buffer.AsSpan(0, result.ReceivedBytes), (IPEndPoint)result.RemoteEndPoint);
            }
            catch (SocketException e) when (!cancellationToken.IsCancellationRequested)
            {
                logger.DhcpSocketError(socket.Port, e.Message); // An ICMP error for an earlier answer, or the interface is down for a while.
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Accept(DhcpSocket socket, ReadOnlySpan<byte> datagram, IPEndPoint from)
    {
        if (!DhcpParser.TryParse(datagram, out var packet, out var error))
            logger.DhcpMalformed(from, error);
        else if (packet.Operation == DhcpPacket.BootRequest && from.Port != 0 && !Probe.Is(packet))
        {
            if (packet.Mac is { } mac && BootClient.Of(packet).Program == BootProgram.Ipxe)
                ipxeClients.Seen(mac);
            loaders.Saw(packet);
            _queue.Writer.TryWrite(new Datagram(socket, packet, new DhcpArrival(from, socket.Port)));
        }
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var datagram in _queue.Reader.ReadAllAsync(cancellationToken))
                await AnswerAsync(datagram, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    private async ValueTask AnswerAsync(Datagram datagram, CancellationToken cancellationToken)
    {
        var (socket, request, arrival) = datagram;
        var who = request.Mac ?? request.ClientKey;
        try
        {
            var reply = await responder.AnswerAsync(request, arrival, cancellationToken);
            trace.Exchange(request, arrival, reply);
            if (reply is null)
            {
                logger.DhcpSilent(request.MessageType, who, arrival.Port);
                return;
            }
            await socket.SendAsync(DhcpWriter.Write(reply.Packet, reply.MaximumLength), reply.To, cancellationToken);
            logger.DhcpAnswered(request.MessageType, who, reply.Packet.MessageType, reply.Packet.YourAddress, reply.Packet.File);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            logger.DhcpFailed(e, request.MessageType, who);
        }
    }
}
