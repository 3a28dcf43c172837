namespace LpmOs.Bench.Twins;

/// <summary>What a run of the fleet measured, for the curve over sizes.</summary>
internal sealed record FleetFigures
{
    public required int Machines { get; init; }
    public double WaitingSeconds { get; set; }
    /// <summary>Median and 99th percentile, in ms, from the approval to the agent that has its task.</summary>
    public double ApprovalMedian { get; set; }
    public double ApprovalP99 { get; set; }
    public double InstalledSeconds { get; set; }
    public double EtcdTransactions { get; set; }
    /// <summary>Of each service, by name.</summary>
    public Dictionary<string, ServiceFigures> Services { get; init; } = [];
    public int Faults { get; set; }
}

internal sealed record ServiceFigures
{
    /// <summary>While all machines wait.</summary>
    public double WaitingProcessorPercent { get; init; }
    /// <summary>Ready, before the first machine was switched on.</summary>
    public long IdleMegabytes { get; init; }
    public long WaitingMegabytes { get; init; }
    /// <summary>Processor time for one machine's installation, from the approval on, in ms.</summary>
    public double InstallationMilliseconds { get; init; }
    public long PeakMegabytes { get; init; }
}
