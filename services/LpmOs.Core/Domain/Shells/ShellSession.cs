namespace LpmOs.Core.Domain.Shells;

/// <summary>A rescue shell through the service: who asked for it, for how long, and how it ended. The value of <c>/os/{idc}/machines/{sn}/shell</c>.</summary>
public sealed record ShellSession
{
    /// <summary>Time of its begin and random digits: later ones sort behind.</summary>
    public required string Id { get; init; }
    public required string Idc { get; init; }
    public required string Sn { get; init; }
    /// <summary>Who opened it, and alone may type.</summary>
    public required string By { get; init; }
    /// <summary>Address that they came from.</summary>
    public string? From { get; init; }
    /// <summary>What for.</summary>
    public string? Reason { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    /// <summary>When it ends, whatever is being done in it.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
    /// <summary>When the operator's terminal came; there is one.</summary>
    public DateTimeOffset? OperatorAt { get; init; }
    /// <summary>When the machine's agent came; it comes once.</summary>
    public DateTimeOffset? AgentAt { get; init; }
    /// <summary>Who asked for its end; the machine's end then ends it, and says how much was typed and shown.</summary>
    public string? EndAskedBy { get; init; }
    /// <summary>Address that they came from.</summary>
    public string? EndAskedFrom { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public string? EndReason { get; init; }
    /// <summary>Bytes that were typed.</summary>
    public long InputBytes { get; init; }
    /// <summary>Bytes that the terminal showed.</summary>
    public long OutputBytes { get; init; }

    /// <summary>It can be used now.</summary>
    public bool IsOpen(DateTimeOffset now) => EndedAt is null && now < ExpiresAt;
}
