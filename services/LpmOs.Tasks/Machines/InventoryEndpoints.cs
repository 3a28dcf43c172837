using System.ComponentModel;
using LpmOs.Contracts.Hardware;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Domain.Hardware;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Documents;
using LpmOs.Tasks.Tasks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Tasks.Machines;

/// <summary>What a machine's hardware was, and what is different now.</summary>
internal static class InventoryEndpoints
{
    private const string Allowed = "current, or the id of a report that is kept: ";

    public static void MapInventories(this RouteGroupBuilder api)
    {
        var machine = api.MapGroup("/machines/{idc}/{sn}").WithTags(ApiTags.Machines).Allow(Permission.View);
        machine.MapGet("/inventories", ListAsync).WithName("listInventories").WithSummary("Hardware reports of a machine, and what changed from one to the next")
            .WithDescription("A report is kept when the hardware changed; what is on the disks, links and kernel names do not count.").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);
        machine.MapGet("/inventories/{id}", GetAsync).WithName("getInventory").WithSummary("One hardware report")
            .WithDescription("`current` or an id of the list.").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);
        machine.MapGet("/diff", DiffAsync).WithName("diffInventories").WithSummary("Differences between two hardware reports, for programs and in words")
            .WithDescription("Without `from` and `to`: the last change.").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);
    }

    private static async Task<Ok<InventoryVersions>> ListAsync(string idc, string sn, InventoryReader inventories, CancellationToken cancellationToken)
    {
        var reports = await inventories.ListAsync(TaskLookup.Machine(idc, sn), cancellationToken);
        return TypedResults.Ok(new InventoryVersions { Items = [.. reports.Select((_, index) => InventoryReader.Version(reports, index, withChanges: true))] });
    }

    private static async Task<Ok<Inventory>> GetAsync(string idc, string sn, [Description("current, or an id of the list.")] string id, InventoryReader inventories, CancellationToken cancellationToken)
    {
        var machine = TaskLookup.Machine(idc, sn);
        CheckId("id", id);
        var reports = await inventories.ListAsync(machine, cancellationToken);
        return InventoryReader.Find(reports, id) is { } index
            ? TypedResults.Ok(reports[index])
            : throw new RefusedRequestException(StatusCodes.Status404NotFound, "inventory_not_found", "Hardware report not found", $"{machine} has no report {id}. There are: {Ids(reports)}.");
    }

    private static async Task<Ok<InventoryDifference>> DiffAsync(
        string idc, string sn, [Description("Id of the older report. Default: the one before the present.")] string? from,
        [Description("Id of the newer report. Default: current.")] string? to, InventoryReader inventories, CancellationToken cancellationToken)
    {
        var machine = TaskLookup.Machine(idc, sn);
        var reports = await inventories.ListAsync(machine, cancellationToken);
        var errors = new FieldErrors();
        var newer = Index("to", to, 0, reports, errors);
        var older = Index("from", from, Math.Min(newer + 1, reports.Count - 1), reports, errors);
        errors.ThrowIfAny();
        var changes = HardwareDifferences.Between(reports[older], reports[newer]);
        return TypedResults.Ok(new InventoryDifference
        {
            Idc = idc, Sn = sn, From = InventoryReader.Version(reports, older, withChanges: false), To = InventoryReader.Version(reports, newer, withChanges: false),
            Changes = changes, Text = changes.Count == 0 ? "The hardware is the same." : string.Join('\n', changes.Select(change => change.Text)),
        });
    }

    private static int Index(string field, string? id, int otherwise, IReadOnlyList<Inventory> reports, FieldErrors errors)
    {
        var index = id is null ? otherwise : InventoryReader.Find(reports, id);
        errors.Check(field, index is not null, id, Allowed + Ids(reports));
        return index ?? otherwise;
    }

    private static void CheckId(string field, string id)
    {
        var errors = new FieldErrors();
        errors.Check(field, id == InventoryHistory.Current || InventoryHistory.IsId(id), id, Allowed + "see GET …/inventories");
        errors.ThrowIfAny();
    }

    private static string Ids(IReadOnlyList<Inventory> reports) => string.Join(", ", reports.Select(InventoryHistory.Id));
}
