using LpmOs.Core.Domain;

namespace LpmOs.Tasks.Stats;

/// <summary>Counts of all sites together, and of each.</summary>
internal sealed record FleetStats : SiteStats
{
    public required IReadOnlyDictionary<string, SiteStats> Idcs { get; init; }
}
