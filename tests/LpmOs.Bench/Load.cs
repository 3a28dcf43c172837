using System.Diagnostics;

namespace LpmOs.Bench;

/// <summary>Requests kept in flight, and how long they took.</summary>
internal static class Load
{
    /// <summary>Who else uses the processors: times are only worth as much as this is small.</summary>
    public static string OfTheMachine => $"load {Average} on {Environment.ProcessorCount} processors";

    /// <summary>Processes that want to run, over the last minute.</summary>
    public static string Average => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    /// <summary>The first line of what a program says with <c>--version</c>.</summary>
    public static async Task<string> VersionAsync(string program)
    {
        using var process = Process.Start(new ProcessStartInfo(program, ["--version"]) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output.Split('\n')[0].Trim();
    }

    public static async Task<(double Median, double P99, double PerSecond)> RunAsync(HttpClient http, Func<int, string> path, int requests, int inFlight)
    {
        var took = new double[requests];
        var start = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(0, requests, new ParallelOptions { MaxDegreeOfParallelism = inFlight }, async (n, token) =>
        {
            var sent = Stopwatch.GetTimestamp();
            using var answer = await http.GetAsync(path(n), token);
            answer.EnsureSuccessStatusCode();
            await answer.Content.ReadAsByteArrayAsync(token);
            took[n] = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
        });
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Array.Sort(took);
        return (took[requests / 2], took[requests * 99 / 100], requests / seconds);
    }
}
