using LpmOs.Contracts.Tasks;
using LpmOs.Core.Store;

namespace LpmOs.Regional.Tests.Progress;

/// <summary>What the reports of an agent at work cost the store, as the store itself counts it.</summary>
public sealed class SignsOfLifeTests(RegionalFixture regional) : IClassFixture<RegionalFixture>
{
    [Fact]
    public async Task An_agent_that_repeats_itself_costs_no_write()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutTaskAsync(Samples.Task(sn, mac, id, TaskState.Installing));
        await ReportAsync(sn, id, 1, "downloading", 62, "10 MB");
        var written = await RevisionAsync(sn);
        for (var n = 2; n < 22; n++)
            await ReportAsync(sn, id, n, "downloading", 62, "10 MB");
        Assert.Equal(written, await RevisionAsync(sn));

        await ReportAsync(sn, id, 30, "installing", 70, "unpacking");
        Assert.Equal(("installing", 70), await StepAsync(sn));
    }

    [Fact]
    public async Task One_that_is_alive_while_nothing_moves_is_noted_without_moving_the_task()
    {
        var (sn, mac, id) = Samples.Machine();
        var moved = TimeProvider.System.GetUtcNow().AddMinutes(-6);
        await regional.PutTaskAsync(Samples.Task(sn, mac, id, TaskState.Installing) with { Step = "configuring", Percent = 80, Message = "Writing", UpdatedAt = moved });
        await ReportAsync(sn, id, 1, "configuring", 80, "Writing");
        var task = await regional.TaskAsync(sn);
        Assert.Equal(moved, task.UpdatedAt);
        Assert.True(task.HeardAt > moved);
        Assert.Equal(1, task.LastSequence);
    }

    [Fact]
    public async Task A_whole_installation_costs_few_writes()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutAsync(Keys.Image("dc1", "debian-12"), """{"id":"debian-12","os_id":"debian","os_version":"12","file":"debian.tar.zst","format":"tar.zst","sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","size_bytes":1000}"""u8.ToArray());
        await regional.PostAsync("/api/v1/report", Samples.Report(sn, mac, Samples.Disk("/dev/vda", "VD0")));
        await regional.PutTaskAsync(Samples.Task(sn, mac, id));
        var from = (await regional.Store.GetAsync(Keys.Task("dc1", sn), TestContext.Current.CancellationToken))!.ModRevision;

        var began = TimeProvider.System.GetTimestamp();
        // As the agent reports: every step, every percent that the bytes moved, and itself again while nothing moves.
        var sequence = 0;
        await ReportAsync(sn, id, ++sequence, "task_received", 30, "Task received");
        var install = await RegionalFixture.JsonAsync(await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id }));
        Assert.Equal("os_install", install.GetProperty("operation").GetString());
        foreach (var (step, percent) in ((string, int)[])[("install_start", 40), ("partitioning", 50), .. Enumerable.Range(60, 10).Select(n => ("downloading", n)), .. Enumerable.Range(70, 10).Select(n => ("installing", n)), ("configuring", 80), ("finalizing", 90), ("finalizing", 98)])
            await ReportAsync(sn, id, ++sequence, step, percent, $"at {percent}");
        for (var beat = 0; beat < 20; beat++)
            await ReportAsync(sn, id, ++sequence, "finalizing", 98, "at 98");
        await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id, completed = new { operation = "os_install", success = true } });
        await regional.PostAsync("/api/v1/installed", new { sn, task_id = id, token = install.GetProperty("first_boot").GetProperty("token").GetString() });
        var task = await regional.TaskAsync(sn);
        Assert.Equal((TaskState.Completed, 100), (task.Status, task.Percent));

        var last = (await regional.Store.GetAsync(Keys.Task("dc1", sn), TestContext.Current.CancellationToken))!.ModRevision;
        var writes = new HashSet<long>();
        await foreach (var batch in regional.Store.WatchAsync(Keys.Task("dc1", sn), from + 1, TestContext.Current.CancellationToken))
        {
            writes.UnionWith(batch.Events.Select(change => change.ModRevision));
            if (batch.Revision >= last)
                break;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{sequence} reports, 2 operations and the new system's call: {writes.Count} writes of the task.");
        // Each of the eight steps, each operation with what it moves, the call of the new system, and every fifth percent; what moves in between is written each five seconds at most.
        var slow = (int)(TimeProvider.System.GetElapsedTime(began).TotalSeconds / 5);
        Assert.InRange(writes.Count, 10, 20 + slow);
    }

    private Task<HttpResponseMessage> ReportAsync(string sn, string id, int sequence, string step, int percent, string message) =>
        regional.PostAsync("/api/v1/progress", new { sn, task_id = id, attempt = 1, sequence, step, percent, message });

    private async Task<long> RevisionAsync(string sn) => (await regional.Store.GetAsync(Keys.Task("dc1", sn), TestContext.Current.CancellationToken))!.ModRevision;

    private async Task<(string?, int)> StepAsync(string sn) => await regional.TaskAsync(sn) is var task ? (task.Step, task.Percent) : default;
}
