using LpmOs.Core.Domain;
using LpmOs.Core.Snapshot;

namespace LpmOs.Tasks.Idcs;

/// <summary>A regional or boot service of an IDC.</summary>
internal sealed record IdcService
{
    /// <summary><c>regional</c> or <c>boot</c>.</summary>
    public required string Kind { get; init; }
    public required string Instance { get; init; }
    /// <summary>It is in contact with the store; false: it has gone, see <see cref="LastHeartbeat"/>.</summary>
    public required bool Alive { get; init; }
    public string? Version { get; init; }
    public string? Address { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    /// <summary>To about 30 seconds.</summary>
    public required DateTimeOffset LastHeartbeat { get; init; }
}

/// <summary>Which services an IDC has, and how it stands with them.</summary>
internal static class IdcServices
{
    public static ILookup<string, IdcService> All(StateSnapshot snapshot) =>
        snapshot.KnownServices.Concat(snapshot.Services).Select(pair => pair.Key).Distinct().OrderBy(key => key.Kind, StringComparer.Ordinal).ThenBy(key => key.Instance, StringComparer.Ordinal)
            .ToLookup(key => key.Idc, key => Of(snapshot.Services.GetValueOrDefault(key), snapshot.KnownServices.GetValueOrDefault(key)));

    /// <summary><c>up</c>: of every kind one is alive; <c>degraded</c>: of some kind none; <c>down</c>: none at all; <c>unknown</c>: none ever registered.</summary>
    public static string Status(IEnumerable<IdcService> services)
    {
        var kinds = services.GroupBy(service => service.Kind).Select(kind => kind.Any(service => service.Alive)).ToList();
        return kinds.Count == 0 ? "unknown" : kinds.TrueForAll(alive => alive) ? "up" : kinds.Contains(true) ? "degraded" : "down";
    }

    private static IdcService Of(ServiceInstance? alive, ServiceInstance? known)
    {
        var service = alive ?? known!;
        return new IdcService
        {
            Kind = service.Kind, Instance = service.Instance, Alive = alive is not null, Version = service.Version, Address = service.Address,
            StartedAt = service.StartedAt, LastHeartbeat = service.HeartbeatAt,
        };
    }
}
