using System.Net;
using System.Text;
using LpmOs.Core.Store;

namespace LpmOs.Boot.Dhcp;

/// <summary>How a wish for an address ended.</summary>
internal enum LeaseOutcome
{
    Granted,
    /// <summary>Another client's, not ours to give, or declined.</summary>
    Refused,
    /// <summary>The store did not answer, and the client has no lease that we know of. Say nothing: it asks again.</summary>
    Unknown,
}

/// <summary>
/// The site's addresses. The store decides: an address is a client's once its key says so, written by compare-and-swap,
/// so that two boot services never give one address twice. Offers are only remembered here, and for a short time.
/// </summary>
internal sealed class LeasePool(IStateStore store, string idc, AddressRange range, IReadOnlyCollection<IPAddress> reserved, TimeProvider time, LeaseTable? table = null)
{
    private static readonly TimeSpan OfferTime = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan DeclineTime = TimeSpan.FromMinutes(10);
    private const int Attempts = 4;

    private readonly Lock _gate = new();
    private readonly Dictionary<uint, (string Client, string? Mac, DateTimeOffset Until)> _offers = [];

    /// <summary>All leases of the site; pools of several networks share one.</summary>
    public LeaseTable Table { get; } = table ?? new LeaseTable();

    /// <summary>An address for the client: its own, the one it wishes, or the next free one; null when all are taken.</summary>
    /// <param name="reservation">Kept for this client: no other is offered while it is free.</param>
    /// <param name="mac">Of the client: its system may name itself otherwise than its firmware did.</param>
    public IPAddress? Offer(string client, IPAddress? wished, IPAddress? reservation = null, string? mac = null)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (reservation is not null && Remember(reservation, client, mac, now, reservation))
                return reservation;
            if (Table.TryFind(client, mac, out var lease) && IPAddress.TryParse(lease.Address, out var own) && Remember(own, client, mac, now))
                return own;
            if (wished is not null && Remember(wished, client, mac, now))
                return wished;
            // Starting at a place of the client's own spreads clients over the range, and makes two boot services offer the same address.
            var start = StableHash(client) % (uint)range.Count;
            for (uint i = 0; i < (uint)range.Count; i++)
            {
                var address = AddressRange.ToAddress(range.First + (start + i) % (uint)range.Count);
                if (Remember(address, client, mac, now))
                    return address;
            }
            return null;
        }
    }

    /// <summary>Makes the address the client's until <paramref name="leaseTime"/> from now, in the store.</summary>
    public async ValueTask<LeaseOutcome> BindAsync(IPAddress address, string client, string? mac, TimeSpan leaseTime, CancellationToken cancellationToken, IPAddress? reservation = null)
    {
        // Who holds another address than the one that is kept for it is told to start afresh, unless that one is still another's.
        if (reservation is not null && !address.Equals(reservation) && IsFree(reservation, client, mac))
            return LeaseOutcome.Refused;
        if (!IsOurs(address) && !address.Equals(reservation))
            return LeaseOutcome.Refused;
        var number = AddressRange.ToNumber(address);
        try
        {
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                var known = Table[number];
                var now = time.GetUtcNow();
                if (known.Lease is { } held && !IsOf(held, client, mac) && held.ExpiresAt > now)
                    return LeaseOutcome.Refused;
                var lease = new DhcpLease { Address = address.ToString(), Client = client, Mac = mac, ExpiresAt = now + leaseTime };
                if (await WriteAsync(number, lease, known.Revision, cancellationToken))
                    return LeaseOutcome.Granted;
            }
            return LeaseOutcome.Unknown;
        }
        catch (StoreUnavailableException)
        {
            // A client that holds the address keeps it while the store is away; the site goes on.
            return Table[number].Lease is { } lease && IsOf(lease, client, mac) ? LeaseOutcome.Granted : LeaseOutcome.Unknown;
        }
    }

    /// <summary>Frees the address if it is the client's.</summary>
    public async ValueTask ReleaseAsync(IPAddress address, string client, CancellationToken cancellationToken)
    {
        var number = AddressRange.ToNumber(address);
        var known = Table[number];
        if (known.Lease?.Client == client)
            await WriteAsync(number, null, known.Revision, cancellationToken);
    }

    /// <summary>Someone else answers at that address: nobody gets it for a while (RFC 2131 section 4.3.3).</summary>
    public async ValueTask DeclineAsync(IPAddress address, string client, CancellationToken cancellationToken)
    {
        var number = AddressRange.ToNumber(address);
        var known = Table[number];
        if (known.Lease?.Client == client)
            await WriteAsync(number, new DhcpLease { Address = address.ToString(), ExpiresAt = time.GetUtcNow() + DeclineTime }, known.Revision, cancellationToken);
    }

    /// <summary>The client has the address already: there is no need to ask who is there.</summary>
    public bool Holds(string client, IPAddress address, string? mac = null) => Table[AddressRange.ToNumber(address)].Lease is { } lease && IsOf(lease, client, mac) && lease.ExpiresAt > time.GetUtcNow();

    /// <summary>Somebody answers at that address who has no lease of it: nobody gets it for a while.</summary>
    public async ValueTask AvoidAsync(IPAddress address, CancellationToken cancellationToken)
    {
        var number = AddressRange.ToNumber(address);
        lock (_gate)
            _offers.Remove(number);
        await WriteAsync(number, new DhcpLease { Address = address.ToString(), ExpiresAt = time.GetUtcNow() + DeclineTime }, Table[number].Revision, cancellationToken);
    }

    // Its system may say an identifier of its own (a DUID, RFC 4361) where its firmware said none: the same card is the same machine.
    private static bool IsOf(DhcpLease lease, string client, string? mac) => lease.Client is not null && (lease.Client == client || (mac is not null && lease.Mac == mac));

    private bool IsFree(IPAddress address, string client, string? mac) =>
        Table[AddressRange.ToNumber(address)].Lease is not { } lease || IsOf(lease, client, mac) || lease.ExpiresAt <= time.GetUtcNow();

    private async ValueTask<bool> WriteAsync(uint number, DhcpLease? lease, long revision, CancellationToken cancellationToken)
    {
        var key = Keys.DhcpLeases(idc) + AddressRange.ToAddress(number);
        var write = lease is null ? StoreWrite.Delete(key) : StoreWrite.Put(key, lease.ToJson());
        var result = await store.CommitAsync(new StoreTransaction { Compares = [new StoreCompare(key, revision)], Writes = [write] }, cancellationToken);
        if (result.Applied)
        {
            Table.Set(number, lease, result.Revision);
            return true;
        }
        // Another boot service was first, or our copy lags behind: look at what is there now.
        if (await store.GetAsync(key, cancellationToken) is { } entry)
            Table.Set(number, DhcpLease.Parse(entry.Value.Span), entry.ModRevision);
        else
            Table.Set(number, null, result.Revision);
        return false;
    }

    private bool IsOurs(IPAddress address) => range.Contains(address) && !reserved.Contains(address);

    private bool Remember(IPAddress address, string client, string? mac, DateTimeOffset now, IPAddress? reservation = null)
    {
        if (!IsOurs(address) && !address.Equals(reservation))
            return false;
        var number = AddressRange.ToNumber(address);
        if (Table[number].Lease is { } lease && !IsOf(lease, client, mac) && lease.ExpiresAt > now)
            return false;
        if (_offers.TryGetValue(number, out var offer) && offer.Client != client && (mac is null || offer.Mac != mac) && offer.Until > now)
            return false;
        _offers[number] = (client, mac, now + OfferTime);
        return true;
    }

    /// <summary>FNV-1a: the same in every process, as string.GetHashCode is not.</summary>
    private static uint StableHash(string text)
    {
        var hash = 2166136261u;
        foreach (var b in Encoding.UTF8.GetBytes(text))
            hash = (hash ^ b) * 16777619u;
        return hash;
    }
}
