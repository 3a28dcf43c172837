using System.Net;

namespace LpmOs.Boot.Tftp;

/// <summary>
/// Counts transfers, so that neither one client nor all of them take the machine. A request for which there is no place waits its turn: when a room is
/// switched on at once, firmware that hears nothing gives up after a few tries. What waits is bounded too, in all and for each client.
/// </summary>
internal sealed class TftpSessions(int mostInAll, int mostPerClient, int mostWaiting, TimeProvider time)
{
    /// <summary>Who has not asked again for so long has given up; no firmware waits longer between two tries.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly HashSet<IPEndPoint> _active = [];
    private readonly Dictionary<IPAddress, Counts> _clients = [];
    /// <summary>In the order in which they first asked.</summary>
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

    public int CountWaiting
    {
        get
        {
            lock (_gate)
                return _queue.Count;
        }
    }

    public TftpAdmission Enter(TftpArrival arrival)
    {
        lock (_gate)
        {
            if (_active.Contains(arrival.Client))
                return TftpAdmission.Repeated;
            if (_places.TryGetValue(arrival.Client, out var place))
            {
                // The newest request counts, in the place of the first.
                place.Value = new Waiting(arrival, time.GetUtcNow());
                return TftpAdmission.Repeated;
            }
            var counts = CountsOf(arrival.Client.Address);
            if (_active.Count < mostInAll && counts.Active < mostPerClient)
            {
                Start(arrival.Client, counts);
                return TftpAdmission.Starts;
            }
            if (_queue.First is { } oldest && _queue.Count >= mostWaiting && HasGivenUp(oldest.Value))
                Forget(oldest);
            if (_queue.Count >= mostWaiting || counts.Waiting >= mostPerClient)
            {
                ForgetIfIdle(arrival.Client.Address, counts);
                return TftpAdmission.Dropped;
            }
            _places[arrival.Client] = _queue.AddLast(new Waiting(arrival, time.GetUtcNow()));
            counts.Waiting++;
            return TftpAdmission.Waits;
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
            for (var place = _queue.First; place is not null;)
            {
                var (next, waiting) = (place.Next, place.Value);
                var address = waiting.Arrival.Client.Address;
                if (HasGivenUp(waiting))
                    Forget(place);
                else if (CountsOf(address).Active < mostPerClient)
                {
                    Forget(place);
                    Start(waiting.Arrival.Client, CountsOf(address));
                    return waiting.Arrival;
                }
                place = next;
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
