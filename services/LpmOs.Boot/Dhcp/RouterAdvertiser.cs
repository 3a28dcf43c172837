using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LpmOs.Boot.Dhcp;

/// <summary>
/// iPXE waits some 12 seconds for an IPv6 router before it goes on, at each boot. This answers its solicitations with an advertisement
/// (RFC 4861 section 4.2) of router lifetime 0, no flags and no prefix: "no router here, configure nothing". It goes to machines alone that
/// have just asked as iPXE by DHCP; no other host hears it, and a real router's advertisements count beside it as before.
/// </summary>
internal sealed class RouterAdvertiser(DhcpInterface link, IpxeClients clients, ILogger<RouterAdvertiser> logger)
{
    // <linux/icmpv6.h>, <linux/in6.h>, <asm-generic/socket.h>
    private const int SolSocket = 1, SoBindToDevice = 25, IpProtoIpv6 = 41, Ipv6UnicastHops = 16, IpProtoIcmpV6 = 58, Icmp6Filter = 1;
    private const byte RouterSolicitation = 133, SourceLinkAddress = 1;
    private static readonly IPAddress AllRouters = IPAddress.Parse("ff02::2");
    /// <summary>Type 134, then zeros: no hop limit, flags, lifetimes or options. The kernel fills in the checksum.</summary>
    private static readonly byte[] Advertisement = [134, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var socket = Open();
            var buffer = new byte[1500];
            while (true)
            {
                SocketReceiveFromResult result;
                try
                {
                    result = await socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.IPv6Any, 0), cancellationToken);
                }
                catch (SocketException e) when (e.SocketErrorCode is SocketError.NetworkDown)
                {
                    // Once, when the link is set down.
                    logger.NoRouterAdvertisements(link.Name, e.Message);
                    continue;
                }
                if (Mac(buffer.AsSpan(0, result.ReceivedBytes)) is { } mac && clients.IsRecent(mac) && result.RemoteEndPoint is IPEndPoint { Address.IsIPv6LinkLocal: true } from)
                    await AnswerAsync(socket, from, cancellationToken);
            }
        }
        catch (SocketException e)
        {
            logger.NoRouterAdvertisements(link.Name, e.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    /// <summary>The sender's MAC by its own word: a solicitation (RFC 4861 section 4.1) with the source link-layer address option.</summary>
    internal static string? Mac(ReadOnlySpan<byte> message)
    {
        if (message.Length < 8 || message[0] != RouterSolicitation || message[1] != 0)
            return null;
        for (var rest = message[8..]; rest.Length >= 8 && rest[1] > 0 && rest[1] * 8 <= rest.Length; rest = rest[(rest[1] * 8)..])
            if (rest[0] == SourceLinkAddress && rest[1] == 1)
                return string.Join(':', rest[2..8].ToArray().Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));
        return null;
    }

    private Socket Open()
    {
        var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Raw, ProtocolType.IcmpV6);
        try
        {
            socket.SetRawSocketOption(SolSocket, SoBindToDevice, Encoding.ASCII.GetBytes(link.Name + '\0'));
            // A set bit blocks its type.
            var filter = Enumerable.Repeat((byte)0xff, 32).ToArray();
            filter[RouterSolicitation / 8] &= unchecked((byte)~(1 << (RouterSolicitation % 8)));
            socket.SetRawSocketOption(IpProtoIcmpV6, Icmp6Filter, filter);
            // Receivers drop neighbour discovery of any other hop limit (RFC 4861 section 6.1.2).
            socket.SetRawSocketOption(IpProtoIpv6, Ipv6UnicastHops, BitConverter.GetBytes(255));
            socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.AddMembership, new IPv6MulticastOption(AllRouters, link.Index));
            socket.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task AnswerAsync(Socket socket, IPEndPoint to, CancellationToken cancellationToken)
    {
        try
        {
            await socket.SendToAsync(Advertisement, SocketFlags.None, new IPEndPoint(new IPAddress(to.Address.GetAddressBytes(), link.Index), 0), cancellationToken);
        }
        catch (SocketException e)
        {
            logger.NoRouterAdvertisements(link.Name, e.Message);
        }
    }
}
