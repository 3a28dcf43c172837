using System.Text.Json;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Store;

namespace LpmOs.Tasks.Tests.Stats;

public sealed class DurationTests(TasksFixture tasks) : IClassFixture<TasksFixture>
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Median_and_95th_percentile_of_each_phase_come_from_the_tasks()
    {
        // Installations of 100, 200 … 2000 seconds, approved after a minute.
        for (var i = 1; i <= 20; i++)
            await tasks.PutTaskAsync(Completed("d1", i * 100));
        await tasks.PutTaskAsync(Completed("d1", 999_999) with { DryRun = true });

        var durations = await DurationsAsync("d1");
        Assert.Equal((20, 60.0, 60.0), Phase(durations, "approval"));
        Assert.Equal((20, 1000.0, 1900.0), Phase(durations, "installation"));
        // The installer's work ended 40 seconds before the new system called.
        Assert.Equal((20, 40.0, 40.0), Phase(durations, "first_boot"));
        Assert.Equal((20, 10.0, 10.0), Phase(durations, "partitioning"));
        Assert.Equal((20, 950.0, 1850.0), Phase(durations, "downloading"));
        Assert.Equal(["approval", "waiting", "installation", "partitioning", "downloading", "first_boot"], durations.GetProperty("phases").EnumerateArray().Select(phase => phase.GetProperty("phase").GetString()));
        Assert.Equal(1.0, durations.GetProperty("success_rate").GetDouble());
    }

    [Fact]
    public async Task Archived_tasks_and_failed_attempts_count_and_what_is_deleted_does_not()
    {
        var task = Completed("d2", 300);
        var former = Completed("d2", 100) with { Sn = task.Sn, TaskId = "task-0000aaaa" };
        var failed = Completed("d2", 50) with
        {
            Status = TaskState.Failed,
            StatusHistory = [new StatusChange { To = TaskState.Pending, At = Start, By = "a" }, new StatusChange { To = TaskState.Failed, At = Start, By = "a" }],
        };
        await tasks.PutTaskAsync(task);
        await tasks.PutTaskAsync(failed);
        await tasks.PutAsync(StoreWrite.Put(Keys.History("d2", former.Sn, former.TaskId), TaskStore.Serialize(former)));
        var durations = await DurationsAsync("d2");
        Assert.Equal((2, 1), (durations.GetProperty("succeeded").GetInt32(), durations.GetProperty("failed").GetInt32()));
        Assert.Equal(0.6667, durations.GetProperty("success_rate").GetDouble());
        Assert.Equal((2, 100.0, 300.0), Phase(durations, "installation"));

        await tasks.PutAsync(StoreWrite.Delete(Keys.History("d2", former.Sn, former.TaskId)));
        Assert.Equal((1, 300.0, 300.0), Phase(await DurationsAsync("d2"), "installation"));
    }

    [Fact]
    public async Task A_new_task_takes_nothing_away_from_what_the_last_one_said()
    {
        var task = Completed("d3", 300);
        await tasks.PutTaskAsync(task);
        await tasks.CreateAsync(task.Sn, task.Mac, "d3");
        Assert.Equal((1, 300.0, 300.0), Phase(await DurationsAsync("d3"), "installation"));
        Assert.Equal(1, (await tasks.JsonAsync("/api/v1/stats")).GetProperty("idcs").GetProperty("d3").GetProperty("total_tasks").GetInt32());
        Assert.True((await tasks.JsonAsync("/api/v1/stats")).GetProperty("durations").GetProperty("succeeded").GetInt32() >= 1);
    }

    [Fact]
    public async Task An_IDC_without_tasks_has_no_rate() =>
        Assert.False((await DurationsAsync("d4")).TryGetProperty("success_rate", out _));

    [Fact]
    public async Task After_a_restart_everything_is_the_same()
    {
        await tasks.PutTaskAsync(Completed("d5", 120));
        await tasks.PutAsync(StoreWrite.Put(Keys.History("d5", "SN-GONE", "task-0000bbbb"), TaskStore.Serialize(Completed("d5", 240) with { Sn = "SN-GONE" })));
        var before = (await DurationsAsync("d5")).GetRawText();
        await using var other = await RunningTasksService.StartAsync(tasks.Store);
        using var stats = JsonDocument.Parse(await other.Http.GetStringAsync("/api/v1/stats/d5", TestContext.Current.CancellationToken));
        Assert.Equal(before, stats.RootElement.GetProperty("durations").GetRawText());
    }

    /// <summary>Approved after a minute, begun 30 seconds later; the download begins 10 seconds after the partitions.</summary>
    private static InstallTask Completed(string idc, int seconds)
    {
        var (sn, mac) = Samples.Machine();
        var begun = Start.AddSeconds(90);
        var end = begun.AddSeconds(seconds);
        return new InstallTask
        {
            Idc = idc, Sn = sn, Mac = mac, OsType = "debian", TaskId = "task-" + Guid.NewGuid().ToString("N")[..8], Status = TaskState.Completed, CreatedAt = Start, CompletedAt = end,
            StatusHistory =
            [
                new StatusChange { To = TaskState.Pending, At = Start, By = "a" }, new StatusChange { From = TaskState.Pending, To = TaskState.Approved, At = Start.AddSeconds(60), By = "a" },
                new StatusChange { From = TaskState.Approved, To = TaskState.Installing, At = begun, By = "agent" }, new StatusChange { From = TaskState.Installing, To = TaskState.Completed, At = end, By = "installed system" },
            ],
            Progress =
            [
                new ProgressEntry { Step = "partitioning", Percent = 50, Timestamp = begun }, new ProgressEntry { Step = "downloading", Percent = 60, Timestamp = begun.AddSeconds(10) },
                new ProgressEntry { Step = "completed", Percent = 100, Timestamp = end },
            ],
            Operations = [new OperationRecord { Operation = "os_install", StartedAt = begun, FinishedAt = end.AddSeconds(-40), Success = true }],
        };
    }

    private async Task<JsonElement> DurationsAsync(string idc) => (await tasks.JsonAsync($"/api/v1/stats/{idc}")).GetProperty("durations");

    private static (int, double, double) Phase(JsonElement durations, string name)
    {
        var phase = Assert.Single(durations.GetProperty("phases").EnumerateArray(), phase => phase.GetProperty("phase").GetString() == name);
        return (phase.GetProperty("count").GetInt32(), phase.GetProperty("median_seconds").GetDouble(), phase.GetProperty("p95_seconds").GetDouble());
    }
}
