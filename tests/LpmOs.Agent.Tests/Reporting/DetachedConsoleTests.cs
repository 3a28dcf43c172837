using System.IO.Pipes;
using System.Text;
using LpmOs.Agent.Reporting;

namespace LpmOs.Agent.Tests.Reporting;

public sealed class DetachedConsoleTests
{
    [Fact]
    public async Task What_is_written_is_shown_in_its_order_before_a_flush_ends()
    {
        using var shown = new MemoryStream();
        await using var console = new DetachedConsole(shown);
        var log = new AgentLog(console, dryRun: false);
        for (var n = 0; n < 500; n++)
            log.Line($"line {n}");
        await console.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal(string.Concat(Enumerable.Range(0, 500).Select(n => $"line {n}\n")), Encoding.UTF8.GetString(shown.ToArray()));
    }

    /// <summary>A pipe that nobody reads is a console with Scroll Lock.</summary>
    [Fact]
    public async Task A_console_that_stands_still_holds_nobody_up_and_shows_the_newest_when_it_goes_on()
    {
        await using var reader = new AnonymousPipeServerStream(PipeDirection.In);
        await using var writer = new AnonymousPipeClientStream(PipeDirection.Out, reader.ClientSafePipeHandle);
        await using var console = new DetachedConsole(writer);
        var log = new AgentLog(console, dryRun: false);
        // The thread that shows may begin late on a busy machine, and the first lines be the oldest.
        log.Line("line 0 is shown");
        await console.FlushAsync(TestContext.Current.CancellationToken);
        // A pipe takes 64 KiB, the console's queue 2,000 lines.
        for (var n = 1; n < 9_000; n++)
            log.Line($"line {n} {new string('x', 100)}");

        var text = new StringBuilder();
        var bytes = new byte[1 << 16];
        while (!text.ToString().Contains("line 8999 ", StringComparison.Ordinal))
            text.Append(Encoding.UTF8.GetString(bytes, 0, await reader.ReadAsync(bytes, TestContext.Current.CancellationToken)));

        Assert.StartsWith("line 0 is shown\n", text.ToString(), StringComparison.Ordinal);
        Assert.InRange(text.ToString().Count(c => c == '\n'), 2_000, 8_000);
    }
}
