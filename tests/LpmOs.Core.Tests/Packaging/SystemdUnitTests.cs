using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using LpmOs.Testing;

namespace LpmOs.Core.Tests.Packaging;

/// <summary>The units of packaging/systemd, judged by systemd itself.</summary>
public sealed partial class SystemdUnitTests
{
    /// <param name="unit">File name without its end.</param>
    /// <param name="most">As docs/security.md says, with room for another version of systemd that looks at more; a unit without any hardening has above 9.</param>
    /// <param name="capabilities">All that it may ever have.</param>
    [Theory]
    [InlineData("lpmos-tasks", 2.0, "CAP_NET_BIND_SERVICE")]
    [InlineData("lpmos-regional", 2.0, "CAP_NET_BIND_SERVICE")]
    [InlineData("lpmos-boot", 2.5, "CAP_NET_BIND_SERVICE CAP_NET_RAW")]
    public async Task A_service_runs_without_root_and_with_no_more_than_its_ports_need(string unit, double most, string capabilities)
    {
        var file = Path.Combine(Repository.Root, "packaging", "systemd", unit + ".service");
        var shown = await AnalyzeAsync(file);
        var score = Exposure().Match(shown);
        Assert.True(score.Success, shown);
        Assert.InRange(double.Parse(score.Groups["score"].Value, CultureInfo.InvariantCulture), 0, most);
        var lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
        Assert.Contains("DynamicUser=yes", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("User=", StringComparison.Ordinal));
        foreach (var line in lines.Where(line => line.StartsWith("CapabilityBoundingSet=", StringComparison.Ordinal) || line.StartsWith("AmbientCapabilities=", StringComparison.Ordinal)))
            Assert.All(line.Split('=')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries), capability => Assert.Contains(capability, capabilities.Split(' ')));
        Assert.Contains(lines, line => line.StartsWith("CapabilityBoundingSet=", StringComparison.Ordinal));
    }

    private static async Task<string> AnalyzeAsync(string file)
    {
        var start = new ProcessStartInfo(RequiredProgram.Find("systemd-analyze", "systemd"), ["security", "--offline=true", "--no-pager", file]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return await output + await errors;
    }

    [GeneratedRegex(@"Overall exposure level for [^:]+: (?<score>[0-9.]+)")]
    private static partial Regex Exposure();
}
