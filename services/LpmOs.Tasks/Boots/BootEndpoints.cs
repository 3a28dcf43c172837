using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Tasks.Documents;
using LpmOs.Tasks.Machines;
using LpmOs.Tasks.Requests;
using LpmOs.Tasks.Tasks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Tasks.Boots;

/// <summary>Every boot of a machine as one timeline, and what keeps it from going on.</summary>
internal static class BootEndpoints
{
    private const string Timeline = "DHCP, TFTP, HTTP, the script and why it was chosen, the agent, the installation, the new system's call; with `diagnosis` where the boot stands still: what it means and what to do. Of each interface the last ten boots are kept.";

    public static void MapBoots(this RouteGroupBuilder api)
    {
        var boots = api.MapGroup("/boots").WithTags(ApiTags.Machines).Allow(Permission.View);
        boots.MapGet("", List).WithName("listBoots").WithSummary("The last boot of every machine, the newest first")
            .WithDescription("Machines too that nobody knows yet. `stalled=true` lists what needs a look.").ProducesProblem(400);
        boots.MapGet("/{idc}/{mac}", OfMacAsync).WithName("getBoots").WithSummary("Boots from one interface, by its MAC").WithDescription(Timeline)
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);
        api.MapGet("/machines/{idc}/{sn}/boots", OfMachineAsync).Allow(Permission.View).WithTags(ApiTags.Machines).WithName("getMachineBoots").WithSummary("Boots of a machine, from whichever of its interfaces").WithDescription(Timeline)
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);
        api.MapGet("/tasks/{idc}/{sn}/boots", OfTaskAsync).Allow(Permission.View).WithTags(ApiTags.Tasks).WithName("getTaskBoots").WithSummary("Boots of the task's machine since the task was created").WithDescription(Timeline)
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);
    }

    private static Ok<BootPage> List([AsParameters] BootQuery query, Actor actor, BootLists lists) => TypedResults.Ok(lists.Page(query, actor.Rights.Sites(Permission.View)));

    private static async Task<Ok<BootList>> OfMacAsync(string idc, string mac, BootReader boots, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        errors.Idc(idc);
        mac = errors.Mac(mac);
        errors.ThrowIfAny();
        var items = await boots.ReadAsync(idc, [mac], cancellationToken);
        return items.Count > 0 ? TypedResults.Ok(new BootList { Idc = idc, Sn = items[0].Sn, Items = items })
            : throw new RefusedRequestException(StatusCodes.Status404NotFound, "boots_not_found", "No boot is on record", $"{idc} has seen no boot of {mac}. GET /api/v1/boots?idc={idc} lists what there is.");
    }

    private static async Task<Ok<BootList>> OfMachineAsync(string idc, string sn, WatchedState state, BootReader boots, CancellationToken cancellationToken)
    {
        var machine = TaskLookup.Machine(idc, sn);
        var macs = Macs(state.Current, machine);
        if (macs.Count == 0)
            MachineRecords.Find(state.Current, machine); // 404 where nobody knows it.
        return TypedResults.Ok(new BootList { Idc = idc, Sn = sn, Items = await boots.ReadAsync(idc, macs, cancellationToken) });
    }

    private static async Task<Ok<BootList>> OfTaskAsync(string idc, string sn, WatchedState state, BootReader boots, CancellationToken cancellationToken)
    {
        var snapshot = state.Current;
        var task = TaskLookup.Task(snapshot, idc, sn);
        // The hardware may have reported under another serial number than the task was made for.
        var macs = Macs(snapshot, new MachineKey(idc, sn)).Concat(snapshot.FindHardware(task)?.Macs() ?? []);
        var items = await boots.ReadAsync(idc, macs, cancellationToken);
        return TypedResults.Ok(new BootList { Idc = idc, Sn = sn, Items = [.. items.Where(boot => boot.TaskId == task.TaskId || boot.UpdatedAt >= task.CreatedAt)] });
    }

    private static List<string> Macs(StateSnapshot snapshot, MachineKey machine) =>
    [
        .. snapshot.Machine(machine.Idc, machine.Sn)?.Macs() ?? [],
        .. snapshot.Boots.Where(boot => boot.Key.Idc == machine.Idc && boot.Value.Sn == machine.Sn).Select(boot => boot.Key.Mac),
    ];
}
