using System.Net;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Store;

namespace LpmOs.Regional.Tests;

/// <summary>Long polls, linking and presence.</summary>
public sealed class WaitingTests(RegionalFixture regional) : IClassFixture<RegionalFixture>
{
    [Fact]
    public async Task A_long_poll_ends_with_the_approval()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutTaskAsync(Samples.Task(sn, mac, id, TaskState.Pending));
        var poll = regional.Http.GetAsync($"/api/v1/task/{sn}?wait=60", TestContext.Current.CancellationToken);
        await OnlineAsync(sn, true);
        Assert.False(poll.IsCompleted);
        await regional.PutTaskAsync(Samples.Task(sn, mac, id));
        var task = await RegionalFixture.JsonAsync(await poll);
        Assert.Equal(id, task.GetProperty("task_id").GetString());
    }

    [Fact]
    public async Task A_machine_is_linked_by_a_mac_when_its_task_was_typed_with_another_serial_number()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PostAsync("/api/v1/report", Samples.Report("REAL-" + sn, mac));
        var poll = regional.Http.GetAsync($"/api/v1/task/REAL-{sn}?wait=60", TestContext.Current.CancellationToken);
        await OnlineAsync("REAL-" + sn, true);
        await regional.PutTaskAsync(Samples.Task(sn, mac, id));
        Assert.Equal(sn, (await RegionalFixture.JsonAsync(await poll)).GetProperty("sn").GetString());
        var report = await RegionalFixture.JsonAsync(await regional.PostAsync("/api/v1/report", Samples.Report("REAL-" + sn, mac)));
        Assert.Equal((true, id), (report.GetProperty("matched").GetBoolean(), report.GetProperty("task_id").GetString()));
    }

    [Fact]
    public async Task Without_a_task_the_answer_is_the_kept_one()
    {
        var answer = await regional.Http.GetAsync("/api/v1/task/SN-NOBODY", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await RegionalFixture.JsonAsync(answer);
        Assert.Equal("No task assigned yet", problem.GetProperty("title").GetString());
        Assert.Equal("no_task_assigned", problem.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Progress_is_recorded_once_and_never_backwards()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutTaskAsync(Samples.Task(sn, mac, id, TaskState.Installing));
        await regional.PostAsync("/api/v1/progress", new { sn, task_id = id, step = "downloading", percent = 65, sequence = 2 });
        await regional.PostAsync("/api/v1/progress", new { sn, task_id = id, step = "partitioning", percent = 50, sequence = 1 });
        await regional.PostAsync("/api/v1/progress", new { sn, task_id = id, step = "partitioning", percent = 50 });
        var task = await regional.TaskAsync(sn);
        Assert.Equal(("downloading", 65, 2L), (task.Step, task.Percent, task.LastSequence));
        await regional.PostAsync("/api/v1/progress", new { sn, step = "completed", percent = 100, sequence = 3 });
        Assert.Equal((99, TaskState.Installing), ((await regional.TaskAsync(sn)).Percent, (await regional.TaskAsync(sn)).Status));
    }

    [Fact]
    public async Task Progress_without_a_task_is_accepted_and_a_wrong_task_is_not_found()
    {
        var (sn, _, _) = Samples.Machine();
        Assert.Equal(HttpStatusCode.Accepted, (await regional.PostAsync("/api/v1/progress", new { sn, step = "hardware_collect", percent = 10 })).StatusCode);
        var answer = await regional.PostAsync("/api/v1/progress", new { sn, task_id = "task-ffffffff", step = "hardware_collect", percent = 10 });
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("Task not found", (await RegionalFixture.JsonAsync(answer)).GetProperty("title").GetString());
    }

    [Fact]
    public async Task A_cancelled_task_tells_the_agent_to_stop()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutTaskAsync(Samples.Task(sn, mac, id, TaskState.Cancelled));
        var answer = await RegionalFixture.JsonAsync(await regional.PostAsync("/api/v1/progress", new { sn, task_id = id, step = "downloading", percent = 65 }));
        Assert.Equal("abort", answer.GetProperty("directive").GetString());
    }

    [Fact]
    public async Task Log_lines_are_recorded_once_in_order_even_over_a_restart()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutTaskAsync(Samples.Task(sn, mac, id, TaskState.Installing));
        await regional.PostAsync("/api/v1/logs", new { sn, task_id = id, attempt = 1, first_line = 0, lines = new[] { "a", "b" } });
        await regional.PostAsync("/api/v1/logs", new { sn, task_id = id, attempt = 1, first_line = 0, lines = new[] { "a", "b" } });
        await regional.RestartAsync();
        await regional.PostAsync("/api/v1/logs", new { sn, task_id = id, attempt = 1, first_line = 1, lines = new[] { "b", "c" } });
        var page = await regional.Store.ListAsync(Keys.Logs("dc1", sn, id), null, 100, 0, CancellationToken.None);
        var lines = page.Entries.SelectMany(entry => System.Text.Json.JsonDocument.Parse(entry.Value).RootElement.GetProperty("lines").EnumerateArray().Select(line => line.GetString()));
        Assert.Equal(["a", "b", "c"], lines);
    }

    [Fact]
    public async Task Reported_hardware_lies_where_the_layout_says()
    {
        var (sn, mac, _) = Samples.Machine();
        await regional.PostAsync("/api/v1/report", Samples.Report(sn, mac.ToUpperInvariant().Replace(':', '-'), Samples.Disk("/dev/vda", "VD0")));
        var entry = await regional.Store.GetAsync($"/os/dc1/machines/{sn}/meta", CancellationToken.None);
        var meta = System.Text.Json.JsonDocument.Parse(entry!.Value).RootElement;
        Assert.Equal((sn, mac, "QEMU"), (meta.GetProperty("serial_number").GetString(), meta.GetProperty("mac_address").GetString(), meta.GetProperty("company").GetString()));
        Assert.Equal(4, meta.GetProperty("disks")[0].GetProperty("size_gb").GetInt32());
        // Nothing new is not written again.
        await regional.PostAsync("/api/v1/report", Samples.Report(sn, mac, Samples.Disk("/dev/vda", "VD0")));
        Assert.Equal(entry.ModRevision, (await regional.Store.GetAsync($"/os/dc1/machines/{sn}/meta", CancellationToken.None))!.ModRevision);
    }

    private async Task OnlineAsync(string sn, bool online)
    {
        var page = await regional.Store.GetAsync(Keys.Lease("dc1", sn), CancellationToken.None);
        if (page is not null == online)
            return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(120));
        await foreach (var batch in regional.Store.WatchAsync(Keys.Lease("dc1", sn), 1, limit.Token))
        {
            if (batch.Events.Any(change => change.Value is not null == online))
                return;
        }
    }
}
