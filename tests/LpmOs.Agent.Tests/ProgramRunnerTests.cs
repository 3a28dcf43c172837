namespace LpmOs.Agent.Tests;

public sealed class ProgramRunnerTests
{
    [Fact]
    public async Task A_program_that_leaves_another_one_behind_has_ended()
    {
        var said = new List<string>();
        var runner = new ProgramRunner(line => { lock (said) said.Add(line); });

        // The one left behind holds standard output open for longer than any test may take; it says its number.
        var result = await runner.RunAsync("sh", ["-c", "sleep 3600 & echo $!"], new(), TestContext.Current.CancellationToken);

        using var left = System.Diagnostics.Process.GetProcessById(int.Parse(result.Output.Trim(), System.Globalization.CultureInfo.InvariantCulture));
        left.Kill();
        Assert.Equal(0, result.ExitCode);
    }
}
