using LpmOs.Contracts.Tasks;

namespace LpmOs.Core.Domain.Planning;

/// <summary>A plan, or why there is none yet.</summary>
public sealed record PlanOutcome(InstallPlan? Plan, IReadOnlyList<TaskFailure> Problems)
{
    public static PlanOutcome None(TaskFailure problem) => new(null, [problem]);
}
