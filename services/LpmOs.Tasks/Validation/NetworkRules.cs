using System.Net;
using System.Net.Sockets;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Hosting;

namespace LpmOs.Tasks.Validation;

/// <summary>What the installed system's network may be.</summary>
internal static class NetworkRules
{
    private const string AddressAllowed = "an address of a host with its prefix length, for example 10.0.0.5/24 or 2001:db8::5/64";
    private const string GatewayAllowed = "an address such as 10.0.0.1, inside the network of one of this interface's addresses";
    private const string DnsAllowed = "an IPv4 or IPv6 address";

    public static NetworkSpec Check(NetworkSpec network, FieldErrors errors)
    {
        var interfaces = network.Interfaces.Select((spec, index) => Check(spec, $"network.interfaces[{index}]", errors)).ToList();
        foreach (var twice in interfaces.GroupBy(spec => spec.Mac).Where(group => group.Count() > 1))
            errors.Add("network.interfaces", twice.Key is null ? "Only one interface may leave out its mac: it stands for the boot interface." : $"The MAC {twice.Key} is named more than once.");
        return new NetworkSpec { Interfaces = interfaces };
    }

    private static InterfaceSpec Check(InterfaceSpec spec, string field, FieldErrors errors)
    {
        var mac = spec.Mac is null ? null : errors.Mac(spec.Mac, $"{field}.mac");
        var networks = new List<IPNetwork>();
        for (var i = 0; i < spec.Addresses.Count; i++)
        {
            var parsed = Cidr(spec.Addresses[i]);
            errors.Check($"{field}.addresses[{i}]", parsed is not null, spec.Addresses[i], AddressAllowed);
            if (parsed is { } network)
                networks.Add(network);
        }
        if (!spec.Dhcp4 && spec.Addresses.Count == 0)
            errors.Add($"{field}.addresses", "At least one address is needed where dhcp4 is false.");
        if (spec.Gateway is not null)
        {
            // A router of IPv6 is usually known by its link-local address (RFC 4861, 4.2).
            var fits = Address(spec.Gateway) is { } gateway && (gateway.IsIPv6LinkLocal || networks.Exists(network => network.Contains(gateway)));
            errors.Check($"{field}.gateway", fits, spec.Gateway, GatewayAllowed);
        }
        for (var i = 0; i < spec.Dns.Count; i++)
            errors.Check($"{field}.dns[{i}]", Address(spec.Dns[i]) is not null, spec.Dns[i], DnsAllowed);
        return spec with { Mac = mac };
    }

    /// <summary>The network of a host's address in CIDR form; null for anything that no host can have.</summary>
    private static IPNetwork? Cidr(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || Address(text[..slash]) is not { } address || !int.TryParse(text.AsSpan(slash + 1), System.Globalization.NumberStyles.None, null, out var length))
            return null;
        var bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        if (length < 1 || length > bits)
            return null;
        var bytes = address.GetAddressBytes();
        var host = new byte[bytes.Length];
        var allOnes = true;
        for (var bit = length; bit < bits; bit++)
        {
            var one = (bytes[bit / 8] & (0x80 >> (bit % 8))) != 0;
            allOnes &= one;
            if (one)
                host[bit / 8] |= (byte)(0x80 >> (bit % 8));
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }
        // RFC 3021 lets /31 use both addresses; elsewhere in IPv4 the first names the network and the last is broadcast.
        if (bits == 32 && length < 31 && (allOnes || !host.AsSpan().ContainsAnyExcept((byte)0)))
            return null;
        return new IPNetwork(new IPAddress(bytes), length);
    }

    /// <summary>A unicast address in its usual form; the parser's octal, hexadecimal and short forms ("10.1") are refused.</summary>
    private static IPAddress? Address(string text)
    {
        if (text.Length > 45 || text.Contains('%', StringComparison.Ordinal) || !IPAddress.TryParse(text, out var address) || IPAddress.IsLoopback(address) || address.IsIPv6Multicast)
            return null;
        if (address.AddressFamily != AddressFamily.InterNetwork)
            return address.Equals(IPAddress.IPv6Any) || address.IsIPv4MappedToIPv6 || text.Contains('[', StringComparison.Ordinal) ? null : address;
        return address.ToString() == text && address.GetAddressBytes()[0] is > 0 and < 224 ? address : null;
    }
}
