using System.Net;

namespace LpmOs.Boot.Dhcp;

/// <summary>Which network a client is in.</summary>
internal static class RelayInformation
{
    private const byte LinkSelection = 5; // RFC 3527

    /// <summary>
    /// An address of the client's network as it or its relay tells: the relay's link selection (RFC 3527), the subnet selection option (RFC 3011), the relay's own
    /// address. Null: the client is on our own wire.
    /// </summary>
    public static IPAddress? Network(DhcpPacket request) =>
        request.IsRelayed ? SubOption(request, LinkSelection) ?? request.AddressOption(DhcpOptionCode.SubnetSelection) ?? request.RelayAddress
        : request.AddressOption(DhcpOptionCode.SubnetSelection) ?? (request.HasClientAddress ? request.ClientAddress : null);

    private static IPAddress? SubOption(DhcpPacket request, byte code)
    {
        var rest = (request.Option(DhcpOptionCode.RelayAgentInformation) ?? default).Span;
        while (rest.Length >= 2 && rest[1] <= rest.Length - 2)
        {
            if (rest[0] == code && rest[1] == 4)
                return new IPAddress(rest.Slice(2, 4));
            rest = rest[(2 + rest[1])..];
        }
        return null;
    }
}
