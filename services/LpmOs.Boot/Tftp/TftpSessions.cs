using System.Net;

namespace LpmOs.Boot.Tftp;

/// <summary>
/// Counts transfers, so that neither one client nor all of them take the machine. A request for which there is no place waits its turn: when a room is
/// switched on at once, firmware that hears nothing gives up after a few tries. Next is who was heard last: they are there. In the order of asking those come first
/// who have waited longest, and where all wait longer than firmware does, every place would go to somebody who has given up. What waits is bounded too, in all and for each client.
/// </summary>
internal sealed class TftpSessions(int mostInAll, int mostPerClient, int mostWaiting, TimeProvider time)
{
    /// <summary>Who has not asked again for so long has given up; no firmware waits longer between two tries.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly HashSet<IPEndPoint> _active = [];
    private readonly Dictionary<IPAddress, Counts> _clients = [];
    /// <summary>In the order in which they were last heard.</summary>
    private readonly LinkedList<Waiting> _queue = [];
    private readonly Dictionary<IPEndPoint, LinkedListNode<Waiting>> _places = [];

    private sealed class Counts
    {
        public int Active, Waiting;
    }

    private sealed record Waiting(TftpArrival Arrival, DateTimeOffset HeardAt);

    public int Count
    {
        get
        {
            lock (_gate)
                return _active.Count;
        }
    }

    /// <summary>Without the lock: every transfer asks before every block, and fifty at once would wait for one another.</summary>
    public int CountWaiting => _queue.Count;

    public TftpAdmission Enter(TftpArrival arrival)
    {
        lock (_gate)
        {
            if (_active.Contains(arrival.Client))
                return TftpAdmission.Repeated;
            if (_places.TryGetValue(arrival.Client, out var place))
            {
                // The newest request counts.
                place.Value = new Waiting(arrival, time.GetUtcNow());
                _queue.Remove(place);
                _queue.AddLast(place);
                return TftpAdmission.Repeated;
            }
            var counts = CountsOf(arrival.Client.Address);
            if (_active.Count < mostInAll && counts.Active < mostPerClient)
            {
                Start(arrival.Client, counts);
                return TftpAdmission.Starts;
            }
            if (counts.Waiting >= mostPerClient)
                return TftpAdmission.Dropped;
            _places[arrival.Client] = _queue.AddLast(new Waiting(arrival, time.GetUtcNow()));
            counts.Waiting++;
            if (_queue.Count <= mostWaiting)
                return TftpAdmission.Waits;
            // Who has been silent longest has given up sooner than this one.
            Forget(_queue.First!);
            return TftpAdmission.Displaces;
        }
    }

    /// <summary>Gives the place back.</summary>
    /// <returns>Whose turn it is now; it has its place already. Null: nobody waits who may start.</returns>
    public TftpArrival? Leave(IPEndPoint client)
    {
        lock (_gate)
        {
            if (!_active.Remove(client))
                return null;
            var counts = CountsOf(client.Address);
            counts.Active--;
            ForgetIfIdle(client.Address, counts);
            while (_queue.First is { } oldest && HasGivenUp(oldest.Value))
                Forget(oldest);
            for (var place = _queue.Last; place is not null; place = place.Previous)
            {
                var arrival = place.Value.Arrival;
                if (CountsOf(arrival.Client.Address).Active >= mostPerClient)
                    continue;
                Forget(place);
                Start(arrival.Client, CountsOf(arrival.Client.Address));
                return arrival;
            }
            return null;
        }
    }

    private bool HasGivenUp(Waiting waiting) => time.GetUtcNow() - waiting.HeardAt > Patience;

    private void Start(IPEndPoint client, Counts counts)
    {
        _active.Add(client);
        counts.Active++;
    }

    private void Forget(LinkedListNode<Waiting> place)
    {
        var client = place.Value.Arrival.Client;
        _queue.Remove(place);
        _places.Remove(client);
        var counts = CountsOf(client.Address);
        counts.Waiting--;
        ForgetIfIdle(client.Address, counts);
    }

    private Counts CountsOf(IPAddress address)
    {
        if (!_clients.TryGetValue(address, out var counts))
            _clients[address] = counts = new Counts();
        return counts;
    }

    private void ForgetIfIdle(IPAddress address, Counts counts)
    {
        if (counts is { Active: 0, Waiting: 0 })
            _clients.Remove(address);
    }
}
