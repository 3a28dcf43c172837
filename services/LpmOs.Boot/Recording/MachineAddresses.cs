using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Identity;

namespace LpmOs.Boot.Recording;

/// <summary>
/// Which machine is behind an address: by what DHCP and scripts told, else by the kernel's neighbour table. TFTP and file requests say no MAC of their own.
/// Bounded; an address that was told again belongs to the newer machine.
/// </summary>
internal sealed class MachineAddresses(TimeProvider time, string neighbourTable = "/proc/net/arp")
{
    private const int Most = 65_536;
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(6), TableFresh = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly RecentMap<IPAddress, (string Mac, DateTimeOffset At)> _known = new(Most);
    private Dictionary<IPAddress, string> _neighbours = [];
    private DateTimeOffset _read;

    public void Learn(IPAddress address, string mac)
    {
        lock (_gate)
            _known.Set(address, (mac, time.GetUtcNow()));
    }

    public string? MacOf(IPAddress address)
    {
        lock (_gate)
        {
            if (_known.TryGet(address, out var known) && known.At + Fresh >= time.GetUtcNow())
                return known.Mac;
            if (time.GetUtcNow() - _read > TableFresh)
                (_neighbours, _read) = (ReadNeighbours(), time.GetUtcNow());
            return _neighbours.GetValueOrDefault(address);
        }
    }

    /// <summary>Linux: address, hardware type, flags (2: complete), MAC, mask, device.</summary>
    private Dictionary<IPAddress, string> ReadNeighbours()
    {
        var neighbours = new Dictionary<IPAddress, string>();
        try
        {
            foreach (var line in File.ReadLines(neighbourTable).Skip(1))
            {
                var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (words.Length >= 4 && IPAddress.TryParse(words[0], out var address) && address.AddressFamily == AddressFamily.InterNetwork
                    && words[2].StartsWith("0x", StringComparison.Ordinal) && int.TryParse(words[2].AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var flags) && (flags & 2) != 0
                    && MacAddress.TryNormalize(words[3], out var mac))
                    neighbours[address] = mac;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No such table here: then only what was told counts.
        }
        return neighbours;
    }
}
