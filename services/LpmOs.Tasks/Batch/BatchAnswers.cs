namespace LpmOs.Tasks.Batch;

/// <summary>What became of a batch.</summary>
internal sealed record BatchResult
{
    public required bool DryRun { get; init; }
    public required int Total { get; init; }
    /// <summary>Rows that were carried out, or with <c>dry_run</c> would be.</summary>
    public required int Succeeded { get; init; }
    public required int Refused { get; init; }
    public required IReadOnlyList<BatchRowResult> Results { get; init; }
}

internal sealed record BatchRowResult
{
    /// <summary>From 1, without the header.</summary>
    public required int Row { get; init; }
    /// <summary>Of the CSV file, from 1.</summary>
    public int? Line { get; init; }
    public string? Idc { get; init; }
    public string? Sn { get; init; }
    /// <summary><c>created</c>, <c>approved</c>, <c>rejected</c>, <c>cancelled</c>; <c>valid</c> in a dry run; <c>invalid</c>, <c>refused</c>; <c>not_done</c> because of another row.</summary>
    public required string Outcome { get; init; }
    public string? TaskId { get; init; }
    /// <summary>Stable code of a refusal.</summary>
    public string? Code { get; init; }
    public string? Detail { get; init; }
    /// <summary>Every invalid field.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }
}

/// <summary>Shape of the JSON body of <c>POST /api/v1/tasks/batch</c>, for the document; a bare list of tasks is accepted too.</summary>
internal sealed record BatchBody
{
    /// <summary>1 to 2,000 tasks.</summary>
    public required IReadOnlyList<Contracts.Tasks.TaskSpec> Tasks { get; init; }
    /// <summary>Only say what would happen.</summary>
    public bool DryRun { get; init; }
    /// <summary>Create all or, if one cannot be, none.</summary>
    public bool AllOrNothing { get; init; }
}

/// <summary>Body of <c>POST /api/v1/tasks/batch/approve</c> and its like.</summary>
internal sealed record BatchDecisionBody
{
    public string? Idc { get; init; }
    /// <summary>Free text as in the list of tasks.</summary>
    public string? Q { get; init; }
    public string? Tag { get; init; }
    /// <summary>Only say how many, and which, tasks it would be.</summary>
    public bool DryRun { get; init; }
    /// <summary>How many it must be, as the dry run said; needed without <c>dry_run</c>.</summary>
    public int? Expected { get; init; }
    /// <summary>For the tasks' history; at most 2,000 characters.</summary>
    public string? Reason { get; init; }
}
