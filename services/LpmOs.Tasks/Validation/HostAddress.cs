using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace LpmOs.Tasks.Validation;

/// <summary>Reads addresses and networks strictly: what the installed system's several parsers would read differently is refused.</summary>
internal static class HostAddress
{
    /// <summary>A unicast address in its usual form; the parser's octal, hexadecimal and short forms ("10.1") are refused.</summary>
    public static IPAddress? Read(string text)
    {
        if (text.Length > 45 || text.Contains('%', StringComparison.Ordinal) || !IPAddress.TryParse(text, out var address) || IPAddress.IsLoopback(address) || address.IsIPv6Multicast)
            return null;
        if (address.AddressFamily != AddressFamily.InterNetwork)
            return address.Equals(IPAddress.IPv6Any) || address.IsIPv4MappedToIPv6 || text.Contains('[', StringComparison.Ordinal) ? null : address;
        return address.ToString() == text && address.GetAddressBytes()[0] is > 0 and < 224 ? address : null;
    }

    /// <summary>A host's address in CIDR form, and its network; null for anything that no host can have.</summary>
    public static (IPAddress Address, IPNetwork Network)? WithPrefix(string text)
    {
        if (Split(text) is not var (address, length) || Read(address) is not { } ip || length < 1 || length > Bits(ip))
            return null;
        var (network, ones, zeros) = Mask(ip, length);
        // RFC 3021 lets /31 use both addresses; elsewhere in IPv4 the first names the network and the last is broadcast.
        return Bits(ip) == 32 && length < 31 && (ones || zeros) ? null : (ip, new IPNetwork(network, length));
    }

    /// <summary>A network in CIDR form, no bit set behind its prefix; null for anything else.</summary>
    public static IPNetwork? Network(string text)
    {
        if (text.Length > 49 || Split(text) is not var (address, length) || address.Contains('%', StringComparison.Ordinal) || !IPAddress.TryParse(address, out var ip) || length > Bits(ip))
            return null;
        if (ip.AddressFamily == AddressFamily.InterNetwork && ip.ToString() != address)
            return null;
        var (network, _, zeros) = Mask(ip, length);
        return zeros ? new IPNetwork(network, length) : null;
    }

    public static bool Overlap(IPNetwork one, IPNetwork other) => one.BaseAddress.AddressFamily == other.BaseAddress.AddressFamily && (one.Contains(other.BaseAddress) || other.Contains(one.BaseAddress));

    private static (string Address, int Length)? Split(string text) =>
        text.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? (text[..slash], length) : null;

    private static int Bits(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;

    private static (IPAddress Network, bool HostIsOnes, bool HostIsZeros) Mask(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        var (ones, zeros) = (true, true);
        for (var bit = length; bit < bytes.Length * 8; bit++)
        {
            var set = (bytes[bit / 8] & (0x80 >> (bit % 8))) != 0;
            ones &= set;
            zeros &= !set;
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }
        return (new IPAddress(bytes), ones, zeros);
    }
}
