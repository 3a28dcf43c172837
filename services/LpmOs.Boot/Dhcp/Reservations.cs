using System.Net;

namespace LpmOs.Boot.Dhcp;

/// <summary>Addresses that are kept for one machine each, by MAC or serial number.</summary>
/// <param name="byName">MAC or serial number to address.</param>
/// <param name="serials">Serial numbers of the machines known by a MAC.</param>
internal sealed class Reservations(IReadOnlyDictionary<string, IPAddress> byName, Func<string, IEnumerable<string>> serials)
{
    public static Reservations None { get; } = new(new Dictionary<string, IPAddress>(), _ => []);

    public IEnumerable<IPAddress> Addresses => byName.Values;

    public IPAddress? Of(string? mac) =>
        mac is null || byName.Count == 0 ? null
        : byName.TryGetValue(mac, out var address) ? address
        : serials(mac).Select(sn => byName.GetValueOrDefault(sn)).FirstOrDefault(found => found is not null);
}
