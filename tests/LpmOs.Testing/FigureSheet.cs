namespace LpmOs.Testing;

/// <summary>What a program measured for <c>make bench</c>: rows of ours and theirs, round by round. <c>LpmOs.Bench report TARGET FILE</c> makes the page of it.</summary>
public sealed record FigureSheet
{
    public required string Title { get; init; }
    /// <summary>Load of the machine when it began.</summary>
    public string LoadBefore { get; init; } = File.ReadAllText("/proc/loadavg").Split(' ')[0];
    public List<FigureRow> Rows { get; init; } = [];
    public List<string> Notes { get; init; } = [];

    /// <summary>A figure that must stay below another.</summary>
    public void AtMost(string what, string unit, double asked, params IEnumerable<double> rounds) =>
        Rows.Add(new FigureRow { What = what, Unit = unit, Against = "asked for", Sense = "of what is allowed", AtMost = 1, Rounds = [.. rounds.Select(ours => (double[])[ours, asked])] });

    /// <summary>Writes it where LPMOS_BENCH_ROWS says; nowhere without.</summary>
    public void Save()
    {
        if (Environment.GetEnvironmentVariable("LPMOS_BENCH_ROWS") is { Length: > 0 } file)
            File.WriteAllBytes(file, System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(this));
    }
}

public sealed record FigureRow
{
    public required string What { get; init; }
    public required string Unit { get; init; }
    public required string Against { get; init; }
    /// <summary>How to read ours by theirs, for example "times as much"; with "long" in it less is better.</summary>
    public required string Sense { get; init; }
    /// <summary>The median of the ratios must be at least this.</summary>
    public double? AtLeast { get; init; }
    public double? AtMost { get; init; }
    /// <summary>Each: ours, theirs.</summary>
    public required IReadOnlyList<double[]> Rounds { get; init; }
}
