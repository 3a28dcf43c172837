using System.Net;
using System.Text;
using System.Text.Json;
using LpmOs.Core.Store;
using LpmOs.Testing;
using Microsoft.AspNetCore.Http;

namespace LpmOs.Tasks.Tests.Webhooks;

/// <summary>Deliveries to a real receiver; what it got is what counts.</summary>
public sealed class WebhookTests : IAsyncLifetime
{
    private const string Secret = "a-secret-of-enough-characters";

    private readonly TemporaryStore _store = TemporaryStore.Embedded();
    private RunningTasksService? _service;

    public async ValueTask InitializeAsync() => _service = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _service!.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Moves_of_tasks_arrive_signed_and_in_order_and_nothing_else_does()
    {
        await using var receiver = await Receiver.StartAsync();
        await CreateAsync(receiver.Url, more: ""","idc":"w1" """);
        var (other, otherMac) = Samples.Machine();
        await PostAsync("/api/v1/tasks", Samples.Task(other, otherMac, "w2"));
        var (sn, mac) = Samples.Machine();
        await PostAsync("/api/v1/tasks", Samples.Task(sn, mac, "w1"));
        await PostAsync($"/api/v1/tasks/w1/{sn}/approve");
        await PostAsync($"/api/v1/tasks/w1/{sn}/cancel");

        var ids = new HashSet<string>();
        foreach (var name in new[] { "task.pending", "task.approved", "task.cancelled" })
        {
            var got = await receiver.NextAsync();
            Assert.Equal((name, "application/json"), (got.Headers["X-LpmOs-Event"], got.Headers["Content-Type"]));
            Assert.True(got.IsSignedWith(Secret));
            Assert.False(got.IsSignedWith(Secret + "x"));
            Assert.Equal(("w1", sn, name[5..]), (got.Json.GetProperty("idc").GetString(), got.Json.GetProperty("sn").GetString(), got.Json.GetProperty("data").GetProperty("status").GetString()));
            Assert.True(ids.Add(got.Headers["X-LpmOs-Delivery"]));
        }
        Assert.Equal(0, receiver.Waiting);
    }

    [Fact]
    public async Task A_test_message_is_sent_once_signed_and_its_answer_told()
    {
        var well = false;
        await using var receiver = await Receiver.StartAsync(_ => well ? Results.Ok() : Results.StatusCode(503));
        var id = await CreateAsync(receiver.Url, more: ""","idc":"w9","events":["task.failed"]""");
        var refused = await TasksFixture.JsonAsync(await PostAsync($"/api/v1/webhooks/{id}/test"));
        Assert.Equal(("dead", 503, 1), (refused.GetProperty("outcome").GetString(), refused.GetProperty("status").GetInt32(), refused.GetProperty("attempts").GetInt32()));
        well = true;
        Assert.Equal("delivered", (await TasksFixture.JsonAsync(await PostAsync($"/api/v1/webhooks/{id}/test"))).GetProperty("outcome").GetString());
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var got = await receiver.NextAsync();
            Assert.Equal(("test", "test", "w9"), (got.Headers["X-LpmOs-Event"], got.Json.GetProperty("type").GetString(), got.Json.GetProperty("idc").GetString()));
            Assert.True(got.IsSignedWith(Secret));
        }
        Assert.Equal(0, receiver.Waiting);
        Assert.Empty((await JsonAsync($"/api/v1/webhooks/{id}/deliveries")).GetProperty("recent").EnumerateArray());
    }

    [Fact]
    public async Task What_is_not_taken_is_sent_again_before_the_next_one()
    {
        var refusals = 3;
        await using var receiver = await Receiver.StartAsync(_ => Interlocked.Decrement(ref refusals) >= 0 ? Results.StatusCode(503) : Results.Ok());
        var id = await CreateAsync(receiver.Url);
        var (sn, mac) = Samples.Machine();
        await PostAsync("/api/v1/tasks", Samples.Task(sn, mac));
        await PostAsync($"/api/v1/tasks/dc1/{sn}/reject");

        var got = new List<Received>();
        for (var i = 0; i < 5; i++)
            got.Add(await receiver.NextAsync());
        Assert.Equal(["task.pending", "task.pending", "task.pending", "task.pending", "task.rejected"], got.Select(received => received.Headers["X-LpmOs-Event"]));
        Assert.Single(got.Take(4).Select(received => received.Headers["X-LpmOs-Delivery"]).Distinct());
        var recent = await RecentAsync(id, 2);
        Assert.Equal([("task.rejected", 1), ("task.pending", 4)], recent.Select(delivery => (delivery.GetProperty("event").GetString(), delivery.GetProperty("attempts").GetInt32())));
    }

    [Fact]
    public async Task What_is_given_up_is_kept_as_a_dead_letter_and_the_next_one_follows()
    {
        await using var receiver = await Receiver.StartAsync(received => received.Headers["X-LpmOs-Event"] == "task.pending" ? Results.StatusCode(500) : Results.Ok());
        var id = await CreateAsync(receiver.Url);
        var (sn, mac) = Samples.Machine();
        await PostAsync("/api/v1/tasks", Samples.Task(sn, mac));
        await PostAsync($"/api/v1/tasks/dc1/{sn}/reject");
        await RecentAsync(id, 2);
        var dead = Assert.Single((await JsonAsync($"/api/v1/webhooks/{id}/deliveries")).GetProperty("dead").EnumerateArray());
        Assert.Equal(("task.pending", 5, 500), (dead.GetProperty("event").GetString(), dead.GetProperty("attempts").GetInt32(), dead.GetProperty("status").GetInt32()));
        Assert.Equal(sn, dead.GetProperty("message").GetProperty("sn").GetString());
        Assert.Contains("500", dead.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var receiver = await Receiver.StartAsync(received => received.Path == "/hook" ? Results.Redirect("/elsewhere", preserveMethod: true) : Results.Ok());
        var id = await CreateAsync(receiver.Url);
        var (sn, mac) = Samples.Machine();
        await PostAsync("/api/v1/tasks", Samples.Task(sn, mac));
        await RecentAsync(id, 1);
        Assert.Equal("/hook", (await receiver.NextAsync()).Path);
        Assert.Equal(0, receiver.Waiting);
        Assert.Contains("redirect", (await JsonAsync($"/api/v1/webhooks/{id}/deliveries")).GetProperty("dead")[0].GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_restart_it_goes_on_where_it_was()
    {
        await using var receiver = await Receiver.StartAsync();
        var id = await CreateAsync(receiver.Url);
        var (first, firstMac) = Samples.Machine();
        await PostAsync("/api/v1/tasks", Samples.Task(first, firstMac));
        Assert.Equal(first, (await receiver.NextAsync()).Json.GetProperty("sn").GetString());
        await RecentAsync(id, 1);
        // One that happens while nobody delivers: disabled, and then the service is restarted.
        await PutAsync($"/api/v1/webhooks/{id}", $$"""{"url":"{{receiver.Url}}","enabled":false}""");
        var (second, secondMac) = Samples.Machine();
        await PostAsync("/api/v1/tasks", Samples.Task(second, secondMac));
        await _service!.DisposeAsync();
        _service = await StartAsync();
        await PutAsync($"/api/v1/webhooks/{id}", $$"""{"url":"{{receiver.Url}}"}""");
        var got = await receiver.NextAsync();
        Assert.Equal(second, got.Json.GetProperty("sn").GetString());
        // The secret was not given again, so it stayed.
        Assert.True(got.IsSignedWith(Secret));
    }

    [Fact]
    public async Task Of_two_services_one_delivers_and_when_it_ends_the_other_goes_on()
    {
        await using var receiver = await Receiver.StartAsync();
        var id = await CreateAsync(receiver.Url);
        var second = await StartAsync();
        var serials = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var (sn, mac) = Samples.Machine();
            serials.Add(sn);
            await PostAsync("/api/v1/tasks", Samples.Task(sn, mac));
        }
        await RecentAsync(id, 3);
        await _service!.DisposeAsync();
        _service = second;
        var (last, lastMac) = Samples.Machine();
        await PostAsync("/api/v1/tasks", Samples.Task(last, lastMac));

        var got = new List<string?>();
        for (var i = 0; i < 4; i++)
            got.Add((await receiver.NextAsync()).Json.GetProperty("sn").GetString());
        Assert.Equal([.. serials, last], got);
        Assert.Equal(0, receiver.Waiting);
    }

    [Fact]
    public async Task The_secret_never_leaves()
    {
        await using var receiver = await Receiver.StartAsync();
        var created = await PostAsync("/api/v1/webhooks", $$"""{"url":"{{receiver.Url}}","secret":"{{Secret}}"}""");
        var id = (await TasksFixture.JsonAsync(created)).GetProperty("id").GetString();
        await PutAsync($"/api/v1/webhooks/{id}", $$"""{"url":"{{receiver.Url}}","secret":"another-{{Secret}}"}""");
        var bad = await PostAsync("/api/v1/webhooks", $$"""{"url":"ftp://x","secret":"{{Secret}}"}""");
        var texts = new List<string> { await created.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), await bad.Content.ReadAsStringAsync(TestContext.Current.CancellationToken) };
        foreach (var path in new[] { "/api/v1/webhooks", $"/api/v1/webhooks/{id}", $"/api/v1/webhooks/{id}/deliveries", "/api/v1/audit" })
            texts.Add((await JsonAsync(path)).GetRawText());
        texts.AddRange((await _store.Store.ListAsync(Keys.Audit("global"), null, 100, 0, CancellationToken.None)).Entries.Select(entry => Encoding.UTF8.GetString(entry.Value.Span)));
        Assert.All(texts, text => Assert.DoesNotContain(Secret, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_deleted_one_leaves_nothing_behind()
    {
        await using var receiver = await Receiver.StartAsync(_ => Results.StatusCode(410));
        var id = await CreateAsync(receiver.Url);
        var (sn, mac) = Samples.Machine();
        await PostAsync("/api/v1/tasks", Samples.Task(sn, mac));
        await RecentAsync(id, 1);
        Assert.Equal(HttpStatusCode.NoContent, (await _service!.Http.DeleteAsync($"/api/v1/webhooks/{id}", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _service.Http.GetAsync($"/api/v1/webhooks/{id}/deliveries", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Empty((await _store.Store.ListAsync("/os/global/webhook-dead/", null, 10, 0, CancellationToken.None)).Entries);
        Assert.Null(await _store.Store.GetAsync(Keys.WebhookState(id), CancellationToken.None));
    }

    private Task<RunningTasksService> StartAsync() => RunningTasksService.StartAsync(_store.Store, null, "--Webhooks:AllowLoopback=true", "--Webhooks:Attempts=5", "--Webhooks:FirstPause=00:00:00.005");

    private async Task<string> CreateAsync(string url, string more = "")
    {
        var answer = await PostAsync("/api/v1/webhooks", $$"""{"url":"{{url}}","secret":"{{Secret}}"{{more}}}""");
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return (await TasksFixture.JsonAsync(answer)).GetProperty("id").GetString()!;
    }

    /// <summary>Waits by the store's own word until so many deliveries are noted.</summary>
    private async Task<List<JsonElement>> RecentAsync(string id, int count)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        await foreach (var batch in _store.Store.WatchAsync(Keys.WebhookState(id), 1, limit.Token))
        {
            if (batch.Events.Any(change => change.Value is { } value && JsonElement.Parse(value.Span).GetProperty("recent").GetArrayLength() >= count))
                break;
        }
        return [.. (await JsonAsync($"/api/v1/webhooks/{id}/deliveries")).GetProperty("recent").EnumerateArray()];
    }

    private async Task<JsonElement> JsonAsync(string path)
    {
        var answer = await _service!.Http.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, path);
        return await TasksFixture.JsonAsync(answer);
    }

    private Task<HttpResponseMessage> PostAsync(string path, string? body = null) =>
        _service!.Http.PostAsync(path, body is null ? null : new StringContent(body), TestContext.Current.CancellationToken);

    private Task<HttpResponseMessage> PutAsync(string path, string body) => _service!.Http.PutAsync(path, new StringContent(body), TestContext.Current.CancellationToken);
}
