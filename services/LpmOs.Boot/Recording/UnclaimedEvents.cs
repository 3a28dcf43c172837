using System.Net;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Boots;

namespace LpmOs.Boot.Recording;

/// <summary>Events of addresses whose machine is not known yet, behind a relay for example, until it says its MAC. Bounded, and given up after minutes.</summary>
internal sealed class UnclaimedEvents(TimeProvider time)
{
    private const int MostAddresses = 1024, MostEvents = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly RecentMap<IPAddress, List<BootEvent>> _held = new(MostAddresses);

    public void Hold(IPAddress address, BootEvent happened)
    {
        lock (_gate)
        {
            if (!_held.TryGet(address, out var events))
                _held.Set(address, events = []);
            // What is too old to be claimed must not stand in the way of what is not.
            var since = time.GetUtcNow() - Patience;
            events.RemoveAll(held => held.At < since);
            if (events.Count < MostEvents)
                events.Add(happened);
        }
    }

    public IReadOnlyList<BootEvent> Claim(IPAddress address)
    {
        lock (_gate)
        {
            if (!_held.Remove(address, out var events))
                return [];
            var since = time.GetUtcNow() - Patience;
            return events.FindAll(happened => happened.At >= since);
        }
    }
}
