using System.Net;
using System.Net.Sockets;

namespace LpmOs.Core.Hosting;

/// <summary>
/// Where a URL that somebody wrote into the store may lead when a service of ours follows it: webhooks, sources of assets. It must not become a way to what only
/// this host can reach (its own ports, the metadata service of a cloud at 169.254.169.254). Private networks are allowed: mirrors of a datacentre are there.
/// Checked on the resolved address of every connection, redirects included, for a name may change its mind.
/// </summary>
public static class OutboundAddress
{
    public const string Allowed = "an http or https URL without user name, whose host is neither loopback nor link-local";

    public static bool IsUrl(string? text, bool allowLoopback) =>
        text is { Length: <= 2000 } && Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0 && url.Host.Length > 0
        && (!IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) || Allows(address, allowLoopback))
        && (allowLoopback || !(url.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || url.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)));

    public static bool Allows(IPAddress address, bool allowLoopback)
    {
        if (Embedded(address) is { } inner)
            address = inner;
        if (IPAddress.IsLoopback(address))
            return allowLoopback;
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            return !(address.IsIPv6LinkLocal || address.IsIPv6Multicast || address.Equals(IPAddress.IPv6Any));
        var bytes = address.GetAddressBytes();
        // 0/8 is this host (RFC 1122, 3.2.1.3), 169.254/16 link-local (RFC 3927), 224/3 multicast and reserved.
        return bytes[0] is not 0 and < 224 && !(bytes[0] == 169 && bytes[1] == 254);
    }

    /// <summary>Connects to an allowed address of the host, and to that one: there is no second look-up in between.</summary>
    public static async ValueTask<Stream> ConnectAsync(DnsEndPoint end, bool allowLoopback, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(end.Host, cancellationToken).ConfigureAwait(false);
        var allowed = addresses.Where(address => Allows(address, allowLoopback)).ToArray();
        if (allowed.Length == 0)
            throw new HttpRequestException($"{end.Host} is {string.Join(", ", addresses.Select(address => address.ToString()))}; allowed is {Allowed}.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, end.Port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The IPv4 address that an IPv6 one stands for: mapped (RFC 4291, 2.5.5.2), compatible (2.5.5.1) or translated (RFC 6052, 64:ff9b::/96).</summary>
    private static IPAddress? Embedded(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return null;
        var bytes = address.GetAddressBytes();
        var prefix = bytes.AsSpan(0, 12);
        if (address.IsIPv4MappedToIPv6 || prefix.SequenceEqual((ReadOnlySpan<byte>)[0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0])
            || (!prefix.ContainsAnyExcept((byte)0) && !address.Equals(IPAddress.IPv6Any) && !IPAddress.IsLoopback(address)))
            return new IPAddress(bytes.AsSpan(12));
        return null;
    }
}
