using System.Net;

namespace LpmOs.Boot.Tftp;

/// <summary>Counts transfers, so that neither one client nor all of them take the machine.</summary>
internal sealed class TftpSessions(int mostInAll, int mostPerClient)
{
    private readonly Lock _gate = new();
    private readonly HashSet<IPEndPoint> _active = [];
    private readonly Dictionary<IPAddress, int> _perClient = [];

    public int Count
    {
        get
        {
            lock (_gate)
                return _active.Count;
        }
    }

    /// <summary>Null when the client may start; else why not. The empty text: this very request is being served, the client repeats itself.</summary>
    public string? TryEnter(IPEndPoint client)
    {
        lock (_gate)
        {
            if (_active.Contains(client))
                return "";
            if (_active.Count >= mostInAll)
                return $"{mostInAll} transfers are under way";
            var count = _perClient.GetValueOrDefault(client.Address);
            if (count >= mostPerClient)
                return $"it has {mostPerClient} transfers under way";
            _active.Add(client);
            _perClient[client.Address] = count + 1;
            return null;
        }
    }

    public void Leave(IPEndPoint client)
    {
        lock (_gate)
        {
            if (!_active.Remove(client))
                return;
            if (--_perClient[client.Address] == 0)
                _perClient.Remove(client.Address);
        }
    }
}
