using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LpmOs.Core.Domain.Identity;

namespace LpmOs.Boot.Recording;

/// <summary>
/// Which machine is behind an address: by what DHCP and scripts told, else by the kernel's neighbour table. TFTP and file requests say no MAC of their own.
/// Bounded; an address that was told again belongs to the newer machine.
/// </summary>
internal sealed class MachineAddresses(TimeProvider time, string neighbourTable = "/proc/net/arp")
{
    private const int Most = 16_384;
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(6), TableFresh = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, (string Mac, DateTimeOffset At)> _known = [];
    private Dictionary<IPAddress, string> _neighbours = [];
    private DateTimeOffset _read;

    public void Learn(IPAddress address, string mac)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (_known.Count >= Most)
                foreach (var old in _known.Where(known => known.Value.At + Fresh < now).Select(known => known.Key).ToList())
                    _known.Remove(old);
            if (_known.Count < Most || _known.ContainsKey(address))
                _known[address] = (mac, now);
        }
    }

    public string? MacOf(IPAddress address)
    {
        lock (_gate)
        {
            if (_known.TryGetValue(address, out var known) && known.At + Fresh >= time.GetUtcNow())
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
