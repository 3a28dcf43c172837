using System.Net;
using System.Text.Json;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Store;
using LpmOs.Testing;

namespace LpmOs.Tasks.Tests.Tasks;

/// <summary>One active task per machine and per MAC, judged by what the store holds.</summary>
public sealed class ClaimTests(TasksFixture tasks) : IClassFixture<TasksFixture>
{
    [Fact]
    public async Task Two_services_that_create_at_the_same_moment_have_one_outcome()
    {
        await using var etcd = await EtcdProcess.StartAsync();
        await using var store = TemporaryStore.Etcd(etcd.Endpoint);
        await using var first = await RunningTasksService.StartAsync(store.Store);
        await using var second = await RunningTasksService.StartAsync(store.Store);
        for (var round = 0; round < 20; round++)
        {
            var (sn, mac) = Samples.Machine();
            // Odd rounds: the same serial number; even ones: two serial numbers with one MAC.
            var other = round % 2 == 0 ? sn + "-B" : sn;
            var otherMac = round % 2 == 0 ? mac : Samples.Machine().Mac;
            var answers = await Task.WhenAll(
                first.Http.PostAsync("/api/v1/tasks", new StringContent(Samples.Task(sn, mac)), TestContext.Current.CancellationToken),
                second.Http.PostAsync("/api/v1/tasks", new StringContent(Samples.Task(other, otherMac)), TestContext.Current.CancellationToken));
            Assert.Equal([HttpStatusCode.Created, HttpStatusCode.Conflict], answers.Select(answer => answer.StatusCode).Order());
            var keys = (await etcd.CtlAsync("get", "--prefix", "--keys-only", "/os/dc1/machines/")).Split('\n').Where(key => key.EndsWith("/task", StringComparison.Ordinal) && key.Contains(sn, StringComparison.Ordinal));
            Assert.Single(keys);
        }
    }

    [Fact]
    public async Task A_mac_is_free_again_when_its_task_is_over_and_a_retry_needs_it_free()
    {
        var (sn, mac) = Samples.Machine();
        var other = sn + "-B";
        await tasks.CreateAsync(sn, mac);
        Assert.Equal("mac_in_use", await CodeAsync(await tasks.PostAsync("/api/v1/tasks", Samples.Task(other, mac))));
        Assert.NotNull(await ClaimAsync(mac));
        // As the watcher or a regional service would end it.
        var running = (await tasks.StoredTaskAsync(sn))! with { Status = TaskState.Installing };
        await tasks.PutTaskAsync(running);
        Assert.Equal(HttpStatusCode.OK, (await tasks.PostAsync($"/api/v1/tasks/dc1/{sn}/cancel")).StatusCode);
        Assert.Null(await ClaimAsync(mac));

        await tasks.CreateAsync(other, mac);
        await tasks.PutTaskAsync(running with { Status = TaskState.Failed });
        Assert.Equal("mac_in_use", await CodeAsync(await tasks.PostAsync($"/api/v1/tasks/dc1/{sn}/retry")));
        Assert.Equal(TaskState.Failed, (await tasks.StoredTaskAsync(sn))!.Status);
        await tasks.PostAsync($"/api/v1/tasks/dc1/{other}/cancel");
        Assert.Equal(HttpStatusCode.OK, (await tasks.PostAsync($"/api/v1/tasks/dc1/{sn}/retry")).StatusCode);
        Assert.Equal(sn, (await ClaimAsync(mac))!.Value.GetProperty("sn").GetString());
    }

    [Fact]
    public async Task A_claim_whose_task_is_gone_blocks_nobody()
    {
        var (sn, mac) = Samples.Machine();
        await tasks.PutAsync(StoreWrite.Put(Keys.MacClaim("dc1", mac), """{"sn":"GONE","task_id":"task-ffffffff"}"""u8.ToArray()));
        await tasks.PutAsync(StoreWrite.Put(Keys.SnClaim("dc1", sn), """{"sn":"GONE","task_id":"task-ffffffff","batch":"gone"}"""u8.ToArray()));
        await tasks.CreateAsync(sn, mac);
        Assert.Equal(sn, (await ClaimAsync(mac))!.Value.GetProperty("sn").GetString());
        Assert.Null(await tasks.Store.GetAsync(Keys.SnClaim("dc1", sn), CancellationToken.None));
    }

    [Fact]
    public async Task A_refused_creation_costs_no_log_of_a_former_task()
    {
        var (sn, mac) = Samples.Machine();
        for (var n = 0; n < 21; n++)
        {
            await tasks.CreateAsync(sn, mac);
            var task = (await tasks.StoredTaskAsync(sn))!;
            await tasks.PutAsync(StoreWrite.Put($"{Keys.Logs("dc1", sn, task.TaskId)}0", """{"lines":["a"]}"""u8.ToArray()));
            await tasks.PostAsync($"/api/v1/tasks/dc1/{sn}/cancel");
        }
        var other = sn + "-B";
        await tasks.CreateAsync(other, mac);
        // Straight into the transaction, as where the copy has not seen the other task yet.
        Assert.Equal(21, await LogsAsync(sn));
        Assert.Equal(HttpStatusCode.Conflict, (await tasks.PostAsync("/api/v1/tasks", Samples.Task(sn, mac))).StatusCode);
        Assert.Equal(21, await LogsAsync(sn));
        await tasks.PostAsync($"/api/v1/tasks/dc1/{other}/cancel");
        await tasks.CreateAsync(sn, mac);
        Assert.Equal(20, await LogsAsync(sn));
    }

    private async Task<int> LogsAsync(string sn) => (await tasks.Store.ListAsync(Keys.MachineLogs("dc1", sn), null, 100, 0, CancellationToken.None)).Entries.Count;

    private async Task<JsonElement?> ClaimAsync(string mac) =>
        await tasks.Store.GetAsync(Keys.MacClaim("dc1", mac), CancellationToken.None) is { } entry ? JsonDocument.Parse(entry.Value).RootElement : null;

    private static async Task<string?> CodeAsync(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        return (await TasksFixture.JsonAsync(answer)).GetProperty("code").GetString();
    }
}
