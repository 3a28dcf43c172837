using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Profiles;

namespace LpmOs.Tasks.Tasks;

/// <summary>Body of <c>POST …/approve</c>; every field may be left out.</summary>
internal sealed record ApproveRequest
{
    /// <summary>At most 2,000 characters.</summary>
    public string? Notes { get; init; }
    /// <summary>Hash of the plan that was looked at; the approval is refused where the present plan is another.</summary>
    public string? PlanHash { get; init; }
}

/// <summary>Body of <c>POST …/reject</c>, <c>…/cancel</c> and <c>…/retry</c>; may be left out.</summary>
internal sealed record ReasonRequest
{
    /// <summary>At most 2,000 characters.</summary>
    public string? Reason { get; init; }
}

/// <summary>One page of tasks; plans, operations and logs are left out here, see <c>GET /api/v1/tasks/{idc}/{sn}</c>.</summary>
internal sealed record TaskPage
{
    public required IReadOnlyList<InstallTask> Items { get; init; }
    /// <summary>Give it as <c>cursor</c> for the page after this one; absent on the last page.</summary>
    public string? NextCursor { get; init; }
    /// <summary>Tasks that match the filters, on all pages.</summary>
    public required int Total { get; init; }
    /// <summary>Revision of the store that this page is of; events after it are those with <c>since</c> set to it.</summary>
    public required long Revision { get; init; }
}

/// <summary>What will be, or was, done to the machine; or why that cannot be said yet.</summary>
internal sealed record TaskPlanAnswer
{
    public required string TaskId { get; init; }
    public required TaskState Status { get; init; }
    /// <summary>True: the plan of the approval or of the running attempt. False: computed now, from present hardware and images.</summary>
    public required bool Fixed { get; init; }
    /// <summary>The machine whose hardware the task is for, by its serial number or MAC; absent where none has reported.</summary>
    public string? MachineSn { get; init; }
    public string? PlanHash { get; init; }
    public InstallPlan? Plan { get; init; }
    /// <summary>Each disk of the machine: whether it will be written, or why not, and what is on it; empty where no hardware is known.</summary>
    public IReadOnlyList<DiskVerdict> Disks { get; init; } = [];
    /// <summary>What will be on the disks, for people; empty without a plan.</summary>
    public IReadOnlyList<LayoutRow> Layout { get; init; } = [];
    public required IReadOnlyList<TaskFailure> Problems { get; init; }
    /// <summary>The plan that this machine was last approved for before, to compare with; absent where it never was.</summary>
    public InstallPlan? FormerPlan { get; init; }
}

/// <summary>What a task would come to; nothing was created.</summary>
internal sealed record TaskPreview
{
    /// <summary>What the task would ask for, with what it inherits.</summary>
    public required TaskSpec Task { get; init; }
    /// <summary>Field name, or <c>variables.</c> and the variable's name, to where its value comes from; what the body gave itself is not among them.</summary>
    public required IReadOnlyDictionary<string, SettingsOrigin> Origins { get; init; }
    /// <summary>The machine whose hardware the plan is made for; absent where none with this serial number or MAC has reported.</summary>
    public string? MachineSn { get; init; }
    /// <summary>With the id of no task yet, and so without a hash: the task's own plan has both.</summary>
    public InstallPlan? Plan { get; init; }
    /// <summary>Each disk of the machine: whether it will be written, or why not, and what is on it; empty where no hardware is known.</summary>
    public IReadOnlyList<DiskVerdict> Disks { get; init; } = [];
    /// <summary>What will be on the disks, for people; empty without a plan.</summary>
    public IReadOnlyList<LayoutRow> Layout { get; init; } = [];
    /// <summary>Why there is no plan yet. The task can be created all the same.</summary>
    public required IReadOnlyList<TaskFailure> Problems { get; init; }
    /// <summary>Why the task would be refused now; absent where it would be created.</summary>
    public TaskFailure? Refusal { get; init; }
    /// <summary>The plan that this machine was last approved for before, to compare with; absent where it never was.</summary>
    public InstallPlan? FormerPlan { get; init; }
}

internal sealed record TaskLogs
{
    public required string TaskId { get; init; }
    /// <summary>Oldest first; the oldest of a very long log are no longer kept. With <c>after</c>, those behind it, or all where it was of another task.</summary>
    public required IReadOnlyList<string> Lines { get; init; }
    /// <summary>Given as <c>after</c>, only what has come since is answered; absent while there is nothing.</summary>
    public string? Next { get; init; }
}

internal sealed record TaskHistory
{
    public required string Idc { get; init; }
    public required string Sn { get; init; }
    /// <summary>The present task's id; absent where there is none.</summary>
    public string? TaskId { get; init; }
    /// <summary>Moves of the present task, oldest first.</summary>
    public required IReadOnlyList<StatusChange> StatusHistory { get; init; }
    /// <summary>Former tasks of this machine, the newest first; the last 20 are kept.</summary>
    public required IReadOnlyList<InstallTask> Archived { get; init; }
}
