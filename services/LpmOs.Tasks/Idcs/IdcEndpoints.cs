using System.ComponentModel;
using LpmOs.Core;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Domain.Audit;
using LpmOs.Core.Domain.Sites;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Tasks.Documents;
using LpmOs.Tasks.Requests;
using LpmOs.Tasks.Stats;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Tasks.Idcs;

internal sealed record IdcSummary
{
    public required string Idc { get; init; }
    /// <summary><c>up</c>: of every kind of service one is alive; <c>degraded</c>: of some kind none is; <c>down</c>: none at all; <c>unknown</c>: none ever registered.</summary>
    public required string Status { get; init; }
    public required SiteStats Stats { get; init; }
    /// <summary>Regional and boot services, those too that are gone.</summary>
    public required IReadOnlyList<IdcService> Services { get; init; }
    /// <summary>Other DHCP and PXE servers that must not be on the boot services' networks: machines may boot the wrong thing.</summary>
    public required IReadOnlyList<ForeignDhcpServer> RogueDhcp { get; init; }
    /// <summary>Other DHCP and PXE servers that are allowed or expected there.</summary>
    public required IReadOnlyList<ForeignDhcpServer> OtherDhcp { get; init; }
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
    public static void MapIdcs(this RouteGroupBuilder api)
    {
        var idcs = api.MapGroup("/idcs").WithTags(ApiTags.Overview).Allow(Permission.View);
        idcs.MapGet("", List).WithName("listIdcs").WithSummary("IDCs with their services, counts and images")
            .WithDescription("Every IDC of which the store knows a machine, a task, an image, settings or a service. Services register themselves; one that has not been heard of for 30 seconds shows as gone, and its IDC stays listed.");
        idcs.MapDelete("/{idc}/services/{kind}/{instance}", ForgetAsync).WithName("forgetService").WithSummary("Forget a service that is gone for good").Allow(Permission.Administer)
            .WithDescription("One that is alive is refused: it would register again. Forgetting one that is not known is 404.")
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);
    }

    private static Ok<IdcList> List(SiteCounts counts, WatchedState state, Actor actor)
    {
        var snapshot = state.Current;
        var images = snapshot.Images.ToLookup(image => image.Key.Idc, image => image.Value);
        var services = IdcServices.All(snapshot);
        var dhcp = snapshot.DhcpServers.OrderBy(server => server.Key.Server, StringComparer.Ordinal).ToLookup(server => server.Key.Idc, server => server.Value);
        return TypedResults.Ok(new IdcList
        {
            Items =
            [
                .. counts.Of(actor.Rights.Sites(Permission.View)).Select(site => new IdcSummary
                {
                    Idc = site.Key, Status = IdcServices.Status(services[site.Key]), Stats = site.Value, Services = [.. services[site.Key]],
                    RogueDhcp = [.. dhcp[site.Key].Where(server => server.Verdict == ForeignDhcpServer.Rogue)], OtherDhcp = [.. dhcp[site.Key].Where(server => server.Verdict != ForeignDhcpServer.Rogue)],
                    Images = [.. images[site.Key].OrderBy(image => image.Id, StringComparer.Ordinal)],
                }),
            ],
        });
    }

    private static async Task<NoContent> ForgetAsync(
        string idc, [Description("regional or boot.")] string kind, [Description("As the list of IDCs names it.")] string instance,
        Actor actor, IStateStore store, WatchedState state, TimeProvider time, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        errors.Idc(idc);
        errors.Check("kind", kind is ServiceInstance.Regional or ServiceInstance.Boot, kind, $"{ServiceInstance.Regional}, {ServiceInstance.Boot}");
        errors.ThrowIfAny();
        var snapshot = state.Current;
        if (snapshot.Services.ContainsKey((idc, kind, instance)))
            throw new RefusedRequestException(StatusCodes.Status409Conflict, "service_alive", "The service is alive", $"{kind} {instance} of {idc} is in contact and would register again. Stop it first.");
        if (!snapshot.KnownServices.TryGetValue((idc, kind, instance), out var known))
            throw new RefusedRequestException(StatusCodes.Status404NotFound, "service_not_found", "Service not found", $"{idc} has had no {kind} service of this name. GET /api/v1/idcs lists what there is.");
        var key = Keys.KnownService(idc, kind, known.Instance);
        var former = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(known, CoreJson.Default.ServiceInstance);
        var result = await store.CommitAsync(new StoreTransaction
        {
            Writes = [StoreWrite.Delete(key), AuditTrail.Of("service.forgotten", idc, null, actor.Name, actor.From, time.GetUtcNow(), former, [])],
        }, cancellationToken);
        await state.CatchUpAsync(key, result.Revision, cancellationToken);
        return TypedResults.NoContent();
    }
}
