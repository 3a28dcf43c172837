using LpmOs.Core.Domain;
using LpmOs.Core.Snapshot;
using LpmOs.Tasks.Lists;
using LpmOs.Tasks.Stats.Durations;

namespace LpmOs.Tasks.Stats;

/// <summary>Counts derived from the machines' rows, never counted up by hand.</summary>
internal sealed class SiteCounts(FleetIndex index, DurationIndex durations, WatchedState state)
{
    /// <summary>Every IDC that has a machine, an image or settings, or ever had a service.</summary>
    public IReadOnlyDictionary<string, SiteStats> Sites
    {
        get
        {
            var sites = new SortedDictionary<string, SiteStats>(StringComparer.Ordinal);
            foreach (var (idc, stats) in index.Counts())
                sites[idc] = stats;
            foreach (var (idc, _) in state.Current.Images.Keys)
                sites.TryAdd(idc, new SiteStats());
            foreach (var idc in state.Current.KnownServices.Keys.Select(service => service.Idc).Concat(state.Current.SiteSettings.Keys))
                sites.TryAdd(idc, new SiteStats());
            return sites;
        }
    }

    /// <summary>Those of some IDCs; null: of all.</summary>
    public IReadOnlyDictionary<string, SiteStats> Of(IReadOnlySet<string>? idcs) =>
        idcs is null ? Sites : new SortedDictionary<string, SiteStats>(Sites.Where(site => idcs.Contains(site.Key)).ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal);

    /// <param name="idcs">Null: all.</param>
    public FleetStats Fleet(IReadOnlySet<string>? idcs)
    {
        var sites = Of(idcs);
        var all = sites.Values;
        return new FleetStats
        {
            TotalMachines = all.Sum(s => s.TotalMachines), OnlineMachines = all.Sum(s => s.OnlineMachines), Unmatched = all.Sum(s => s.Unmatched), TotalTasks = all.Sum(s => s.TotalTasks),
            Pending = all.Sum(s => s.Pending), Approved = all.Sum(s => s.Approved), Rejected = all.Sum(s => s.Rejected), Cancelled = all.Sum(s => s.Cancelled),
            Installing = all.Sum(s => s.Installing), Completed = all.Sum(s => s.Completed), Failed = all.Sum(s => s.Failed),
            Idcs = sites, Durations = durations.OfAll(idcs),
        };
    }
}
