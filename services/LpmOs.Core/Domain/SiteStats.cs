namespace LpmOs.Core.Domain;

/// <summary>Counts of one site, always derived from the tasks themselves: the value of <c>/os/global/stats/{idc}</c>.</summary>
public record SiteStats
{
    public int TotalMachines { get; init; }
    public int OnlineMachines { get; init; }
    /// <summary>Reported hardware that no task asks for.</summary>
    public int Unmatched { get; init; }
    public int TotalTasks { get; init; }
    public int Pending { get; init; }
    public int Approved { get; init; }
    public int Rejected { get; init; }
    public int Cancelled { get; init; }
    public int Installing { get; init; }
    public int Completed { get; init; }
    public int Failed { get; init; }
}
