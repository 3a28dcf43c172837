using System.Diagnostics;
using LpmOs.Testing;

namespace LpmOs.OpenApi.Tests;

/// <summary>The scripts and node programs of the repository, run as <c>make</c> runs them.</summary>
internal static class Programs
{
    /// <summary>Exit code and what it printed, on both streams.</summary>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(string program, params string[] arguments)
    {
        RequiredProgram.Find("npm", "npm, or node 20 from https://nodejs.org");
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }

    public static string InRepository(params string[] path) => Path.Combine([Repository.Root, .. path]);
}
