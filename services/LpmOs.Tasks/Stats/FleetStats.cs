using LpmOs.Core.Domain;
using LpmOs.Tasks.Stats.Durations;

namespace LpmOs.Tasks.Stats;

/// <summary>Counts of all sites together, and of each.</summary>
internal sealed record FleetStats : SiteStats
{
    public required IReadOnlyDictionary<string, SiteStats> Idcs { get; init; }
    /// <summary>Over all IDCs.</summary>
    public required InstallationTimes Durations { get; init; }
}

/// <summary>Counts of one site, and how long things take there.</summary>
internal sealed record IdcStats : SiteStats
{
    public IdcStats()
    {
    }

    private IdcStats(SiteStats counts) : base(counts)
    {
    }

    public InstallationTimes Durations { get; init; } = InstallationTimes.None;

    public static IdcStats Of(SiteStats counts, InstallationTimes durations) => new(counts) { Durations = durations };
}
