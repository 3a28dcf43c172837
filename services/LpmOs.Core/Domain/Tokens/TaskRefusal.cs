namespace LpmOs.Core.Domain.Tokens;

/// <summary>A machine that calls itself by the number of a task was given nothing of it: another one is the task's.</summary>
public sealed record TaskRefusal
{
    public required DateTimeOffset At { get; init; }
    /// <summary>Address of who came.</summary>
    public string? From { get; init; }
    /// <summary>Serial number of the machine that the task was approved for.</summary>
    public required string Machine { get; init; }
}
