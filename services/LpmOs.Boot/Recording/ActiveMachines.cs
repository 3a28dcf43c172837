namespace LpmOs.Boot.Recording;

/// <summary>MACs that boot now, as far as this service saw: a running system's DHCP counts for a boot only then. Bounded.</summary>
internal sealed class ActiveMachines(TimeProvider time)
{
    private const int Most = 8192;
    private static readonly TimeSpan Boot = TimeSpan.FromMinutes(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, DateTimeOffset> _since = new(StringComparer.Ordinal);

    public void Seen(string mac)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (_since.Count >= Most)
                foreach (var old in _since.Where(seen => seen.Value + Boot < now).Select(seen => seen.Key).ToList())
                    _since.Remove(old);
            if (_since.Count < Most || _since.ContainsKey(mac))
                _since[mac] = now;
        }
    }

    public bool IsBooting(string mac)
    {
        lock (_gate)
            return _since.TryGetValue(mac, out var since) && since + Boot >= time.GetUtcNow();
    }
}
