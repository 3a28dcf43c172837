namespace LpmOs.Tasks.Stats.Durations;

/// <summary>How installations go, over the present and the archived tasks (the last 20 of each machine); dry runs do not count.</summary>
internal sealed record InstallationTimes
{
    public static InstallationTimes None { get; } = new() { Succeeded = 0, Failed = 0, Phases = [] };

    /// <summary>Attempts that ended with an installed system.</summary>
    public required int Succeeded { get; init; }
    /// <summary>Attempts that failed.</summary>
    public required int Failed { get; init; }
    /// <summary>0 to 1; absent while no attempt has ended.</summary>
    public double? SuccessRate { get; init; }
    /// <summary>In the order of an installation; phases that never ended are left out.</summary>
    public required IReadOnlyList<PhaseTimes> Phases { get; init; }
}

/// <summary>One phase: <c>approval</c>, <c>waiting</c> (from the approval to the first operation), <c>installation</c> (all of it), <c>first_boot</c>, or a step such as <c>downloading</c>.</summary>
internal sealed record PhaseTimes
{
    public required string Phase { get; init; }
    /// <summary>How many times it was measured.</summary>
    public required int Count { get; init; }
    /// <summary>To three significant digits.</summary>
    public required double MedianSeconds { get; init; }
    /// <summary>95 of 100 took no longer; to three significant digits.</summary>
    public required double P95Seconds { get; init; }
}
