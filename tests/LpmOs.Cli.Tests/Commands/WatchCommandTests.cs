using System.Text.Json;
using LpmOs.Cli.Session;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Cli.Tests.Commands;

public sealed class WatchCommandTests(CliFixture cli) : IClassFixture<CliFixture>
{
    [Fact]
    public async Task Watching_shows_each_change_and_ends_with_0_when_all_completed()
    {
        var (sn, mac) = CliFixture.Machine();
        await cli.CreateAsync(sn, mac);
        var watching = cli.RunAsync("tasks", "watch", $"dc1/{sn}");
        await cli.ChangeAsync(sn, task => task with { Status = TaskState.Installing, Percent = 60, Step = "downloading", Message = "46 of 92 MB" });
        await cli.ChangeAsync(sn, task => task with { Status = TaskState.Completed, Percent = 100, Step = "completed" });
        var run = await watching;
        Assert.Equal(0, run.Code);
        var lines = run.Output.TrimEnd('\n').Split('\n');
        Assert.Contains("completed   100%", lines[^1], StringComparison.Ordinal);
        Assert.Contains("1 completed, 0 ended otherwise.", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_that_ends_otherwise_gives_1_and_its_reason()
    {
        var (good, goodMac) = CliFixture.Machine();
        var (bad, badMac) = CliFixture.Machine();
        await cli.CreateAsync(good, goodMac, "--tag", "watched");
        await cli.CreateAsync(bad, badMac, "--tag", "watched");
        using var output = new ExpectingWriter();
        var watching = cli.RunAsync(output, "tasks", "watch", "--tag", "watched", "-o", "json");
        // Both are seen before they end, or ended ones would be none of the active tasks.
        await output.SeenAsync(good);
        await output.SeenAsync(bad);
        await cli.ChangeAsync(good, task => task with { Status = TaskState.Completed, Percent = 100 });
        await cli.ChangeAsync(bad, task => task with { Status = TaskState.Failed, Failure = new TaskFailure { Code = "disk_changed", Message = "The disk is another one." } });
        var run = await watching;
        Assert.Equal(1, run.Code);
        var last = output.ToString().TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToLookup(task => task.GetProperty("sn").GetString());
        Assert.Equal("completed", last[good].Last().GetProperty("status").GetString());
        Assert.Equal("disk_changed", last[bad].Last().GetProperty("failure").GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_person_at_a_terminal_sees_bars_whose_text_cannot_be_forged()
    {
        var (sn, mac) = CliFixture.Machine();
        await cli.CreateAsync(sn, mac);
        await cli.ChangeAsync(sn, task => task with { Status = TaskState.Failed, Percent = 70, Failure = new TaskFailure { Code = "failed", Message = "[red]no\e]0;owned\a markup[/] \u202e" } });
        var run = await cli.RunAsync(new Dictionary<string, string> { ["INTERACTIVE"] = "1", ["TERM"] = "xterm" }, "", "tasks", "watch", $"dc1/{sn}");
        Assert.Equal(1, run.Code);
        Assert.Contains("[red]no\\x1b]0;owned\\x07 markup[/] \\u202e", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\e]0;", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\a", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_tasks_than_the_terminal_has_rows_are_watched_to_their_end()
    {
        var machines = Enumerable.Range(0, 25).Select(_ => CliFixture.Machine()).ToList();
        foreach (var (sn, mac) in machines)
        {
            await cli.CreateAsync(sn, mac);
            await cli.ChangeAsync(sn, task => task with { Status = TaskState.Completed, Percent = 100 });
        }
        var run = await cli.RunAsync(new Dictionary<string, string> { ["INTERACTIVE"] = "1", ["TERM"] = "xterm" }, "", ["tasks", "watch", .. machines.Select(machine => $"dc1/{machine.Sn}")]);
        Assert.Equal(0, run.Code);
        Assert.Contains(machines[0].Sn, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_go_on_from_the_revision_that_is_given()
    {
        var (sn, mac) = CliFixture.Machine();
        var id = await cli.CreateAsync(sn, mac);
        var run = await cli.RunAsync("events", "--since", "1", "--limit", "1");
        Assert.Equal(0, run.Code);
        Assert.Contains(run.Json().GetProperty("type").GetString(), new[] { "task", "machine", "stats" });
        var list = await cli.RunAsync("tasks", "list", "-q", id, "-o", "json");
        var revision = list.Json().GetProperty("revision").GetInt64();
        var later = cli.RunAsync("events", "--since", $"{revision}", "--limit", "1");
        await cli.ChangeAsync(sn, task => task with { Message = "hello" });
        Assert.True((await later).Json().GetProperty("revision").GetInt64() > revision);
    }

    [Fact]
    public async Task A_service_without_events_is_asked_instead()
    {
        var (sn, mac) = CliFixture.Machine();
        await cli.CreateAsync(sn, mac);
        using var proxy = new FaultyProxy(cli.Address, _ => 404);
        using var output = new ExpectingWriter();
        var watching = CliFixture.StartAsync(proxy.Address, output, "tasks", "watch", $"dc1/{sn}");
        await output.SeenAsync("pending");
        await cli.ChangeAsync(sn, task => task with { Status = TaskState.Completed, Percent = 100 });
        Assert.Equal(0, (await watching).Code);
        Assert.Contains("completed   100%", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_is_lost_is_taken_up_where_it_ended()
    {
        var (sn, mac) = CliFixture.Machine();
        await cli.CreateAsync(sn, mac);
        using var proxy = new FaultyProxy(cli.Address, n => n switch { 1 => 200, 2 => 503, _ => null });
        using var output = new ExpectingWriter();
        var watching = CliFixture.StartAsync(proxy.Address, output, "tasks", "watch", $"dc1/{sn}");
        await output.SeenAsync("pending");
        await cli.ChangeAsync(sn, task => task with { Status = TaskState.Completed, Percent = 100 });
        var run = await watching;
        Assert.Equal(0, run.Code);
        Assert.Contains("trying again", run.Errors, StringComparison.Ordinal);
        Assert.Equal(3, proxy.StreamQueries.Count);
        Assert.Single(proxy.StreamQueries.Distinct());
        Assert.Contains("since=", proxy.StreamQueries[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_ends_it_with_130()
    {
        using var interrupted = new CancellationTokenSource();
        using var errors = new StringWriter();
        var running = Application.RunAsync(["events"], new Terminal
        {
            Out = TextWriter.Null, Error = errors, In = TextReader.Null, Interactive = false, Environment = name => name == "LPMOS_SERVER" ? cli.Address.AbsoluteUri : null,
        }, interrupted.Token);
        await interrupted.CancelAsync();
        Assert.Equal(130, await running);
    }
}
