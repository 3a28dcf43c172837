using System.Globalization;

namespace LpmOs.Testing;

/// <summary>
/// What hot paths allocate, held against the committed table tests/allocations.txt. Bytes allocated are the same on a busy machine as on a quiet one,
/// which no time is; what allocates more is slower, and keeps the collector at work.
/// </summary>
public static class AllocationTable
{
    private const int WarmUp = 300, Rounds = 8, CallsARound = 50;
    private const double Allowed = 1.10;

    private static string File => Path.Combine(Repository.Root, "tests", "allocations.txt");

    /// <summary>Bytes that a call allocates on its thread once everything is warm: the least of several rounds, since a compilation in between counts with the call.</summary>
    public static long Measure(Action call)
    {
        for (var i = 0; i < WarmUp; i++)
            call();
        var least = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < CallsARound; i++)
                call();
            least = Math.Min(least, (GC.GetAllocatedBytesForCurrentThread() - before) / CallsARound);
        }
        return least;
    }

    /// <summary>Why a hot path allocates too much; null where it does not.</summary>
    public static string? WhyTooMuch(string path, long bytes)
    {
        var allowed = System.IO.File.ReadLines(File).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length == 2 && words[0] == path).Select(words => long.Parse(words[1], CultureInfo.InvariantCulture)).ToList();
        if (allowed is not [var usual])
            return $"{path} allocates {bytes} bytes a call, and is not in {File} once. Write it there.";
        return bytes <= usual * Allowed ? null : $"{path} allocates {bytes} bytes a call, {(double)bytes / usual:F2} times what {File} says ({usual}). Make it leaner; where it really needs more, write the new number there and say why in the commit.";
    }
}
