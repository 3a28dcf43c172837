using LpmOs.Core.Snapshot;

namespace LpmOs.Core.Domain.Sites;

/// <summary>
/// Whether word of an IDC's machines can reach the store at all. While no regional service of it is registered, silence says nothing about a machine:
/// agents go on, and their reports wait at the site.
/// </summary>
/// <param name="Since">From when on one was there without a gap; null: none is.</param>
/// <param name="LostAt">Where none is: the last heartbeat of any; null where none was ever there.</param>
public readonly record struct SiteContact(DateTimeOffset? Since, DateTimeOffset? LostAt)
{
    public bool IsThere => Since is not null;

    public static SiteContact Of(StateSnapshot snapshot, string idc)
    {
        var there = Regional(snapshot.Services, idc);
        return there.Count > 0
            ? new SiteContact(there.Min(service => service.ConnectedAt ?? service.StartedAt), null)
            : new SiteContact(null, Regional(snapshot.KnownServices, idc) is { Count: > 0 } known ? known.Max(service => service.HeartbeatAt) : null);
    }

    private static List<ServiceInstance> Regional(IEnumerable<KeyValuePair<(string Idc, string Kind, string Instance), ServiceInstance>> services, string idc) =>
        [.. services.Where(service => service.Key.Idc == idc && service.Key.Kind == ServiceInstance.Regional).Select(service => service.Value)];
}
