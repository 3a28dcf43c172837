namespace LpmOs.Agent.Reporting;

/// <summary>Pauses between tries: doubling to a ceiling, a quarter more or less by chance so that a rack of machines does not knock in step.</summary>
internal sealed record Backoff
{
    public TimeSpan First { get; init; } = TimeSpan.FromMilliseconds(500);
    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Pause after the given number of failures in a row, at least what the peer asked for (Retry-After).</summary>
    public TimeSpan After(int failures, TimeSpan? asked = null)
    {
        var pause = TimeSpan.FromTicks((long)Math.Min(First.Ticks * Math.Pow(2, Math.Clamp(failures - 1, 0, 20)), Longest.Ticks));
        return Jitter(asked > pause ? asked.Value : pause);
    }

    public static TimeSpan Jitter(TimeSpan pause) => pause * (0.75 + Random.Shared.NextDouble() / 2);
}
