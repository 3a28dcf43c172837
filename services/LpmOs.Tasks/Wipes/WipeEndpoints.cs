using System.ComponentModel;
using System.Text.Json;
using LpmOs.Core;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Domain.Wipes;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Tasks.Documents;
using LpmOs.Tasks.Requests;
using LpmOs.Tasks.Tasks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Tasks.Wipes;

internal sealed record WipeCertificateList
{
    public required IReadOnlyList<WipeCertificate> Items { get; init; }
}

/// <summary>Certificates of what was wiped.</summary>
internal static class WipeEndpoints
{
    private const int Most = 1000;
    private const string Description = "One for each disk and attempt, failed ones too. `signed_text` is what was signed: `openssl dgst -sha256 -verify public_key.pem -signature signature.der statement.json`.";

    public static void MapWipes(this RouteGroupBuilder api)
    {
        var tasks = api.MapGroup("/tasks").WithTags(ApiTags.Tasks);
        tasks.MapGet("/{id}/wipe-certificates", OfTaskAsync).WithName("getTaskWipeCertificates").WithSummary("Signed certificates of the disks that a task wiped").WithDescription(Description).Allow(Permission.View)
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);
        tasks.MapGet("/{idc}/{sn}/wipe-certificates", OfMachineAsync).WithName("getMachineWipeCertificates").WithSummary("Signed certificates of all disks that were ever wiped in a machine").WithDescription(Description).Allow(Permission.View)
            .ProducesProblem(400).ProducesProblem(503);
    }

    private static async Task<Ok<WipeCertificateList>> OfTaskAsync([Description("`task-` and 8 hexadecimal digits.")] string id, Actor actor, WatchedState state, IStateStore store, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        errors.TaskId(id, "id");
        errors.ThrowIfAny();
        if (!state.Current.TasksById.TryGetValue(id, out var machine))
            throw RefusedRequestException.TaskNotFound($"There is no present task {id}; those of former tasks are at /api/v1/tasks/{{idc}}/{{sn}}/wipe-certificates.");
        // The route does not name the IDC.
        actor.Require(Permission.View, machine.Idc);
        return TypedResults.Ok(await ListAsync(store, Keys.Wipes(machine.Idc, machine.Sn) + id + "/", cancellationToken));
    }

    private static async Task<Ok<WipeCertificateList>> OfMachineAsync(string idc, string sn, IStateStore store, CancellationToken cancellationToken)
    {
        var machine = TaskLookup.Machine(idc, sn);
        return TypedResults.Ok(await ListAsync(store, Keys.Wipes(machine.Idc, machine.Sn), cancellationToken));
    }

    private static async Task<WipeCertificateList> ListAsync(IStateStore store, string prefix, CancellationToken cancellationToken)
    {
        var page = await store.ListAsync(prefix, null, Most, 0, cancellationToken);
        return new() { Items = [.. page.Entries.Select(entry => JsonSerializer.Deserialize(entry.Value.Span, CoreJson.Default.WipeCertificate)).OfType<WipeCertificate>().OrderByDescending(certificate => certificate.Statement.IssuedAt)] };
    }
}
