using LpmOs.Core.Domain.Access;
using LpmOs.Core.Domain.Planning.Disks;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Documents;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Tasks.Layouts;

internal sealed record LayoutList
{
    public required IReadOnlyList<LayoutPreset> Items { get; init; }
}

/// <summary>The named disk layouts, for those who let people choose one or begin their own from it.</summary>
internal static class LayoutEndpoints
{
    public static void MapLayouts(this RouteGroupBuilder api) =>
        api.MapGet("/disk-layouts", List).Allow(Permission.View).WithTags(ApiTags.Overview).WithName("listDiskLayouts").WithSummary("Disk layouts that a task may name")
            .WithDescription("What `disk_layout.preset` takes, each with the layout that it stands for: `disks`, `arrays` and `volume_groups` can be given as a layout of one's own.");

    private static Ok<LayoutList> List() => TypedResults.Ok(new LayoutList { Items = LayoutPresets.All });
}
