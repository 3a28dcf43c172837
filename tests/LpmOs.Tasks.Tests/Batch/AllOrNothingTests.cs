using System.Net;
using System.Text;
using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Store;
using LpmOs.Testing;

namespace LpmOs.Tasks.Tests.Batch;

/// <summary>A batch of all or nothing is one outcome, also when the service dies in the middle; judged by the keys of the store.</summary>
public sealed class AllOrNothingTests
{
    [Fact(Timeout = 120_000)]
    public async Task Over_etcd_a_thousand_rows_are_one_outcome_and_leave_nothing_behind()
    {
        await using var etcd = await EtcdProcess.StartAsync();
        await using var store = TemporaryStore.Etcd(etcd.Endpoint);
        await using var service = await RunningTasksService.StartAsync(store.Store);
        var rows = Enumerable.Range(0, 1000).Select(_ => Samples.Machine()).ToList();
        var result = await BatchAsync(service, Body(rows));
        Assert.Equal(1000, result.GetProperty("succeeded").GetInt32());
        Assert.Equal(1000, await TasksAsync(store.Store));
        await NothingLeftAsync(store.Store);
        // For machines whose task is over, too: the former one is archived.
        Assert.Equal(HttpStatusCode.OK, (await service.Http.PostAsync($"/api/v1/tasks/dc1/{rows[0].Sn}/cancel", null, TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal("created", (await BatchAsync(service, Body(rows[..1]))).GetProperty("results")[0].GetProperty("outcome").GetString());
        Assert.Single((await store.Store.ListAsync(Keys.History("dc1", rows[0].Sn), null, 10, 0, CancellationToken.None)).Entries);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_row_that_somebody_else_took_meanwhile_refuses_all()
    {
        await using var store = TemporaryStore.Embedded();
        await using var service = await RunningTasksService.StartAsync(store.Store);
        var rows = Enumerable.Range(0, 80).Select(_ => Samples.Machine()).ToList();
        // The copy says that the MAC is free: only the claim knows better, as where another service was faster by a moment.
        var (sn, mac) = Samples.Machine();
        var other = Samples.Machine().Mac;
        Assert.Equal(HttpStatusCode.Created, (await service.Http.PostAsync("/api/v1/tasks", new StringContent(Samples.Task(sn, other)), TestContext.Current.CancellationToken)).StatusCode);
        var id = await IdAsync(store.Store, sn);
        await store.Store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Put(Keys.MacClaim("dc1", rows[70].Mac), Encoding.UTF8.GetBytes($$"""{"sn":"{{sn}}","task_id":"{{id}}"}"""))] }, CancellationToken.None);

        var results = (await BatchAsync(service, Body(rows))).GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(("refused", "mac_in_use"), (results[70].GetProperty("outcome").GetString(), results[70].GetProperty("code").GetString()));
        Assert.All(results.Where((_, at) => at != 70), row => Assert.Equal("not_done", row.GetProperty("outcome").GetString()));
        Assert.Equal(1, await TasksAsync(store.Store));
        await NothingLeftAsync(store.Store);
        Assert.Equal(HttpStatusCode.Created, (await service.Http.PostAsync("/api/v1/tasks", new StringContent(Samples.Task(rows[0].Sn, rows[0].Mac)), TestContext.Current.CancellationToken)).StatusCode);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_service_that_dies_in_the_middle_leaves_no_half_batch(bool decided)
    {
        await using var store = TemporaryStore.Embedded();
        var rows = Enumerable.Range(0, 80).Select(_ => Samples.Machine()).ToList();
        var dead = false;
        // Dies at the second lot of claims, or when the first ten tasks of the decided batch are there.
        var created = 0;
        var dying = new FaultyStore(store.Store)
        {
            CommitsFail = transaction => dead |= decided
                ? transaction.Writes.Any(write => write.Key.EndsWith("/task", StringComparison.Ordinal)) && Interlocked.Increment(ref created) > 10
                : transaction.Writes.Any(write => write.Key.EndsWith("/00040", StringComparison.Ordinal) && write.Value is not null),
        };
        await using (var first = await RunningTasksService.StartAsync(dying))
        {
            var answer = await PostAsync(first, Body(rows), "key-1");
            Assert.Equal(decided ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.True(await TasksAsync(store.Store) < 80);
            // Whatever is half done belongs to the batch alone.
            if (!decided)
                Assert.Equal(0, await TasksAsync(store.Store));
        }

        await using var second = await RunningTasksService.StartAsync(store.Store);
        await foreach (var _ in store.Store.WatchAsync(Keys.Batches, 1, TestContext.Current.CancellationToken))
        {
            if ((await store.Store.ListAsync(Keys.Batches, null, 10, 0, CancellationToken.None)).Entries.Count == 0)
                break;
        }
        Assert.Equal(decided ? 80 : 0, await TasksAsync(store.Store));
        await NothingLeftAsync(store.Store);
        var again = await PostAsync(second, Body(rows), decided ? "key-1" : "key-2");
        var results = JsonDocument.Parse(await again.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("results").EnumerateArray().ToList();
        Assert.All(results, row => Assert.Equal("created", row.GetProperty("outcome").GetString()));
        Assert.Equal(results[7].GetProperty("task_id").GetString(), await IdAsync(store.Store, rows[7].Sn));
    }

    private static string Body(IEnumerable<(string Sn, string Mac)> rows) => $$"""{"all_or_nothing":true,"tasks":[{{string.Join(',', rows.Select(row => Samples.Task(row.Sn, row.Mac)))}}]}""";

    private static async Task<HttpResponseMessage> PostAsync(RunningTasksService service, string body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/tasks/batch") { Content = new StringContent(body) };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return await service.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task<JsonElement> BatchAsync(RunningTasksService service, string body)
    {
        var answer = await PostAsync(service, body);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }

    private static async Task<int> TasksAsync(IStateStore store) =>
        (await store.ListAsync(Keys.Machines("dc1"), null, 10_000, 0, CancellationToken.None)).Entries.Count(entry => entry.Key.EndsWith("/task", StringComparison.Ordinal));

    private static async Task<string> IdAsync(IStateStore store, string sn) =>
        JsonSerializer.Deserialize((await store.GetAsync(Keys.Task("dc1", sn), CancellationToken.None))!.Value.Span, ContractsJson.Default.InstallTask)!.TaskId;

    private static async Task NothingLeftAsync(IStateStore store)
    {
        foreach (var prefix in (string[])[Keys.Batches, "/os/global/batch-rows/", "/os/dc1/claims/sn/"])
            Assert.Empty((await store.ListAsync(prefix, null, 10, 0, CancellationToken.None)).Entries);
        var claims = (await store.ListAsync("/os/dc1/claims/mac/", null, 10_000, 0, CancellationToken.None)).Entries;
        Assert.DoesNotContain(claims, entry => Encoding.UTF8.GetString(entry.Value.Span).Contains("batch", StringComparison.Ordinal));
    }
}
