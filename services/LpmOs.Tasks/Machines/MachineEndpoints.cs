using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Tasks.Documents;
using LpmOs.Tasks.Lists;
using LpmOs.Tasks.Requests;
using LpmOs.Tasks.Tasks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Tasks.Machines;

/// <summary>Machines: hardware, whether they are online, whether a task asks for them.</summary>
internal static class MachineEndpoints
{
    public static void MapMachines(this RouteGroupBuilder api)
    {
        var machines = api.MapGroup("/machines").WithTags(ApiTags.Machines).Allow(Permission.View);
        machines.MapGet("", List).WithName("listMachines").WithSummary("List machines")
            .WithDescription("`unmatched=true` lists reported hardware that no task asks for yet; `POST /api/v1/machines/{idc}/{sn}/task` makes one in one step. `q` searches every field of the hardware.").Produces<MachinePage>().ProducesProblem(400);
        machines.MapGet("/{idc}/{sn}", Get).WithName("getMachine").WithSummary("One machine with its hardware")
            .WithDescription("Hardware as its agent reported it last, whether it is in contact, and the task that asks for it.").ProducesProblem(400).ProducesProblem(404);
    }

    private static JsonPage List([AsParameters] MachineQuery query, Actor actor, MachineLists lists) => lists.Page(query, SiteSet.Of(actor.Rights, Permission.View));

    private static Ok<MachineDetail> Get(string idc, string sn, WatchedState state)
    {
        var snapshot = state.Current;
        return TypedResults.Ok(MachineFacts.Detail(snapshot, MachineRecords.Find(snapshot, TaskLookup.Machine(idc, sn))));
    }
}
