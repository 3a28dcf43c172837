using System.Net;
using LpmOs.Core.Hosting;

namespace LpmOs.Boot.Dhcp;

/// <summary>The networks that mode <c>full</c> gives addresses in, the same on every interface: which of them a request is for is told by its relay, or by where it came in.</summary>
internal sealed record DhcpNetworks(IReadOnlyList<DhcpSubnet> Subnets, Reservations Reservations)
{
    /// <param name="pool">Makes the pool of a range without the addresses that are kept.</param>
    /// <exception cref="SettingException">The ranges do not fit the interfaces.</exception>
    public static DhcpNetworks Of(BootOptions.DhcpOptions options, IReadOnlyList<DhcpInterface> links, Reservations reservations, Func<AddressRange, IReadOnlyCollection<IPAddress>, LeasePool> pool)
    {
        DhcpNetwork[] networks = [First(options, links), .. options.Subnets];
        // One alone may have its range behind a relay, or share its wire with another network.
        if (links.Count > 1 && links.FirstOrDefault(link => !networks.Any(network => network.IsLocal(link.Address))) is { } bare)
            throw new SettingException("Boot:Dhcp:Interface", string.Join(',', links.Select(link => link.Name)), $"interfaces with addresses to give out on each; no Boot:Dhcp:Range or Boot:Dhcp:Subnets:n:Range is in the network of {bare}");
        foreach (var (name, address) in options.Reservations)
            if (!networks.Any(network => network.IsLocal(address)))
                throw new SettingException("Boot:Dhcp:Reservations", $"{name}={address}", "addresses in one of the networks of Boot:Dhcp:Range and Boot:Dhcp:Subnets");
        return new DhcpNetworks([.. networks.Select(network => new DhcpSubnet(network, pool(network.Range, Kept(network, links, reservations))))], reservations);
    }

    private static DhcpNetwork First(BootOptions.DhcpOptions options, IReadOnlyList<DhcpInterface> links)
    {
        var own = links.FirstOrDefault(link => link.IsLocal(options.Range.First));
        // With a netmask of its own the range may belong to a network behind a relay.
        if (options.Netmask is null && own is null)
            throw new SettingException("Boot:Dhcp:Range", options.Range.ToString(), $"addresses in the network of {string.Join(" or ", links)}, or set Boot:Dhcp:Netmask where the range is behind a relay");
        var first = new DhcpNetwork
        {
            Range = options.Range,
            Netmask = options.Netmask ?? own!.Netmask,
            Routers = options.Routers,
            DnsServers = options.DnsServers,
            NtpServers = options.NtpServers,
            Domain = options.Domain,
            Mtu = options.Mtu,
            Routes = options.Routes,
            LeaseTime = options.LeaseTime,
        };
        return first.IsLocal(AddressRange.ToAddress(first.Range.Last)) ? first
            : throw new SettingException("Boot:Dhcp:Range", options.Range.ToString(), $"addresses of one network; with netmask {first.Netmask} its ends are in two");
    }

    /// <summary>Addresses of the range that no machine is given by chance.</summary>
    private static HashSet<IPAddress> Kept(DhcpNetwork network, IReadOnlyList<DhcpInterface> links, Reservations reservations)
    {
        var networkAddress = AddressRange.ToAddress(AddressRange.ToNumber(network.Broadcast) & AddressRange.ToNumber(network.Netmask));
        return [.. links.Select(link => link.Address), network.Broadcast, networkAddress, .. network.Routers, .. network.DnsServers, .. reservations.Addresses];
    }
}
