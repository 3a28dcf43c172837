using LpmOs.Core.Domain;
using LpmOs.Core.Snapshot;
using LpmOs.Tasks.Documents;
using LpmOs.Tasks.Stats;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Tasks.Idcs;

internal sealed record IdcSummary
{
    public required string Idc { get; init; }
    public required SiteStats Stats { get; init; }
    /// <summary>Images that the site's boot services hold.</summary>
    public required IReadOnlyList<SiteImage> Images { get; init; }
}

internal sealed record IdcList
{
    public required IReadOnlyList<IdcSummary> Items { get; init; }
}

/// <summary>The IDCs that the store knows of.</summary>
internal static class IdcEndpoints
{
    public static void MapIdcs(this RouteGroupBuilder api) =>
        api.MapGet("/idcs", List).WithTags(ApiTags.Overview).WithName("listIdcs").WithSummary("IDCs with their counts and images")
            .WithDescription("Every IDC of which the store knows a machine, a task or an image.");

    private static Ok<IdcList> List(SiteCounts counts, WatchedState state)
    {
        var images = state.Current.Images.ToLookup(image => image.Key.Idc, image => image.Value);
        return TypedResults.Ok(new IdcList
        {
            Items = [.. counts.Sites.Select(site => new IdcSummary { Idc = site.Key, Stats = site.Value, Images = [.. images[site.Key].OrderBy(image => image.Id, StringComparer.Ordinal)] })],
        });
    }
}
