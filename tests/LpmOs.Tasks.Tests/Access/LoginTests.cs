using System.Net;
using System.Text;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Store;
using LpmOs.Testing;

namespace LpmOs.Tasks.Tests.Access;

public sealed class LoginTests
{
    private const string Users = "--Auth:Mode=users";
    private const string ManyLogins = "--Auth:LoginsPerMinute=10000";

    [Fact]
    public async Task A_login_lasts_until_logout_and_its_cookie_is_for_this_site_and_no_script()
    {
        await using var store = TemporaryStore.Embedded();
        await People.PutAsync(store.Store, People.User("alice", People.Grant(Role.Operator)));
        await using var service = await RunningTasksService.StartAsync(store.Store, null, Users);
        using var browser = new Browser(service);
        Assert.Equal((HttpStatusCode.Unauthorized, "login_required"), (await browser.SendAsync(HttpMethod.Get, "/api/v1/tasks")) is var nobody ? (nobody.Status, nobody.Code()) : default);

        var login = await browser.LoginAsync("alice", People.Password);
        Assert.Equal((HttpStatusCode.OK, "alice", "session"), (login.Status, login.Body.GetProperty("name").GetString(), login.Body.GetProperty("kind").GetString()));
        Assert.Contains("httponly", browser.SetCookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", browser.SetCookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.OK, (await browser.SendAsync(HttpMethod.Get, "/api/v1/tasks")).Status);
        Assert.Equal(login.Body.GetProperty("csrf_token").GetString(), (await browser.SendAsync(HttpMethod.Get, "/api/v1/me")).Body.GetProperty("csrf_token").GetString());

        // Neither the cookie nor anything to make one of lies in the store.
        var cookie = browser.Cookies.Single().Value;
        var stored = await store.Store.ListAsync(Keys.Access, null, 100, 0, TestContext.Current.CancellationToken);
        Assert.Equal(2, stored.Entries.Count);
        Assert.DoesNotContain(stored.Entries, entry => Encoding.UTF8.GetString(entry.Value.Span).Contains(cookie, StringComparison.Ordinal) || entry.Key.Contains(cookie, StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.NoContent, (await browser.SendAsync(HttpMethod.Post, "/api/v1/logout")).Status);
        using var replay = new HttpRequestMessage(HttpMethod.Get, new Uri(service.Address, "/api/v1/me"));
        replay.Headers.Add("Cookie", $"lpmos-session={cookie}");
        using var plain = new HttpClient(new SocketsHttpHandler { UseCookies = false });
        Assert.Equal(HttpStatusCode.Unauthorized, (await plain.SendAsync(replay, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task A_change_with_the_cookie_alone_is_refused_and_so_is_one_from_another_site()
    {
        await using var store = TemporaryStore.Embedded();
        await People.PutAsync(store.Store, People.User("alice", People.Grant(Role.Operator)));
        await using var service = await RunningTasksService.StartAsync(store.Store, null, Users);
        using var browser = new Browser(service);
        await browser.LoginAsync("alice", People.Password);
        var csrf = browser.Csrf;
        var (sn, mac) = Samples.Machine();
        browser.Csrf = null;
        Assert.Equal("csrf_token_missing", (await browser.SendAsync(HttpMethod.Post, "/api/v1/tasks", Samples.Task(sn, mac))).Code());
        browser.Csrf = new string('0', 64);
        Assert.Equal("csrf_token_missing", (await browser.SendAsync(HttpMethod.Post, "/api/v1/tasks", Samples.Task(sn, mac))).Code());
        browser.Csrf = csrf;
        browser.Http.DefaultRequestHeaders.Add("Origin", "https://evil.example");
        Assert.Equal("foreign_origin", (await browser.SendAsync(HttpMethod.Post, "/api/v1/tasks", Samples.Task(sn, mac))).Code());
        browser.Http.DefaultRequestHeaders.Remove("Origin");
        browser.Http.DefaultRequestHeaders.Add("Origin", service.Address.GetLeftPart(UriPartial.Authority));
        Assert.Equal(HttpStatusCode.Created, (await browser.SendAsync(HttpMethod.Post, "/api/v1/tasks", Samples.Task(sn, mac))).Status);
    }

    [Fact]
    public async Task While_nobody_logs_in_other_sites_and_other_names_are_refused_all_the_same()
    {
        await using var store = TemporaryStore.Embedded();
        await using var service = await RunningTasksService.StartAsync(store.Store);
        var me = await service.SendAsync(HttpMethod.Get, "/api/v1/me");
        Assert.Equal(("operator", "local"), (me.Body.GetProperty("name").GetString(), me.Body.GetProperty("kind").GetString()));
        using var foreign = new HttpRequestMessage(HttpMethod.Post, "/api/v1/tasks") { Content = new StringContent("{}"), Headers = { { "Origin", "https://evil.example" } } };
        Assert.Equal("foreign_origin", (await TasksFixture.JsonAsync(await service.Http.SendAsync(foreign, TestContext.Current.CancellationToken))).GetProperty("code").GetString());
        using var rebound = new HttpRequestMessage(HttpMethod.Get, "/api/v1/tasks") { Headers = { Host = "evil.example" } };
        Assert.Equal("foreign_host", (await TasksFixture.JsonAsync(await service.Http.SendAsync(rebound, TestContext.Current.CancellationToken))).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Wrong_passwords_lock_the_account_and_say_nothing_of_who_exists()
    {
        await using var store = TemporaryStore.Embedded();
        await People.PutAsync(store.Store, People.User("alice", People.Grant(Role.Operator)), People.User("root", People.Grant(Role.Administrator)), People.Token("root-token", "root"));
        var time = new ManualTime();
        await using var service = await RunningTasksService.StartAsync(store.Store, time, Users, ManyLogins);
        using var browser = new Browser(service);
        var unknown = await browser.LoginAsync("nobody-here", People.Password);
        for (var attempt = 0; attempt < 5; attempt++)
        {
            var wrong = await browser.LoginAsync("alice", "wrong-wrong-wrong");
            Assert.Equal((unknown.Status, unknown.Code(), unknown.Body.GetProperty("detail").GetString()), (wrong.Status, wrong.Code(), wrong.Body.GetProperty("detail").GetString()));
        }
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.LoginAsync("alice", People.Password)).Status);
        var records = (await service.SendAsync(HttpMethod.Get, "/api/v1/audit?limit=100", null, "root-token")).Body.GetProperty("items").EnumerateArray().Select(record => record.GetProperty("action").GetString()).ToList();
        Assert.Contains("login.failed", records);
        Assert.Contains("user.locked", records);
        time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(HttpStatusCode.OK, (await browser.LoginAsync("alice", People.Password)).Status);
    }

    [Fact]
    public async Task A_password_from_somebody_else_allows_nothing_but_its_change()
    {
        await using var store = TemporaryStore.Embedded();
        await People.PutAsync(store.Store, People.User("root", People.Grant(Role.Administrator)), People.Token("root-token", "root"));
        await using var service = await RunningTasksService.StartAsync(store.Store, null, Users, ManyLogins);
        var made = await service.SendAsync(HttpMethod.Post, "/api/v1/users", """{"name":"王芳","display_name":"王芳","roles":[{"role":"operator","idc":"dc1"}]}""", "root-token");
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var given = made.Body.GetProperty("password").GetString()!;
        using var browser = new Browser(service);
        Assert.True((await browser.LoginAsync("王芳", given)).Body.GetProperty("must_change_password").GetBoolean());
        Assert.Equal("password_change_required", (await browser.SendAsync(HttpMethod.Get, "/api/v1/tasks")).Code());
        using var other = new Browser(service);
        await other.LoginAsync("王芳", given);
        var easy = await browser.SendAsync(HttpMethod.Post, "/api/v1/me/password", $$"""{"old_password":"{{given}}","new_password":"aaaaaaaaaaaaaaa"}""");
        Assert.True(easy.Body.GetProperty("errors").TryGetProperty("new_password", out _));
        Assert.Equal(HttpStatusCode.NoContent, (await browser.SendAsync(HttpMethod.Post, "/api/v1/me/password", $$"""{"old_password":"{{given}}","new_password":"{{People.Password}}"}""")).Status);
        Assert.Equal(HttpStatusCode.OK, (await browser.SendAsync(HttpMethod.Get, "/api/v1/tasks?idc=dc1")).Status);
        // The other login was with the old password.
        Assert.Equal(HttpStatusCode.Unauthorized, (await other.SendAsync(HttpMethod.Get, "/api/v1/me")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await other.LoginAsync("王芳", given)).Status);
        // Nothing of it is in the store or in the audit in clear.
        foreach (var secret in new[] { given, People.Password })
            Assert.DoesNotContain((await store.Store.ListAsync(Keys.Root, null, 1000, 0, TestContext.Current.CancellationToken)).Entries, entry => Encoding.UTF8.GetString(entry.Value.Span).Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Logins_from_one_address_are_throttled()
    {
        await using var store = TemporaryStore.Embedded();
        await People.PutAsync(store.Store, People.User("alice", People.Grant(Role.Operator)));
        await using var service = await RunningTasksService.StartAsync(store.Store, null, Users, "--Auth:LoginsPerMinute=1");
        using var browser = new Browser(service);
        // One a minute: of more than one the share of the next would be back while slow hashes are computed.
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.LoginAsync("nobody", "whatever")).Status);
        var throttled = await browser.LoginAsync("alice", People.Password);
        Assert.Equal((HttpStatusCode.TooManyRequests, "too_many_logins"), (throttled.Status, throttled.Code()));
    }
}
