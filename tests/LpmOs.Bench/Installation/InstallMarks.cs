namespace LpmOs.Bench.Installation;

/// <summary>Seconds of each phase of each round, as tests/LpmOs.EndToEnd/Figures wrote them.</summary>
internal sealed record InstallMarks
{
    public required IReadOnlyList<InstallRound> Rounds { get; init; }
    public required IReadOnlyList<string> Notes { get; init; }
}

internal sealed record InstallRound
{
    public required IReadOnlyDictionary<string, double> Ours { get; init; }
    /// <summary>The plain shell lab.</summary>
    public required IReadOnlyDictionary<string, double> Install { get; init; }
    /// <summary>What the same machine can do at most, each thing alone.</summary>
    public required IReadOnlyDictionary<string, double> Limits { get; init; }
}
