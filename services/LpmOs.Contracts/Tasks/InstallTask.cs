using LpmOs.Contracts.Hardware;

namespace LpmOs.Contracts.Tasks;

/// <summary>
/// One installation of one machine: the value of <c>/os/{idc}/machines/{sn}/task</c>, and what operators' API and agents see.
/// It holds no secret. Every change goes through <c>TaskLifecycle</c> and one compare-and-swap.
/// </summary>
public sealed record InstallTask : TaskSpec
{
    /// <summary>"task-" and 8 hexadecimal digits.</summary>
    public required string TaskId { get; init; }
    public required TaskState Status { get; init; }
    /// <summary>Catalogue id that <see cref="TaskSpec.OsType"/> resolved to.</summary>
    public string? OsId { get; init; }
    /// <summary>1 for the first try; a retry makes a new one. Reports of an older attempt are refused.</summary>
    public int Attempt { get; init => field = Math.Max(1, value); } = 1;
    /// <summary>Last progress step, see <see cref="ProgressSteps"/>.</summary>
    public string? Step { get; init; }
    /// <summary>0 to 100, never falling within an attempt.</summary>
    public int Percent { get; init; }
    public string? Message { get; init; }
    /// <summary>The system is on the disk and the machine is to boot it; the installed system has not called yet.</summary>
    public bool AwaitingFirstBoot { get; init; }
    /// <summary>No disk was touched: the agent ran with <c>--dry-run</c>.</summary>
    public bool DryRun { get; init; }
    /// <summary>SN of the machine that was linked by its MAC, where it differs from <see cref="TaskSpec.Sn"/>: the one whose hardware the approved plan is for, and no other is given the task.</summary>
    public string? MachineSn { get; init; }
    /// <summary>The machine that began this attempt; no other one with its serial number may go on with it. Null where its agent did not say.</summary>
    public MachineIdentity? Machine { get; init; }
    /// <summary>Which of the IDC's places for installations it holds while it is being installed; null where there is no limit.</summary>
    public int? Slot { get; init; }
    /// <summary>Why an approved task has not begun: its place in the queue, a maintenance window, its time. Said where one task is read; never stored.</summary>
    public string? WaitingFor { get; init; }
    /// <summary>Highest report sequence number accepted in this attempt.</summary>
    public long LastSequence { get; init; }
    public Approval? Approval { get; init; }
    /// <summary>What will be, or is being done; set when it is first handed to the agent, or at approval when the hardware is known.</summary>
    public InstallPlan? Plan { get; init; }
    /// <summary>The plan that this machine was last approved for before: of an approval that became void, of the attempt before, or of the task before.</summary>
    public InstallPlan? FormerPlan { get; init; }
    /// <summary>Operations handed out in this attempt, in order.</summary>
    public IReadOnlyList<OperationRecord> Operations { get; init => field = value ?? []; } = [];
    /// <summary>One entry a step, bounded.</summary>
    public IReadOnlyList<ProgressEntry> Progress { get; init => field = value ?? []; } = [];
    /// <summary>The last few log lines only; all of them: <c>GET …/logs</c>.</summary>
    public IReadOnlyList<string> Logs { get; init => field = value ?? []; } = [];
    public IReadOnlyList<StatusChange> StatusHistory { get; init => field = value ?? []; } = [];
    /// <summary>Why it failed, and what to do, for a person.</summary>
    public TaskFailure? Failure { get; init; }
    public string? CreatedBy { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    /// <summary>Last change; while the task is being installed, the last time that something moved.</summary>
    public DateTimeOffset UpdatedAt { get; init; }
    /// <summary>When the agent last said that it is alive though nothing had moved; written now and then only.</summary>
    public DateTimeOffset? HeardAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }
}

public sealed record Approval
{
    public required string By { get; init; }
    public required DateTimeOffset At { get; init; }
    public string? Notes { get; init; }
    /// <summary>Hash of the plan that was approved; null where the hardware was not known yet.</summary>
    public string? PlanHash { get; init; }
}

public sealed record OperationRecord
{
    /// <summary>See <see cref="OperationNames"/>.</summary>
    public required string Operation { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public bool? Success { get; init; }
    public string? Message { get; init; }
}

public sealed record ProgressEntry
{
    public required string Step { get; init; }
    public required int Percent { get; init; }
    public string? Message { get; init; }
    public required DateTimeOffset Timestamp { get; init; }
}

public sealed record StatusChange
{
    public TaskState? From { get; init; }
    public required TaskState To { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string By { get; init; }
    public string? Reason { get; init; }
}

public sealed record TaskFailure
{
    /// <summary>Stable, for programs: for example <c>image_digest_mismatch</c>, <c>disk_changed</c>.</summary>
    public required string Code { get; init; }
    public required string Message { get; init; }
    /// <summary>What to try.</summary>
    public string? Advice { get; init; }
    /// <summary>In which state the disk was left: <c>untouched</c>, <c>partitioned</c>, <c>partly_written</c>, <c>complete</c>; null where no agent said.</summary>
    public string? DiskState { get; init; }
}
