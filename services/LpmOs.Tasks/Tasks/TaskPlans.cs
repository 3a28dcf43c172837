using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Planning;
using LpmOs.Core.Domain.Planning.Disks;
using LpmOs.Core.Domain.Profiles;
using LpmOs.Core.Hosting;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Templates;

namespace LpmOs.Tasks.Tasks;

/// <summary>Plans from the watched copy.</summary>
internal sealed class TaskPlans(WatchedState state, OsCatalog catalog, SiteTemplates templates)
{
    /// <summary>The plan of present hardware and images.</summary>
    public PlanOutcome Compute(InstallTask task) => Compute(task, out _);

    /// <param name="machine">Whose hardware it is.</param>
    public PlanOutcome Compute(InstallTask task, out MachineView? machine)
    {
        var snapshot = state.Current;
        machine = snapshot.FindHardware(task);
        if (task.Status == TaskState.Pending && snapshot.Rival(task) is { } rival)
            return PlanOutcome.None(TwoMachines(task, machine!, rival));
        return Planner.Plan(task, machine?.Inventory, PlanningInput.Of(snapshot, task.Idc, catalog, templates));
    }

    private static TaskFailure TwoMachines(InstallTask task, MachineView found, MachineView rival) => new()
    {
        Code = Planner.TwoMachines, Message = $"The serial number {task.Sn} and the MAC {task.Mac} lead to two machines: {found.Key.Sn} ({Text(found)}) and {rival.Key.Sn} ({Text(rival)}), which {(found.Key.Sn == task.Sn ? "was heard of first" : "has that MAC too")}.",
        Advice = $"See which of them it is. If it is {rival.Key.Sn}, cancel this task and make one for that serial number. If it is {found.Key.Sn}, make the task by another of its MACs; or start {rival.Key.Sn} once, if its network card was put into this one.",
    };

    private static string Text(MachineView machine) => $"{machine.Inventory!.Product ?? "unknown product"}, UUID {machine.Inventory.Uuid ?? "none"}";

    /// <summary>What is wrong with the templates of the task's installer; tried on a sample machine as long as its own is not known.</summary>
    public TaskFailure? BrokenTemplate(InstallTask task, PlanOutcome outcome)
    {
        if (outcome.Plan is not null)
            return null;
        if (outcome.Problems.FirstOrDefault(problem => problem.Code == Planner.TemplateProblem) is { } broken)
            return broken;
        if (catalog.Resolve(task.OsType, task.OsVersion) is not { } os)
            return null;
        var hardware = state.Current.FindHardware(task)?.Inventory ?? SampleMachine.All[0].Hardware with { SerialNumber = task.Sn, MacAddress = task.Mac };
        try
        {
            Planner.Preview(task, hardware, os, task.InstallMethod ?? os.Methods[0], PlanningInput.Of(state.Current, task.Idc, catalog, templates))?.Describe();
            return null;
        }
        catch (TemplateException e)
        {
            return new TaskFailure { Code = Planner.TemplateProblem, Message = e.Message };
        }
    }

    /// <param name="task">Made from <paramref name="spec"/> and stored nowhere.</param>
    /// <param name="refusal">Why it would not be created.</param>
    public TaskPreview Preview(TaskSpec spec, InstallTask task, IReadOnlyDictionary<string, SettingsOrigin> origins, RefusedRequestException? refusal)
    {
        var (plan, problems) = Compute(task);
        var hardware = state.Current.FindHardware(task);
        return new TaskPreview
        {
            Task = spec, Origins = origins, MachineSn = hardware?.Key.Sn, Plan = plan is null ? null : plan with { PlanHash = null },
            Disks = DiskVerdicts.Of(hardware?.Inventory, task.DiskLayout, plan), Layout = plan is null ? [] : LayoutTable.Of(plan), Problems = problems, FormerPlan = task.FormerPlan,
            Refusal = refusal is null ? null : new TaskFailure { Code = refusal.Code, Message = refusal.Message, Advice = refusal.Detail },
        };
    }

    /// <summary>The plan that the task is bound to, or else the present one.</summary>
    public TaskPlanAnswer Answer(InstallTask task)
    {
        var outcome = task.Plan is null ? Compute(task) : new PlanOutcome(task.Plan, []);
        var hardware = state.Current.FindHardware(task);
        return new TaskPlanAnswer
        {
            TaskId = task.TaskId, Status = task.Status, Fixed = task.Plan is not null, MachineSn = hardware?.Key.Sn,
            Disks = DiskVerdicts.Of(hardware?.Inventory, task.DiskLayout, outcome.Plan), Layout = outcome.Plan is null ? [] : LayoutTable.Of(outcome.Plan),
            PlanHash = outcome.Plan?.PlanHash, Plan = outcome.Plan, Problems = outcome.Problems, FormerPlan = task.FormerPlan,
        };
    }
}
