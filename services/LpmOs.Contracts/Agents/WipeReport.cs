namespace LpmOs.Contracts.Agents;

/// <summary><c>POST /api/v1/wipes</c>: a target disk was wiped, or could not be. The service makes a signed certificate of it.</summary>
public sealed record WipeReport
{
    public required string Sn { get; init; }
    public required string TaskId { get; init; }
    public required int Attempt { get; init; }
    public required string Device { get; init; }
    /// <summary>What the plan calls an array that hardware_config made, <c>/dev/raid/NAME</c>; null: the disk was there before.</summary>
    public string? PlannedAs { get; init; }
    public string? Serial { get; init; }
    public string? Wwn { get; init; }
    public string? Model { get; init; }
    public required long SizeBytes { get; init; }
    /// <summary>See <see cref="Tasks.WipeMethods"/>.</summary>
    public required string Method { get; init; }
    public required DateTimeOffset BeganAt { get; init; }
    public required DateTimeOffset EndedAt { get; init; }
    /// <summary>Blocks of 4 KiB that were marked before and read back after.</summary>
    public required int Samples { get; init; }
    /// <summary>Of them, those that still hold what was there before.</summary>
    public required int SamplesLeft { get; init; }
    /// <summary>See <see cref="WipeResults"/>.</summary>
    public required string Result { get; init; }
    /// <summary>Why it failed; at most 500 characters.</summary>
    public string? Message { get; init; }
}

/// <summary>Values of <see cref="WipeReport.Result"/>.</summary>
public static class WipeResults
{
    /// <summary>Nothing of before could be read at any sample.</summary>
    public const string Verified = "verified";
    public const string Failed = "failed";
}
