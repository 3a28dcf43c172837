using LpmOs.Core.Domain.Access;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Documents;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Tasks.Systems;

internal sealed record SystemVersion
{
    public required string Version { get; init; }
    /// <summary>What people say, for example "Ubuntu 22.04 LTS".</summary>
    public required string Name { get; init; }
    /// <summary>What <c>install_method</c> takes, the default first: <c>image</c> or an installer.</summary>
    public required IReadOnlyList<string> InstallMethods { get; init; }
    /// <summary>Variables that a task by an installer must give, each with an example.</summary>
    public required IReadOnlyDictionary<string, string> Requires { get; init; }
}

/// <summary>A system that a task may name.</summary>
internal sealed record SystemSummary
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string Family { get; init; }
    /// <summary>The newest first; the first is taken where a task names none.</summary>
    public required IReadOnlyList<SystemVersion> Versions { get; init; }
}

internal sealed record SystemList
{
    public required IReadOnlyList<SystemSummary> Items { get; init; }
}

/// <summary>The catalogue, for those who let people choose.</summary>
internal static class SystemEndpoints
{
    public static void MapSystems(this RouteGroupBuilder api) =>
        api.MapGet("/systems", List).Allow(Permission.View).WithTags(ApiTags.Overview).WithName("listSystems").WithSummary("Operating systems that a task may name")
            .WithDescription("The catalogue: ids, display names and versions that `os_type` and `os_version` take.");

    private static Ok<SystemList> List(OsCatalog catalog) => TypedResults.Ok(new SystemList
    {
        Items = [.. catalog.Systems.Select(system => new SystemSummary
        {
            Id = system.Id, Name = system.Name, Family = system.Family,
            Versions = [.. catalog.Entries.Where(entry => entry.Id == system.Id).Select(entry => new SystemVersion { Version = entry.Version, Name = entry.Name, InstallMethods = entry.Methods, Requires = entry.Requires })],
        })],
    });
}
