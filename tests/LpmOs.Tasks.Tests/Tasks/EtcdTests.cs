using System.Net;
using System.Text.Json;
using LpmOs.Testing;

namespace LpmOs.Tasks.Tests.Tasks;

/// <summary>The same service over a real etcd, judged by etcdctl.</summary>
public sealed class EtcdTests
{
    [Fact]
    public async Task The_layout_in_etcd_is_that_of_the_contract_and_a_second_service_sees_it()
    {
        await using var etcd = await EtcdProcess.StartAsync();
        await using var store = TemporaryStore.Etcd(etcd.Endpoint);
        await using var first = await RunningTasksService.StartAsync(store.Store);
        await using var second = await RunningTasksService.StartAsync(store.Store);
        await PostAsync(first, "/api/v1/tasks", Samples.Task("sn-001", "00:1a:2b:3c:4d:5e"), HttpStatusCode.Created);
        await PostAsync(second, "/api/v1/tasks/dc1/sn-001/approve", """{"notes": "审批通过"}""", HttpStatusCode.OK);

        var lines = (await etcd.CtlAsync("get", "--prefix", "/os/dc1/")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var values = lines.Chunk(2).ToDictionary(pair => pair[0], pair => JsonDocument.Parse(pair[1]).RootElement);
        Assert.Equal("registered", values["/os/dc1/servers/sn-001"].GetProperty("status").GetString());
        var task = values["/os/dc1/machines/sn-001/task"];
        Assert.Equal(("approved", "审批通过"), (task.GetProperty("status").GetString(), task.GetProperty("approval").GetProperty("notes").GetString()));
        Assert.Equal(2, values.Keys.Count(key => key.StartsWith("/os/dc1/audit/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Two_services_approving_and_rejecting_at_once_have_one_outcome()
    {
        await using var etcd = await EtcdProcess.StartAsync();
        await using var store = TemporaryStore.Etcd(etcd.Endpoint);
        await using var first = await RunningTasksService.StartAsync(store.Store);
        await using var second = await RunningTasksService.StartAsync(store.Store);
        for (var round = 0; round < 10; round++)
        {
            var (sn, mac) = Samples.Machine();
            await PostAsync(first, "/api/v1/tasks", Samples.Task(sn, mac), HttpStatusCode.Created);
            var answers = await Task.WhenAll(
                first.Http.PostAsync($"/api/v1/tasks/dc1/{sn}/approve", null, TestContext.Current.CancellationToken),
                second.Http.PostAsync($"/api/v1/tasks/dc1/{sn}/reject", null, TestContext.Current.CancellationToken));
            Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
            Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Conflict);
            var task = JsonDocument.Parse(await etcd.CtlAsync("get", "--print-value-only", $"/os/dc1/machines/{sn}/task")).RootElement;
            Assert.Equal(answers[0].StatusCode == HttpStatusCode.OK ? "approved" : "rejected", task.GetProperty("status").GetString());
        }
    }

    private static async Task PostAsync(RunningTasksService service, string path, string body, HttpStatusCode expected) =>
        Assert.Equal(expected, (await service.Http.PostAsync(path, new StringContent(body), TestContext.Current.CancellationToken)).StatusCode);
}
