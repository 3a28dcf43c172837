using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace LpmOs.Boot.Tftp;

/// <summary>The largest UDP payload that leaves an interface in one frame.</summary>
internal sealed class LinkSizes(TimeProvider time)
{
    private const int Ipv4AndUdp = 28, Ipv6AndUdp = 48, EthernetMtu = 1500;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    private Dictionary<int, int> _mtus = [];
    private DateTimeOffset _read;

    public int LargestDatagram(int interfaceIndex, AddressFamily family)
    {
        if (time.GetUtcNow() - _read > Fresh)
            (_mtus, _read) = (Read(), time.GetUtcNow());
        return _mtus.GetValueOrDefault(interfaceIndex, EthernetMtu) - (family == AddressFamily.InterNetworkV6 ? Ipv6AndUdp : Ipv4AndUdp);
    }

    private static Dictionary<int, int> Read()
    {
        var mtus = new Dictionary<int, int>();
        foreach (var link in NetworkInterface.GetAllNetworkInterfaces())
        {
            try
            {
                if (link.GetIPProperties().GetIPv4Properties() is { Mtu: > Ipv6AndUdp } properties)
                    mtus[properties.Index] = properties.Mtu;
            }
            catch (NetworkInformationException)
            {
                // No IPv4 there, or it has just gone: Ethernet's size will do.
            }
        }
        return mtus;
    }
}
