namespace LpmOs.Boot.Dhcp;

/// <summary>MACs from which iPXE has asked by DHCP a moment ago; bounded.</summary>
internal sealed class IpxeClients(TimeProvider time)
{
    private const int Most = 4096;
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, DateTimeOffset> _seen = new(StringComparer.Ordinal);

    public void Seen(string mac)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (_seen.Count >= Most)
                foreach (var old in _seen.Where(s => s.Value + Moment < now).Select(s => s.Key).ToList())
                    _seen.Remove(old);
            if (_seen.Count < Most)
                _seen[mac] = now;
        }
    }

    public bool IsRecent(string mac)
    {
        lock (_gate)
            return _seen.TryGetValue(mac, out var seen) && seen + Moment >= time.GetUtcNow();
    }
}
