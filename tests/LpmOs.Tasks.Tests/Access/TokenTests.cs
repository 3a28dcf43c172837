using System.Net;
using System.Text;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Store;
using LpmOs.Testing;

namespace LpmOs.Tasks.Tests.Access;

public sealed class TokenTests
{
    private const string Users = "--Auth:Mode=users";

    [Fact]
    public async Task A_token_is_shown_once_is_as_narrow_as_was_said_and_dies_when_it_is_revoked()
    {
        await using var store = TemporaryStore.Embedded();
        await People.PutAsync(store.Store, People.User("alice", People.Grant(Role.Operator), People.Grant(Role.Approver)));
        await using var service = await RunningTasksService.StartAsync(store.Store, null, Users);
        using var browser = new Browser(service);
        await browser.LoginAsync("alice", People.Password);
        var made = await browser.SendAsync(HttpMethod.Post, "/api/v1/me/tokens", """{"description":"script","roles":[{"role":"operator","idc":"dc1"}]}""");
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var secret = made.Body.GetProperty("secret").GetString()!;
        var id = made.Body.GetProperty("token").GetProperty("id").GetString()!;
        var (sn, mac) = Samples.Machine();
        Assert.Equal(HttpStatusCode.Created, (await service.SendAsync(HttpMethod.Post, "/api/v1/tasks", Samples.Task(sn, mac), secret)).Status);
        Assert.Equal("alice", (await service.SendAsync(HttpMethod.Get, $"/api/v1/tasks/dc1/{sn}", null, secret)).Body.GetProperty("created_by").GetString());
        // Narrower than its owner; and no wider than its owner, whatever it says of itself.
        var (otherSn, otherMac) = Samples.Machine();
        Assert.Equal("not_allowed", (await service.SendAsync(HttpMethod.Post, "/api/v1/tasks", Samples.Task(otherSn, otherMac, "dc2"), secret)).Code());
        Assert.Equal("not_allowed", (await service.SendAsync(HttpMethod.Post, $"/api/v1/tasks/dc1/{sn}/approve", null, secret)).Code());
        var wide = (await browser.SendAsync(HttpMethod.Post, "/api/v1/me/tokens", """{"description":"wide","roles":[{"role":"administrator"}]}""")).Body.GetProperty("secret").GetString();
        Assert.Equal("not_allowed", (await service.SendAsync(HttpMethod.Get, "/api/v1/users", null, wide)).Code());
        Assert.Equal("login_needed", (await service.SendAsync(HttpMethod.Post, "/api/v1/me/tokens", """{"description":"child"}""", secret)).Code());

        Assert.DoesNotContain((await store.Store.ListAsync(Keys.Root, null, 1000, 0, TestContext.Current.CancellationToken)).Entries, entry => Encoding.UTF8.GetString(entry.Value.Span).Contains(secret, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NoContent, (await browser.SendAsync(HttpMethod.Delete, $"/api/v1/me/tokens/{id}")).Status);
        Assert.Equal("invalid_token", (await service.SendAsync(HttpMethod.Get, "/api/v1/tasks", null, secret)).Code());
    }

    [Fact]
    public async Task An_expired_token_and_that_of_a_disabled_user_are_refused()
    {
        await using var store = TemporaryStore.Embedded();
        var time = new ManualTime();
        var now = time.GetUtcNow();
        await People.PutAsync(store.Store, People.User("root", People.Grant(Role.Administrator)), People.Token("root-token", "root"),
            People.User("bot", People.Grant(Role.Viewer)), People.Token("bot-token", "bot", null, now.AddHours(1)));
        await using var service = await RunningTasksService.StartAsync(store.Store, time, Users);
        Assert.Equal(HttpStatusCode.OK, (await service.SendAsync(HttpMethod.Get, "/api/v1/tasks", null, "bot-token")).Status);
        Assert.Equal(HttpStatusCode.OK, (await service.SendAsync(HttpMethod.Put, "/api/v1/users/bot", """{"disabled":true}""", "root-token")).Status);
        Assert.Equal("invalid_token", (await service.SendAsync(HttpMethod.Get, "/api/v1/tasks", null, "bot-token")).Code());
        await service.SendAsync(HttpMethod.Put, "/api/v1/users/bot", """{"disabled":false}""", "root-token");
        Assert.Equal(HttpStatusCode.OK, (await service.SendAsync(HttpMethod.Get, "/api/v1/tasks", null, "bot-token")).Status);
        time.Advance(TimeSpan.FromHours(2));
        Assert.Equal("invalid_token", (await service.SendAsync(HttpMethod.Get, "/api/v1/tasks", null, "bot-token")).Code());
        Assert.Equal("last_administrator", (await service.SendAsync(HttpMethod.Put, "/api/v1/users/root", """{"roles":[]}""", "root-token")).Code());
    }

    [Fact]
    public async Task Who_cannot_get_in_is_no_administrator_to_be_left_with()
    {
        await using var store = TemporaryStore.Embedded();
        await People.PutAsync(store.Store, People.User("root", People.Grant(Role.Administrator)), People.Token("root-token", "root"));
        await using var service = await RunningTasksService.StartAsync(store.Store, null, Users);
        Assert.Equal(HttpStatusCode.Created, (await service.SendAsync(HttpMethod.Post, "/api/v1/users", """{"name":"deploy","service":true,"roles":[{"role":"administrator"}]}""", "root-token")).Status);
        Assert.Equal("last_administrator", (await service.SendAsync(HttpMethod.Put, "/api/v1/users/root", """{"disabled":true}""", "root-token")).Code());
        Assert.Equal(HttpStatusCode.Created, (await service.SendAsync(HttpMethod.Post, "/api/v1/users/deploy/tokens", """{"description":"rollout"}""", "root-token")).Status);
        Assert.Equal(HttpStatusCode.OK, (await service.SendAsync(HttpMethod.Put, "/api/v1/users/root", """{"disabled":true}""", "root-token")).Status);
    }

    [Fact]
    public async Task People_of_the_former_setting_become_users_with_the_tokens_that_they_have()
    {
        await using var store = TemporaryStore.Embedded();
        await using (var service = await RunningTasksService.StartAsync(store.Store, null, Users, $"--Tasks:Operators:alice={Core.Security.BearerSecret.Digest("a-token")}"))
        {
            // The move happens once the store has been read.
            for (var tries = 0; tries < 600 && (await service.SendAsync(HttpMethod.Get, "/api/v1/me", null, "a-token")).Status != HttpStatusCode.OK; tries++)
                await Task.Delay(100, TestContext.Current.CancellationToken);
            Assert.Equal("alice", (await service.SendAsync(HttpMethod.Get, "/api/v1/me", null, "a-token")).Body.GetProperty("name").GetString());
        }
        // Without the setting they stay.
        await using var again = await RunningTasksService.StartAsync(store.Store, null, Users);
        Assert.Equal("alice", (await again.SendAsync(HttpMethod.Get, "/api/v1/me", null, "a-token")).Body.GetProperty("name").GetString());
    }
}
