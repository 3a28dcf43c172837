namespace LpmOs.Tasks.Stats.Durations;

/// <summary>How many installations ended in each span of time, and how long they took; over the present and the archived tasks, dry runs left out.</summary>
internal sealed record Throughput
{
    /// <summary>Absent: all IDCs.</summary>
    public string? Idc { get; init; }
    /// <summary>Length of a span, in hours.</summary>
    public required int StepHours { get; init; }
    /// <summary>The oldest first; the last one holds the present hour, so it is not over yet.</summary>
    public required IReadOnlyList<ThroughputPoint> Points { get; init; }
}

internal sealed record ThroughputPoint
{
    /// <summary>Beginning of the span.</summary>
    public required DateTimeOffset At { get; init; }
    /// <summary>Attempts that ended with an installed system.</summary>
    public required int Completed { get; init; }
    /// <summary>Attempts that failed.</summary>
    public required int Failed { get; init; }
    /// <summary>Of the completed ones, from the first operation to the new system's call; absent where there is none.</summary>
    public double? MedianSeconds { get; init; }
    /// <summary>95 of 100 took no longer.</summary>
    public double? P95Seconds { get; init; }
}
