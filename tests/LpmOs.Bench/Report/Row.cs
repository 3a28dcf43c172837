using System.Text.Json.Serialization;

namespace LpmOs.Bench.Report;

/// <summary>Ours and what it is held against, measured in alternation in one run.</summary>
internal sealed record Row
{
    public required string What { get; init; }
    /// <summary>Unit of <see cref="Ours"/> and <see cref="Theirs"/>.</summary>
    public required string Unit { get; init; }
    public required Spread Ours { get; init; }
    /// <summary>What <see cref="Theirs"/> is: a program, or another way to do it.</summary>
    public required string Against { get; init; }
    public required Spread Theirs { get; init; }
    /// <summary>Of each round, in the sense of <see cref="Sense"/>.</summary>
    public required Spread Ratio { get; init; }
    /// <summary>How to read the ratio, for example "times as many".</summary>
    public required string Sense { get; init; }
    /// <summary>The ratio's median must be at least this; null where nothing is asked.</summary>
    public double? AtLeast { get; init; }
    /// <summary>The ratio's median must be at most this.</summary>
    public double? AtMost { get; init; }

    public bool? Reached => AtLeast is null && AtMost is null ? null : !(Ratio.Median < AtLeast) && !(Ratio.Median > AtMost);

    /// <summary>The ratio's median by what was asked for; without that, how good ours is beside theirs. Less than 1: missed, or worse.</summary>
    [JsonIgnore]
    public double Margin => AtMost is { } most ? most / Ratio.Median : AtLeast is { } least ? Ratio.Median / least : Sense.Contains("long", StringComparison.Ordinal) ? 1 / Ratio.Median : Ratio.Median;

    /// <param name="rounds">Each: ours and theirs, measured one after the other.</param>
    /// <param name="ratio">From ours and theirs.</param>
    public static Row Of(string what, string unit, string against, string sense, IReadOnlyList<(double Ours, double Theirs)> rounds, Func<double, double, double> ratio) => new()
    {
        What = what, Unit = unit, Against = against, Sense = sense,
        Ours = Spread.Of(rounds.Select(round => round.Ours)), Theirs = Spread.Of(rounds.Select(round => round.Theirs)), Ratio = Spread.Of(rounds.Select(round => ratio(round.Ours, round.Theirs))),
    };

    /// <summary>A figure that must stay below another.</summary>
    public static Row AtMostOf(string what, string unit, double asked, IReadOnlyList<double> rounds) =>
        Of(what, unit, "asked for", "of what is allowed", [.. rounds.Select(ours => (ours, asked))], (ours, theirs) => ours / theirs) with { AtMost = 1 };
}
