namespace LpmOs.Core.Domain;

/// <summary>
/// Says which active task a MAC belongs to: the value of <c>/os/{idc}/claims/mac/{mac}</c>. Written and deleted in the transactions that make a task active and end it,
/// so that two services that create at the same moment have one outcome, however far their copies lag. A batch that creates all or nothing
/// holds such claims, and one of each serial number, before it creates anything.
/// </summary>
public sealed record MachineClaim
{
    public required string Sn { get; init; }
    public required string TaskId { get; init; }
    /// <summary>The batch that is to create the task; null once it is there.</summary>
    public string? Batch { get; init; }
}
