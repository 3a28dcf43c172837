using System.Text.Json;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Store;

namespace LpmOs.Tasks.Tests.Stats;

public sealed class StatsTests(TasksFixture tasks) : IClassFixture<TasksFixture>
{
    [Fact]
    public async Task Counts_follow_the_tasks_and_are_written_to_the_store()
    {
        foreach (var state in Enum.GetValues<TaskState>())
        {
            var (sn, mac) = Samples.Machine();
            await tasks.CreateAsync(sn, mac, "s1");
            await tasks.PutTaskAsync((await tasks.StoredTaskAsync(sn, "s1"))! with { Status = state });
        }
        var (lone, loneMac) = Samples.Machine();
        await tasks.PutHardwareAsync("s1", Samples.Hardware(lone, loneMac));

        var stats = await tasks.JsonAsync("/api/v1/stats/s1");
        foreach (var state in Enum.GetValues<TaskState>())
            Assert.Equal(1, stats.GetProperty(state.ToString().ToLowerInvariant()).GetInt32());
        Assert.Equal((8, 7, 1), (stats.GetProperty("total_machines").GetInt32(), stats.GetProperty("total_tasks").GetInt32(), stats.GetProperty("unmatched").GetInt32()));
        Assert.Equal(8, (await tasks.JsonAsync("/api/v1/stats")).GetProperty("idcs").GetProperty("s1").GetProperty("total_machines").GetInt32());

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        await foreach (var batch in tasks.Store.WatchAsync(Keys.Stats("s1"), 1, limit.Token))
        {
            if (batch.Events.Any(change => JsonDocument.Parse(change.Value!.Value).RootElement.GetProperty("total_machines").GetInt32() == 8))
                return;
        }
    }

    [Fact]
    public async Task A_machine_linked_by_its_MAC_counts_once()
    {
        var (sn, mac) = Samples.Machine();
        await tasks.CreateAsync(sn, mac, "s2");
        await tasks.PutHardwareAsync("s2", Samples.Hardware(sn + "-REAL", mac));
        Assert.Equal(1, (await tasks.JsonAsync("/api/v1/stats/s2")).GetProperty("total_machines").GetInt32());
    }
}
