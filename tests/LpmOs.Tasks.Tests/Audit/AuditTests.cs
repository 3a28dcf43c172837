using System.Globalization;
using System.Text.Json;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Audit;
using LpmOs.Core.Domain.Lifecycle;
using LpmOs.Core.Store;
using LpmOs.Testing;

namespace LpmOs.Tasks.Tests.Audit;

public sealed class AuditTests(TasksFixture tasks) : IClassFixture<TasksFixture>
{
    [Fact]
    public async Task Every_move_is_recorded_in_the_transaction_of_the_move()
    {
        var (sn, mac) = Samples.Machine();
        await tasks.CreateAsync(sn, mac, "a1");
        await tasks.PostAsync($"/api/v1/tasks/a1/{sn}/approve", """{"notes":"好"}""");
        await tasks.PostAsync($"/api/v1/tasks/a1/{sn}/approve");
        await tasks.PostAsync($"/api/v1/tasks/a1/{sn}/reject");
        await tasks.PostAsync($"/api/v1/tasks/a1/{sn}/cancel", """{"reason":"计划变更"}""");

        var records = (await tasks.JsonAsync($"/api/v1/audit?idc=a1&sn={sn}")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["task.cancelled", "task.approved", "task.created"], records.Select(record => record.GetProperty("action").GetString()));
        var approved = records[1];
        Assert.Equal(("operator", "好", "pending", "approved"), (approved.GetProperty("by").GetString(), approved.GetProperty("reason").GetString(),
            approved.GetProperty("before").GetProperty("status").GetString(), approved.GetProperty("after").GetProperty("status").GetString()));
        Assert.Contains(approved.GetProperty("from").GetString(), new[] { "127.0.0.1", "::ffff:127.0.0.1", "::1" });

        var task = await tasks.Store.GetAsync(Keys.Task("a1", sn), CancellationToken.None);
        var newest = await tasks.Store.ListAsync(Keys.Audit("a1"), null, 1, 0, CancellationToken.None);
        Assert.Equal(task!.ModRevision, newest.Entries[0].ModRevision);
    }

    [Fact]
    public async Task Moves_by_machines_are_recorded_too()
    {
        var (sn, mac) = Samples.Machine();
        await tasks.CreateAsync(sn, mac, "a2");
        await tasks.PostAsync($"/api/v1/tasks/a2/{sn}/approve");
        await new TaskStore(tasks.Store, tasks.State).ChangeAsync("a2", sn, task => new TaskDecision<bool>(TaskTransitions.Start(task!, DateTimeOffset.UnixEpoch.AddYears(60)), true), CancellationToken.None);
        var record = Assert.Single((await tasks.JsonAsync("/api/v1/audit?idc=a2&by=agent")).GetProperty("items").EnumerateArray());
        Assert.Equal("task.started", record.GetProperty("action").GetString());
        Assert.False(record.TryGetProperty("from", out _));
    }

    [Fact]
    public async Task Pages_of_several_IDCs_are_one_list_in_time_and_lines_are_the_same()
    {
        for (var i = 0; i < 5; i++)
        {
            var (sn, mac) = Samples.Machine();
            await tasks.CreateAsync(sn, mac, i % 2 == 0 ? "a3" : "a4");
        }
        var paged = new List<string?>();
        string? cursor = null;
        do
        {
            var page = await tasks.JsonAsync("/api/v1/audit?action=task.&limit=2" + (cursor is null ? "" : $"&cursor={cursor}"));
            paged.AddRange(page.GetProperty("items").EnumerateArray().Select(record => record.GetProperty("id").GetString()));
            cursor = page.TryGetProperty("next_cursor", out var next) ? next.GetString() : null;
        } while (cursor is not null);
        Assert.Equal(paged.Order(StringComparer.Ordinal), paged);
        Assert.True(paged.Distinct().Count() == paged.Count && paged.Count >= 5);

        var lines = (await (await tasks.GetAsync("/api/v1/audit?action=task.&format=jsonl")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(paged, lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task A_time_range_is_exact()
    {
        var start = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
        await tasks.PutAsync([.. Enumerable.Range(0, 5).Select(day => Record("a5", start.AddDays(day)))]);
        var page = await tasks.JsonAsync("/api/v1/audit?idc=a5&after=2020-01-02T00:00:00Z&before=2020-01-04T00:00:00Z");
        Assert.Equal(["2020-01-03", "2020-01-02"], page.GetProperty("items").EnumerateArray().Select(record => record.GetProperty("at").GetString()![..10]));
    }

    [Fact]
    public async Task Records_that_are_too_old_or_too_many_go()
    {
        await using var store = TemporaryStore.Embedded();
        var now = TimeProvider.System.GetUtcNow();
        foreach (var half in Enumerable.Range(0, 150).Chunk(75))
            await store.Store.CommitAsync(new StoreTransaction { Writes = [.. half.Select(i => Record("many", now.AddMinutes(-i)))] }, CancellationToken.None);
        await store.Store.CommitAsync(new StoreTransaction { Writes = [Record("old", now.AddDays(-2)), Record("old", now.AddDays(-4)), Record("old", now.AddDays(-5))] }, CancellationToken.None);
        // An IDC is known by its machines.
        await store.Store.CommitAsync(new StoreTransaction { Writes = [Samples.Image("many", "debian", "12"), Samples.Image("old", "debian", "12")] }, CancellationToken.None);
        await using var service = await RunningTasksService.StartAsync(store.Store, null, "--Audit:KeepDays=3", "--Audit:KeepRecords=100");

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var (many, old) = (150, 3);
        await foreach (var _ in store.Store.WatchAsync("/os/", 1, limit.Token))
        {
            many = (await store.Store.ListAsync(Keys.Audit("many"), null, 1000, 0, limit.Token)).Entries.Count;
            old = (await store.Store.ListAsync(Keys.Audit("old"), null, 1000, 0, limit.Token)).Entries.Count;
            if ((many, old) == (100, 1))
                break;
        }
        Assert.Equal((100, 1), (many, old));
    }

    [Theory]
    [InlineData("idc=a%2fb")]
    [InlineData("after=yesterday")]
    [InlineData("format=xml")]
    [InlineData("cursor=..")]
    [InlineData("task_id=7")]
    [InlineData("limit=5000")]
    public async Task Bad_queries_are_refused(string query) =>
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, (await tasks.GetAsync("/api/v1/audit?" + query)).StatusCode);

    private static StoreWrite Record(string idc, DateTimeOffset at)
    {
        var id = AuditTrail.NewId(at);
        return StoreWrite.Put(Keys.Audit(idc, id), System.Text.Encoding.UTF8.GetBytes(
            $$"""{"id":"{{id}}","at":"{{at.ToString("O", CultureInfo.InvariantCulture)}}","by":"x","action":"task.created","idc":"{{idc}}"}"""));
    }
}
