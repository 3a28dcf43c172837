using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Tasks.Documents;
using LpmOs.Tasks.Tasks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Tasks.Machines;

/// <summary>Machines: hardware, whether they are online, whether a task asks for them.</summary>
internal static class MachineEndpoints
{
    public static void MapMachines(this RouteGroupBuilder api)
    {
        var machines = api.MapGroup("/machines").WithTags(ApiTags.Machines);
        machines.MapGet("", List).WithName("listMachines").WithSummary("List machines")
            .WithDescription("`unmatched=true` lists reported hardware that no task asks for yet.").ProducesProblem(400);
        machines.MapGet("/{idc}/{sn}", Get).WithName("getMachine").WithSummary("One machine with its hardware")
            .WithDescription("Hardware as its agent reported it last, whether it is in contact, and the task that asks for it.").ProducesProblem(400).ProducesProblem(404);
    }

    private static Ok<MachinePage> List([AsParameters] MachineQuery query, MachineLists lists) => TypedResults.Ok(lists.Page(query));

    private static Ok<MachineDetail> Get(string idc, string sn, WatchedState state)
    {
        var key = TaskLookup.Machine(idc, sn);
        var snapshot = state.Current;
        var machine = snapshot.Machine(idc, sn)
            ?? throw new RefusedRequestException(StatusCodes.Status404NotFound, "machine_not_found", "Machine not found", $"{key.Idc} knows no machine with the serial number {key.Sn}.");
        return TypedResults.Ok(MachineFacts.Detail(snapshot, machine));
    }
}
