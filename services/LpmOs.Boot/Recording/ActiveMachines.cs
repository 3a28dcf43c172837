using LpmOs.Core.Domain;

namespace LpmOs.Boot.Recording;

/// <summary>MACs that boot now, as far as this service saw: a running system's DHCP counts for a boot only then. Bounded.</summary>
internal sealed class ActiveMachines(TimeProvider time)
{
    private const int Most = 65_536;
    private static readonly TimeSpan Boot = TimeSpan.FromMinutes(30);

    private readonly Lock _gate = new();
    private readonly RecentMap<string, DateTimeOffset> _since = new(Most);

    public void Seen(string mac)
    {
        lock (_gate)
            _since.Set(mac, time.GetUtcNow());
    }

    public bool IsBooting(string mac)
    {
        lock (_gate)
            return _since.TryGet(mac, out var since) && since + Boot >= time.GetUtcNow();
    }
}
