using LpmOs.Core.Domain;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Documents;
using LpmOs.Tasks.Stats.Durations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Tasks.Stats;

/// <summary>Live counts.</summary>
internal static class StatsEndpoints
{
    public static void MapStats(this RouteGroupBuilder api)
    {
        var stats = api.MapGroup("/stats").WithTags(ApiTags.Overview);
        stats.MapGet("", All).WithName("getStats").WithSummary("Counts of all IDCs together, and of each")
            .WithDescription("Counted from the tasks and machines themselves, so true after any crash.");
        stats.MapGet("/{idc}", OfSite).WithName("getIdcStats").WithSummary("Counts of one IDC, and how long things take there")
            .WithDescription("An IDC that nothing is known of has zero of everything. `durations` has the median and the 95th percentile of each phase, and the share of attempts that succeeded, over present and archived tasks.").ProducesProblem(400);
    }

    private static Ok<FleetStats> All(SiteCounts counts) => TypedResults.Ok(counts.Fleet);

    private static Ok<IdcStats> OfSite(string idc, SiteCounts counts, DurationIndex durations)
    {
        var errors = new FieldErrors();
        errors.Idc(idc);
        errors.ThrowIfAny();
        return TypedResults.Ok(IdcStats.Of(counts.Sites.GetValueOrDefault(idc) ?? new SiteStats(), durations.Of(idc)));
    }
}
