using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Tasks.Documents;
using LpmOs.Tasks.Lists;
using LpmOs.Tasks.Requests;
using LpmOs.Tasks.Tasks;
using LpmOs.Tasks.Validation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Tasks.Machines;

/// <summary>What operators do with a machine: note, tag, ask for a task, take out of service.</summary>
internal static class MachineRecordEndpoints
{
    public static void MapMachineRecords(this RouteGroupBuilder api)
    {
        var machine = api.MapGroup("/machines/{idc}/{sn}").WithTags(ApiTags.Machines).Allow(Permission.ChangeMachines);
        machine.MapPatch("", PatchAsync).WithName("patchMachine").WithSummary("Notes and tags of a machine")
            .WithDescription("What is left out stays as it is; null clears.").Accepts<MachinePatch>("application/json").WithExamples(Examples.PatchMachine)
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(413).ProducesProblem(503);
        machine.MapPost("/task", CreateTaskAsync).Allow(Permission.ChangeTasks).WithName("createTaskForMachine").WithSummary("Create a task for a machine that has reported")
            .WithDescription("As `POST /api/v1/tasks`, with `idc`, `sn` and `mac` taken from the machine.").Accepts<MachineTaskRequest>("application/json").WithExamples(Examples.CreateTaskForMachine)
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(413).ProducesProblem(503);
        machine.MapPost("/decommission", DecommissionAsync).WithName("decommissionMachine").WithSummary("Take a machine out of service")
            .WithDescription("From then on it boots its disk and no task can be made for it. Refused while a task is active. Doing it twice is harmless.")
            .Accepts<ReasonRequest>(isOptional: true, "application/json").WithExamples(Examples.Decommission)
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);
        machine.MapPost("/recommission", RecommissionAsync).WithName("recommissionMachine").WithSummary("Put a decommissioned machine back into service")
            .WithDescription("Tasks can be made for it again. Harmless for a machine that is in service.")
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);
        machine.MapPut("/tpm", PutTpmAsync).WithName("requireMachineTpm").WithSummary("Say whether a machine is given nothing without a TPM")
            .WithDescription("Required: the first TPM that proves itself is the machine's, and without one it is given nothing. Not required: a TPM to which it is bound stays so until it is released.")
            .Accepts<TpmRequirement>("application/json").WithExamples(Examples.RequireTpm).ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);
        machine.MapPost("/tpm/release", ReleaseTpmAsync).WithName("releaseMachineTpm").WithSummary("Release a machine from its TPM, as after its mainboard was replaced")
            .WithDescription("The next TPM that proves itself in the machine's name is its own from then on. Doing it twice is harmless.")
            .Accepts<ReasonRequest>(isOptional: true, "application/json").WithExamples(Examples.ReleaseTpm).ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);
        machine.MapGet("/tasks", GetTasksAsync).Allow(Permission.View).WithName("listMachineTasks").WithSummary("The machine's task and its former ones")
            .WithDescription("By its serial number or a MAC; the present task first. Of the former ones the last 20 are kept.")
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);
    }

    private static async Task<Ok<MachineDetail>> PatchAsync(string idc, string sn, HttpRequest request, Actor actor, MachineRecords records, WatchedState state, CancellationToken cancellationToken)
    {
        var machine = TaskLookup.Machine(idc, sn);
        await records.EditAsync(machine, await MachinePatch.ReadAsync(request, cancellationToken), actor, cancellationToken);
        return Detail(state, machine);
    }

    private static async Task<Ok<MachineDetail>> DecommissionAsync(string idc, string sn, HttpRequest request, Actor actor, MachineRecords records, WatchedState state, CancellationToken cancellationToken)
    {
        var machine = TaskLookup.Machine(idc, sn);
        var reason = await ReasonAsync(request, cancellationToken);
        await records.DecommissionAsync(machine, reason, actor, cancellationToken);
        return Detail(state, machine);
    }

    private static async Task<Ok<MachineDetail>> RecommissionAsync(string idc, string sn, Actor actor, MachineRecords records, WatchedState state, CancellationToken cancellationToken)
    {
        var machine = TaskLookup.Machine(idc, sn);
        await records.RecommissionAsync(machine, actor, cancellationToken);
        return Detail(state, machine);
    }

    private static async Task<Ok<MachineDetail>> PutTpmAsync(string idc, string sn, HttpRequest request, Actor actor, MachineTpms tpms, WatchedState state, CancellationToken cancellationToken)
    {
        var machine = TaskLookup.Machine(idc, sn);
        var errors = new FieldErrors();
        var json = await JsonFields.ReadAsync(request, errors, optional: false, cancellationToken);
        var required = json.Flag("required");
        json.RefuseOthers();
        errors.Check("required", required is not null, null, "true or false");
        errors.ThrowIfAny();
        await tpms.RequireAsync(machine, required!.Value, actor, cancellationToken);
        return Detail(state, machine);
    }

    private static async Task<Ok<MachineDetail>> ReleaseTpmAsync(string idc, string sn, HttpRequest request, Actor actor, MachineTpms tpms, WatchedState state, CancellationToken cancellationToken)
    {
        var machine = TaskLookup.Machine(idc, sn);
        await tpms.ReleaseAsync(machine, await ReasonAsync(request, cancellationToken), actor, cancellationToken);
        return Detail(state, machine);
    }

    private static async Task<Created<InstallTask>> CreateTaskAsync(
        string idc, string sn, HttpRequest request, Actor actor, TaskRules rules, TaskCreation creation, WatchedState state, CancellationToken cancellationToken)
    {
        var view = MachineRecords.Find(state.Current, TaskLookup.Machine(idc, sn));
        var mac = view.Inventory?.MacAddress ?? view.Server?.Mac
            ?? throw new RefusedRequestException(StatusCodes.Status409Conflict, "no_hardware", "The machine has not reported its hardware", $"{view.Key} is in contact, but its MAC is not known yet. Wait for its report, or create the task with POST /api/v1/tasks.");
        var errors = new FieldErrors();
        var draft = TaskDraft.Read(await JsonFields.ReadAsync(request, errors, optional: false, cancellationToken));
        // Given all the same, they must say the same: whoever mistakes the machine should hear of it.
        errors.Check("idc", draft.Idc is null || draft.Idc == idc, draft.Idc, $"{idc}, as in the path, or nothing");
        errors.Check("sn", draft.Sn is null || draft.Sn == sn, draft.Sn, $"{sn}, as in the path, or nothing");
        var spec = rules.Check(draft with { Idc = idc, Sn = sn, Mac = draft.Mac ?? mac }, errors);
        errors.Check("mac", spec.Mac == mac || view.Macs().Contains(spec.Mac), draft.Mac, $"one of the machine's own ({string.Join(", ", view.Macs().Distinct())}), or nothing");
        errors.ThrowIfAny();
        var task = await creation.CreateAsync(spec, actor, cancellationToken);
        return TypedResults.Created($"/api/v1/tasks/{task.Idc}/{Uri.EscapeDataString(task.Sn)}", task);
    }

    private static async Task<Ok<MachineTasks>> GetTasksAsync(string idc, string sn, WatchedState state, TaskArchive archive, CancellationToken cancellationToken)
    {
        var snapshot = state.Current;
        var view = MachineRecords.Find(snapshot, TaskLookup.Machine(idc, sn));
        var present = view.Task ?? snapshot.FindTask(idc, sn, view.Macs())?.Task;
        var serials = new[] { sn, present?.Sn }.OfType<string>().Distinct();
        var former = new List<InstallTask>();
        foreach (var serial in serials)
            former.AddRange(await archive.ListAsync(idc, serial, cancellationToken));
        // Under another serial number only what was for this machine's MACs.
        var macs = view.Macs().ToHashSet();
        var own = former.Where(task => task.Sn == sn || macs.Contains(task.Mac)).OrderByDescending(task => task.CreatedAt);
        return TypedResults.Ok(new MachineTasks { Idc = idc, Sn = sn, Items = [.. new[] { present }.OfType<InstallTask>().Concat(own).Select(TaskLists.Brief)] });
    }

    private static async Task<string?> ReasonAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var json = await JsonFields.ReadAsync(request, errors, optional: true, cancellationToken);
        var reason = json.Text("reason");
        json.RefuseOthers();
        TaskRules.FreeText(errors, "reason", reason, TaskRules.LongestNotes);
        errors.ThrowIfAny();
        return reason;
    }

    private static Ok<MachineDetail> Detail(WatchedState state, MachineKey machine)
    {
        var snapshot = state.Current;
        return TypedResults.Ok(MachineFacts.Detail(snapshot, MachineRecords.Find(snapshot, machine)));
    }
}
