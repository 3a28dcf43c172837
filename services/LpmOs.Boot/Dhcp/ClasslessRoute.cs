using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace LpmOs.Boot.Dhcp;

/// <summary>A route of option 121 (RFC 3442): destination, as <c>10.9.0.0/16</c>, and the router to it.</summary>
internal readonly record struct ClasslessRoute(IPAddress Destination, int PrefixLength, IPAddress Router)
{
    /// <summary>Reads <c>10.9.0.0/16 via 10.0.0.254</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ClasslessRoute? route)
    {
        route = null;
        if (text.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var network, "via", var via] || network.Split('/') is not [var address, var length]
            || !AddressRange.TryParseAddress(address, out var destination) || !AddressRange.TryParseAddress(via, out var router)
            || !int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var bits) || bits > 32)
            return false;
        var host = bits == 32 ? 0 : uint.MaxValue >> bits;
        if ((AddressRange.ToNumber(destination) & host) != 0)
            return false;
        route = new ClasslessRoute(destination, bits, router);
        return true;
    }

    /// <summary>Prefix length, as many bytes of the destination as it covers, router. Who reads this option ignores option 3, so the default route is in it too.</summary>
    public static byte[] Write(IEnumerable<ClasslessRoute> routes, IReadOnlyList<IPAddress> defaultRouters) =>
    [
        .. routes.Concat(defaultRouters.Take(1).Select(router => new ClasslessRoute(IPAddress.Any, 0, router)))
            .SelectMany(route => (byte[])[(byte)route.PrefixLength, .. route.Destination.GetAddressBytes()[..((route.PrefixLength + 7) / 8)], .. route.Router.GetAddressBytes()]),
    ];
}
