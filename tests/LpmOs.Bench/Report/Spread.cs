namespace LpmOs.Bench.Report;

/// <summary>One figure over several rounds: a single number says nothing on a machine that others use too.</summary>
internal sealed record Spread(double Min, double Median, double Max)
{
    public static Spread Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? throw new ArgumentException("No round was measured.", nameof(values)) : new Spread(sorted[0], sorted[sorted.Length / 2], sorted[^1]);
    }
}
