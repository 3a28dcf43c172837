using LpmOs.Core.Domain;

namespace LpmOs.Boot.Dhcp;

/// <summary>MACs from which iPXE has asked by DHCP a moment ago; bounded: in a flood of forged ones the newest stay.</summary>
internal sealed class IpxeClients(TimeProvider time)
{
    private const int Most = 8192;
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly RecentMap<string, DateTimeOffset> _seen = new(Most);

    public void Seen(string mac)
    {
        lock (_gate)
            _seen.Set(mac, time.GetUtcNow());
    }

    public bool IsRecent(string mac)
    {
        lock (_gate)
            return _seen.TryGet(mac, out var seen) && seen + Moment >= time.GetUtcNow();
    }
}
