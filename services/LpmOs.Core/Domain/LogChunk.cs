namespace LpmOs.Core.Domain;

/// <summary>
/// Some consecutive log lines of one task: the value of <c>/os/{idc}/logs/{sn}/{task_id}/{n}</c>, where n has ten digits and rises by one.
/// Old chunks are deleted as new ones come.
/// </summary>
public sealed record LogChunk
{
    /// <summary>Chunks kept of one task.</summary>
    public const int Kept = 200;

    public required int Attempt { get; init; }
    /// <summary>Number of the first line within the attempt and run.</summary>
    public required long FirstLine { get; init; }
    /// <summary>Which run of an agent numbered the lines; null for lines that nobody numbered.</summary>
    public string? Run { get; init; }
    public required IReadOnlyList<string> Lines { get; init; }
    public required DateTimeOffset At { get; init; }
}
