using System.Diagnostics.CodeAnalysis;
using System.Net;
using LpmOs.Core.Store;

namespace LpmOs.Boot.Dhcp;

/// <summary>Our copy of the site's leases, by address, by client and by MAC, each with the revision that it was seen at. Thread-safe.</summary>
internal sealed class LeaseTable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<uint, Known> _byAddress = [];
    private readonly Dictionary<string, uint> _byClient = new(StringComparer.Ordinal), _byMac = new(StringComparer.Ordinal);

    /// <summary>A lease, or null where the key was deleted at that revision; <see cref="Revision"/> 0: there is no such key.</summary>
    public readonly record struct Known(DhcpLease? Lease, long Revision);

    public Known this[uint address]
    {
        get
        {
            lock (_gate)
                return _byAddress.GetValueOrDefault(address);
        }
    }

    /// <summary>What the client had last; else what its card had under another name.</summary>
    public bool TryFind(string client, string? mac, [MaybeNullWhen(false)] out DhcpLease lease)
    {
        lock (_gate)
        {
            lease = _byClient.TryGetValue(client, out var address) || (mac is not null && _byMac.TryGetValue(mac, out address)) ? _byAddress.GetValueOrDefault(address).Lease : null;
            return lease is not null;
        }
    }

    /// <summary>What the store holds at the key; older news than what is known is ignored. A deleted key has revision 0 for the next comparison.</summary>
    public void Set(uint address, DhcpLease? lease, long revision)
    {
        lock (_gate)
        {
            if (_byAddress.TryGetValue(address, out var known) && known.Revision > revision)
                return;
            Forget(_byClient, known.Lease?.Client, address);
            Forget(_byMac, known.Lease?.Mac, address);
            if (lease is null)
            {
                _byAddress.Remove(address);
                return;
            }
            _byAddress[address] = new Known(lease, revision);
            if (lease.Client is { } client)
                _byClient[client] = address;
            if (lease.Mac is { } mac)
                _byMac[mac] = address;
        }
    }

    private static void Forget(Dictionary<string, uint> names, string? name, uint address)
    {
        if (name is not null && names.TryGetValue(name, out var known) && known == address)
            names.Remove(name);
    }

    /// <summary>Replaces everything by a fresh listing.</summary>
    public void Reset(IReadOnlyList<StoreEntry> entries)
    {
        lock (_gate)
        {
            _byAddress.Clear();
            _byClient.Clear();
            _byMac.Clear();
        }
        foreach (var entry in entries)
            Apply(entry.Key, entry.Value, entry.ModRevision);
    }

    public void Apply(string key, ReadOnlyMemory<byte>? value, long revision)
    {
        if (AddressRange.TryParseAddress(key[(key.LastIndexOf('/') + 1)..], out var address))
            Set(AddressRange.ToNumber(address), value is { } json ? DhcpLease.Parse(json.Span) : null, revision);
    }
}
