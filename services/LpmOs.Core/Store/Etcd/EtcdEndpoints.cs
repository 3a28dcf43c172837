namespace LpmOs.Core.Store.Etcd;

/// <summary>The member in use, and the turn to the next when it fails.</summary>
internal sealed class EtcdEndpoints
{
    private readonly Uri[] _endpoints;
    private int _current;

    public EtcdEndpoints(IReadOnlyList<Uri> endpoints)
    {
        _endpoints = [.. endpoints];
        // Services that start together do not all lean on the first member.
        _current = Random.Shared.Next(_endpoints.Length);
    }

    public int Count => _endpoints.Length;

    public Uri Current => _endpoints[Volatile.Read(ref _current)];

    /// <summary>Turns to the next member, unless somebody who saw the same failure has done so already.</summary>
    public void Leave(Uri failed)
    {
        var current = Volatile.Read(ref _current);
        if (_endpoints[current] == failed)
            Interlocked.CompareExchange(ref _current, (current + 1) % _endpoints.Length, current);
    }
}
