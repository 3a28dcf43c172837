using System.ComponentModel;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Domain.Sites;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Tasks.Documents;
using LpmOs.Tasks.Lists;
using LpmOs.Tasks.Profiles;
using LpmOs.Tasks.Requests;
using LpmOs.Tasks.Validation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Tasks.Tasks;

/// <summary>Creating and reading tasks.</summary>
internal static class TaskEndpoints
{
    public static void MapTasks(this RouteGroupBuilder api)
    {
        var tasks = api.MapGroup("/tasks").WithTags(ApiTags.Tasks).Allow(Permission.View);
        tasks.MapPost("", CreateAsync).Allow(Permission.ChangeTasks).WithName("createTask").WithSummary("Create an installation task")
            .WithDescription("The machine need not have been seen yet: hardware that reports this serial number or MAC is linked by itself. Unknown fields are refused, and every invalid field is listed.")
            .Accepts<TaskSpec>("application/json").WithExamples(Examples.CreateTask).ProducesProblem(400).ProducesProblem(409).ProducesProblem(413).ProducesProblem(503);
        tasks.MapPost("/preview", PreviewAsync).WithName("previewTask").WithSummary("What a task would come to, without creating it")
            .WithDescription("Takes the body of `POST /api/v1/tasks` and answers what the task would ask for, what of it is inherited and from where, the plan by present hardware and images, and why it would be refused.")
            .Accepts<TaskSpec>("application/json").WithExamples(Examples.CreateTask).ProducesProblem(400).ProducesProblem(413);
        tasks.MapGet("", List).WithName("listTasks").WithSummary("List tasks")
            .WithDescription("Pages stay stable while tasks change: a cursor stands for a place in the order, not for a number of rows. `total` counts all that match.").Produces<TaskPage>().ProducesProblem(400);
        tasks.MapGet("/{idc}/{sn}", Get).WithName("getTask").WithSummary("One machine's task")
            .WithDescription("The present task, with progress, decisions and the last few log lines.").ProducesProblem(400).ProducesProblem(404);
        tasks.MapGet("/{idc}/{sn}/plan", GetPlan).WithName("getTaskPlan").WithSummary("What will be done to the machine")
            .WithDescription("Disk, image, partitions, network and the hash of it all; or the problems for which there is no plan yet.").ProducesProblem(400).ProducesProblem(404);
        tasks.MapGet("/{idc}/{sn}/logs", GetLogsAsync).WithName("getTaskLogs").WithSummary("The installation's log")
            .WithDescription("All lines that are kept, the oldest first; with `after`, those that have come since an earlier answer. Where its `task_id` is another than before, the machine has a new task and all lines are its.").ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);
        tasks.MapGet("/{idc}/{sn}/history", GetHistoryAsync).WithName("getTaskHistory").WithSummary("Moves of the task, and former tasks of the machine")
            .WithDescription("Who moved it when and why. Of former tasks the last 20 are kept.").ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);
    }

    private static async Task<Created<InstallTask>> CreateAsync(HttpRequest request, Actor actor, TaskRules rules, TaskCreation creation, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var spec = rules.Check(TaskDraft.Read(await JsonFields.ReadAsync(request, errors, optional: false, cancellationToken)), errors);
        errors.ThrowIfAny();
        actor.Require(Permission.ChangeTasks, spec.Idc);
        var task = await creation.CreateAsync(spec, actor, cancellationToken);
        return TypedResults.Created($"/api/v1/tasks/{task.Idc}/{Uri.EscapeDataString(task.Sn)}", task);
    }

    private static async Task<Ok<TaskPreview>> PreviewAsync(
        HttpRequest request, Actor actor, TaskRules rules, TaskCreation creation, TaskPlans plans, ProfileInheritance inheritance, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var draft = TaskDraft.Read(await JsonFields.ReadAsync(request, errors, optional: false, cancellationToken));
        var spec = rules.Check(draft, errors);
        errors.ThrowIfAny();
        actor.Require(Permission.View, spec.Idc);
        return TypedResults.Ok(plans.Preview(spec, creation.Make(spec, actor), inheritance.Origins(draft), creation.WhyNot(spec)));
    }

    private static JsonPage List([AsParameters] TaskQuery query, Actor actor, TaskLists lists) => lists.Page(query, SiteSet.Of(actor.Rights, Permission.View));

    private static Ok<InstallTask> Get(string idc, string sn, WatchedState state, TimeProvider time)
    {
        var snapshot = state.Current;
        var task = TaskLookup.Task(snapshot, idc, sn);
        return TypedResults.Ok(task.Status == TaskState.Approved ? task with { WaitingFor = Queue.WhyNot(snapshot, task, time.GetUtcNow()) ?? Absent(snapshot, task) } : task);
    }

    private static string? Absent(StateSnapshot snapshot, InstallTask task) =>
        snapshot.FindHardware(task) is { Online: true } ? null : "The machine is not in contact; the task begins when its agent asks.";

    private static Ok<TaskPlanAnswer> GetPlan(string idc, string sn, WatchedState state, TaskPlans plans) =>
        TypedResults.Ok(plans.Answer(TaskLookup.Task(state.Current, idc, sn)));

    private static async Task<Ok<TaskLogs>> GetLogsAsync(string idc, string sn, [Description("`next` of an earlier answer: only lines that have come since.")] string? after, WatchedState state, TaskLogReader logs, CancellationToken cancellationToken) =>
        TypedResults.Ok(await logs.ReadAsync(TaskLookup.Task(state.Current, idc, sn), after, cancellationToken));

    private static async Task<Ok<TaskHistory>> GetHistoryAsync(string idc, string sn, WatchedState state, TaskArchive archive, CancellationToken cancellationToken)
    {
        var machine = TaskLookup.Machine(idc, sn);
        var task = state.Current.Machine(idc, sn)?.Task;
        var archived = await archive.ListAsync(idc, sn, cancellationToken);
        if (task is null && archived.Count == 0)
            throw TaskLookup.NotFound(machine);
        return TypedResults.Ok(new TaskHistory { Idc = idc, Sn = sn, TaskId = task?.TaskId, StatusHistory = task?.StatusHistory ?? [], Archived = archived });
    }
}
