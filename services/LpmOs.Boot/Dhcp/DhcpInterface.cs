using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace LpmOs.Boot.Dhcp;

/// <summary>A network interface that DHCP is answered on, with its first IPv4 address.</summary>
internal sealed record DhcpInterface(string Name, int Index, IPAddress Address, IPAddress Netmask)
{
    /// <summary>The interface of that name, or with null the only one that could be meant.</summary>
    /// <exception cref="InvalidOperationException">There is none, or more than one; the message says what to set.</exception>
    public static DhcpInterface Find(string? name)
    {
        var all = NetworkInterface.GetAllNetworkInterfaces()
            .Where(i => i.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .Select(i => (i.Name, Index: IndexOf(i), Ipv4: i.GetIPProperties().UnicastAddresses.FirstOrDefault(a => a.Address.AddressFamily == AddressFamily.InterNetwork)))
            .ToList();
        var usable = all.Where(i => i.Ipv4 is not null).ToList();
        var names = usable.Count == 0 ? "none" : string.Join(", ", usable.Select(i => i.Name));
        if (string.IsNullOrEmpty(name))
        {
            return usable.Count == 1 ? Of(usable[0]) : throw new InvalidOperationException(
                $"Boot:Dhcp:Interface is not set, and there is not exactly one interface with an IPv4 address to choose (found: {names}). Set it to the interface that faces the servers.");
        }
        var found = all.Find(i => i.Name == name);
        if (found.Name is null)
            throw new InvalidOperationException($"Boot:Dhcp:Interface is '{name}', which does not exist. Interfaces with an IPv4 address: {names}.");
        if (found.Ipv4 is null)
            throw new InvalidOperationException($"Boot:Dhcp:Interface is '{name}', which has no IPv4 address yet. Give it one; DHCP answers carry it as the server's address.");
        return Of(found);
    }

    /// <summary>Whether the address is in its network.</summary>
    public bool IsLocal(uint address) => ((AddressRange.ToNumber(Address) ^ address) & AddressRange.ToNumber(Netmask)) == 0;

    public override string ToString() => $"{Name} ({Address}, netmask {Netmask})";

    private static DhcpInterface Of((string Name, int Index, UnicastIPAddressInformation? Ipv4) found) => new(found.Name, found.Index, found.Ipv4!.Address, found.Ipv4.IPv4Mask);

    private static int IndexOf(NetworkInterface link)
    {
        try
        {
            return link.GetIPProperties().GetIPv4Properties().Index;
        }
        catch (NetworkInformationException)
        {
            return 0; // No IPv4 there: never chosen.
        }
    }
}
