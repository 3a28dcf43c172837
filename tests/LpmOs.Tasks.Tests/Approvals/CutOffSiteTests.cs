using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Tasks;
using LpmOs.Core;
using LpmOs.Core.Domain;
using LpmOs.Core.Store;
using LpmOs.Testing;

namespace LpmOs.Tasks.Tests.Approvals;

public sealed class CutOffSiteTests
{
    [Fact(Timeout = 120_000)]
    public async Task A_site_without_a_regional_service_fails_none_of_its_tasks_and_limits_hold_again_when_it_is_back()
    {
        var time = new ManualTime();
        await using var store = TemporaryStore.Embedded();
        await using var service = await RunningTasksService.StartAsync(store.Store, time);
        var start = time.GetUtcNow();
        await PutAsync(store.Store, Keys.Task("dc1", "SN-1"), JsonSerializer.SerializeToUtf8Bytes(new InstallTask
        {
            TaskId = "task-0000000a", Idc = "dc1", Sn = "SN-1", Mac = "52:54:00:00:00:01", OsType = "debian", OsVersion = "12", Status = TaskState.Installing,
            Step = "downloading", Percent = 63, Message = "40 MB", StartedAt = start, UpdatedAt = start,
        }, ContractsJson.Default.InstallTask));
        var cutOff = await UntilAsync(store.Store, time, task => task.Message != "40 MB");
        Assert.Equal(TaskState.Installing, cutOff.Status);
        Assert.Contains("No regional service of dc1", cutOff.Message, StringComparison.Ordinal);
        time.Advance(TimeSpan.FromHours(8));

        var back = time.GetUtcNow();
        await PutAsync(store.Store, Keys.Service("dc1", "regional", "a-1"), JsonSerializer.SerializeToUtf8Bytes(
            new ServiceInstance { Kind = "regional", Instance = "a-1", StartedAt = start, ConnectedAt = back, HeartbeatAt = back }, CoreJson.Default.ServiceInstance));
        var failed = await UntilAsync(store.Store, time, task => task.Status != TaskState.Installing);
        Assert.Equal("machine_vanished", failed.Failure?.Code);
        Assert.True(failed.StatusHistory[^1].At >= back.AddMinutes(15), $"{failed.StatusHistory[^1].At:O} is too early");
    }

    private static async Task<InstallTask> UntilAsync(IStateStore store, ManualTime time, Func<InstallTask, bool> holds)
    {
        while (true)
        {
            var task = JsonSerializer.Deserialize((await store.GetAsync(Keys.Task("dc1", "SN-1"), CancellationToken.None))!.Value.Span, ContractsJson.Default.InstallTask)!;
            if (holds(task))
                return task;
            // The clock stands while the service works, and goes on when it has nothing to do.
            time.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    private static async Task PutAsync(IStateStore store, string key, byte[] value) =>
        await store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Put(key, value)] }, CancellationToken.None);
}
