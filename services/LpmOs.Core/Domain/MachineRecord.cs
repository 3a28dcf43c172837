namespace LpmOs.Core.Domain;

/// <summary>What operators say of a machine: the value of <c>/os/{idc}/machines/{sn}/record</c>. What the machine says of itself is its inventory.</summary>
public sealed record MachineRecord
{
    public static MachineRecord Empty { get; } = new();

    public string? Notes { get; init; }
    public IReadOnlyList<string> Tags { get; init => field = value ?? []; } = [];
    /// <summary>Set: the machine is none of our business any more. It boots its disk, and no task may be made for it.</summary>
    public Decommission? Decommissioned { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public string? UpdatedBy { get; init; }
}

/// <summary>When, by whom and why a machine was taken out of service.</summary>
public sealed record Decommission
{
    public required DateTimeOffset At { get; init; }
    public required string By { get; init; }
    public string? Reason { get; init; }
}
