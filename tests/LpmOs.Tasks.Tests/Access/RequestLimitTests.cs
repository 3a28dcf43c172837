using System.Net;
using System.Net.WebSockets;
using LpmOs.Core.Domain.Access;
using LpmOs.Testing;

namespace LpmOs.Tasks.Tests.Access;

public sealed class RequestLimitTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_that_asks_too_often_is_refused_for_a_while_and_others_are_not()
    {
        await using var store = TemporaryStore.Embedded();
        await People.PutAsync(store.Store, People.User("bot", People.Grant(Role.Viewer)), People.Token("bot-token", "bot"), People.User("alice", People.Grant(Role.Auditor)), People.Token("alice-token", "alice"));
        await using var service = await RunningTasksService.StartAsync(store.Store, null, "--Auth:Mode=users", "--Tasks:Limits:PerToken=1");
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => service.SendRawAsync(HttpMethod.Get, "/api/v1/me", "bot-token")));
        var refused = answers.Where(answer => answer.StatusCode == HttpStatusCode.TooManyRequests).ToList();
        Assert.NotEmpty(refused);
        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.True(refused[0].Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
        Assert.Equal("application/problem+json", refused[0].Content.Headers.ContentType?.MediaType);
        Assert.Equal("too_many_requests", (await TasksFixture.JsonAsync(refused[0])).GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.OK, (await service.SendAsync(HttpMethod.Get, "/api/v1/me", null, "alice-token")).Status);
        Assert.Equal(HttpStatusCode.OK, (await service.Http.GetAsync("/healthz", Cancellation)).StatusCode);
        Assert.Contains("request.throttled", await (await service.SendRawAsync(HttpMethod.Get, "/api/v1/audit", "alice-token")).Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Tasks:Limits:PerUser=1", "bot-token")]
    [InlineData("--Tasks:Limits:PerAddress=1", null)]
    public async Task So_are_a_user_and_an_address(string limit, string? token)
    {
        await using var store = TemporaryStore.Embedded();
        await People.PutAsync(store.Store, People.User("bot", People.Grant(Role.Viewer)), People.Token("bot-token", "bot"), People.User("alice", People.Grant(Role.Viewer)), People.Token("alice-token", "alice"));
        await using var service = await RunningTasksService.StartAsync(store.Store, null, "--Auth:Mode=users", limit);
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => service.SendRawAsync(HttpMethod.Get, "/api/v1/tasks", token)));
        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        if (token is not null)
            Assert.Equal(HttpStatusCode.OK, (await service.SendAsync(HttpMethod.Get, "/api/v1/me", null, "alice-token")).Status);
    }

    [Fact]
    public async Task A_user_has_so_many_live_connections_and_one_that_ends_makes_room()
    {
        await using var store = TemporaryStore.Embedded();
        await People.PutAsync(store.Store, People.User("bot", People.Grant(Role.Viewer)), People.Token("bot-token", "bot"), People.User("alice", People.Grant(Role.Viewer)), People.Token("alice-token", "alice"));
        await using var service = await RunningTasksService.StartAsync(store.Store, null, "--Auth:Mode=users", "--Tasks:Limits:StreamsPerUser=2");
        using var first = await ConnectAsync(service, "bot-token");
        using var second = await ConnectAsync(service, "bot-token");
        // However the path is written that leads there.
        foreach (var path in (string[])["/api/v1/Events", "/api/v1/events/", "/WS"])
            Assert.Equal((path, HttpStatusCode.TooManyRequests), (path, (await service.SendRawAsync(HttpMethod.Get, path, "bot-token")).StatusCode));
        var refused = await service.SendRawAsync(HttpMethod.Get, "/api/v1/events", "bot-token");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("too_many_streams", (await TasksFixture.JsonAsync(refused)).GetProperty("code").GetString());
        Assert.True(refused.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(service, "bot-token"));
        using var other = await ConnectAsync(service, "alice-token");
        Assert.Equal(HttpStatusCode.OK, (await service.SendAsync(HttpMethod.Get, "/api/v1/me", null, "bot-token")).Status);

        await first.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Cancellation);
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var again = await ConnectAsync(service, "bot-token");
                break;
            }
            catch (WebSocketException) when (tries < 600)
            {
                // The service notices the end a moment later.
                await Task.Delay(100, Cancellation);
            }
        }
    }

    private static async Task<ClientWebSocket> ConnectAsync(RunningTasksService service, string token)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + token);
        await socket.ConnectAsync(new UriBuilder(service.Address) { Scheme = "ws", Path = "/ws" }.Uri, Cancellation);
        return socket;
    }
}
