using System.Globalization;
using System.Net;
using System.Numerics;
using LpmOs.Boot.Dhcp;
using LpmOs.Boot.Recording;
using LpmOs.Core.Domain.Sites;

namespace LpmOs.Boot.Sentinel;

/// <summary>What an answer tells of its server, and whether that server may be there.</summary>
internal static class ForeignServers
{
    /// <param name="known">What is on record of it.</param>
    /// <param name="before">Of that, what holds where this answer does not say it: an answer to a running system names no boot file.</param>
    public static ForeignDhcpServer Of(ServerReply reply, IPAddress server, DhcpInterface link, BootOptions options, ForeignDhcpServer? known, ForeignDhcpServer? before, DateTimeOffset now)
    {
        var packet = reply.Packet;
        var gives = !packet.YourAddress.Equals(IPAddress.Any);
        var bootFile = packet.File.Length > 0 ? packet.File : packet.Option(DhcpOptionCode.BootFileName) is { } name ? System.Text.Encoding.Latin1.GetString(name.Span).TrimEnd('\0') : null;
        var seen = new ForeignDhcpServer
        {
            Server = server.ToString(),
            Mac = reply.Mac,
            Interface = link.Name,
            Kind = gives || before?.Kind == ForeignDhcpServer.Addresses ? ForeignDhcpServer.Addresses : ForeignDhcpServer.Proxy,
            Verdict = "",
            Offered = gives ? packet.YourAddress.ToString() : before?.Offered,
            Network = gives && packet.AddressOption(DhcpOptionCode.SubnetMask) is { } mask ? Network(packet.YourAddress, mask) : before?.Network,
            Router = packet.AddressOption(DhcpOptionCode.Router)?.ToString() ?? before?.Router,
            BootFile = bootFile is null ? before?.BootFile : BootTrace.Short(bootFile),
            NextServer = packet.ServerAddress.Equals(IPAddress.Any) ? before?.NextServer : packet.ServerAddress.ToString(),
            FirstSeen = known?.FirstSeen ?? now,
            LastSeen = now,
        };
        return seen with { Verdict = Verdict(seen, options) };
    }

    /// <summary>
    /// Beside us as the giver of addresses nobody else may be. Beside a proxy one must be, but it must not name another boot file. With DHCP off, the network's
    /// own server names what we told its operator to; a boot server without addresses is nobody's plan.
    /// </summary>
    private static string Verdict(ForeignDhcpServer seen, BootOptions options) =>
        options.Sentinel.Allowed.Contains(seen.Server) || options.Sentinel.Allowed.Contains(seen.Mac) ? ForeignDhcpServer.Allowed
        : options.Dhcp.Mode switch
        {
            DhcpMode.Full => ForeignDhcpServer.Rogue,
            DhcpMode.Proxy => seen.Kind == ForeignDhcpServer.Proxy || seen.BootFile is not null ? ForeignDhcpServer.Rogue : ForeignDhcpServer.Expected,
            _ => seen.Kind == ForeignDhcpServer.Proxy ? ForeignDhcpServer.Rogue : ForeignDhcpServer.Expected,
        };

    private static string Network(IPAddress address, IPAddress mask)
    {
        var bits = AddressRange.ToNumber(mask);
        return string.Create(CultureInfo.InvariantCulture, $"{AddressRange.ToAddress(AddressRange.ToNumber(address) & bits)}/{BitOperations.PopCount(bits)}");
    }
}
