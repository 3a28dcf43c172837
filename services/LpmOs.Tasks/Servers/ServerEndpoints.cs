using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Tasks.Documents;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Tasks.Servers;

internal sealed record ServerList
{
    public required IReadOnlyList<RegisteredServer> Items { get; init; }
    public required int Total { get; init; }
}

/// <summary>Registered servers of an IDC: machines that somebody made a task for.</summary>
internal static class ServerEndpoints
{
    public static void MapServers(this RouteGroupBuilder api) =>
        api.MapGet("/servers/{idc}", List).Allow(Permission.View).WithTags(ApiTags.Machines).WithName("listServers").WithSummary("Registered servers of an IDC")
            .WithDescription("Machines that somebody made a task for, by serial number.").ProducesProblem(400);

    private static Ok<ServerList> List(string idc, WatchedState state)
    {
        var errors = new FieldErrors();
        errors.Idc(idc);
        errors.ThrowIfAny();
        var servers = state.Current.Machines.Values.Where(machine => machine.Key.Idc == idc && machine.Server is not null)
            .Select(machine => machine.Server!).OrderBy(server => server.Sn, StringComparer.Ordinal).ToList();
        return TypedResults.Ok(new ServerList { Items = servers, Total = servers.Count });
    }
}
