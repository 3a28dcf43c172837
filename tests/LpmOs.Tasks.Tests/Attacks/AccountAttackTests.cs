using System.Net;
using System.Text;
using System.Text.Json;
using LpmOs.Core;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Store;
using LpmOs.Tasks.Tests.Access;
using LpmOs.Testing;

namespace LpmOs.Tasks.Tests.Attacks;

/// <summary>What somebody tries who has an account, or a token, or guesses one: more than it is for.</summary>
public sealed class AccountAttackTests(AttackSite site) : IClassFixture<AttackSite>
{
    private const string Users = "--Auth:Mode=users";
    private const string ManyLogins = "--Auth:LoginsPerMinute=10000";
    private const int Guesses = 24;
    private const int Allowed = 5;

    [Fact]
    public async Task A_password_from_somebody_else_makes_no_token_that_outlives_its_change()
    {
        var made = await site.Service.SendAsync(HttpMethod.Post, "/api/v1/users", """{"name":"newcomer","roles":[{"role":"operator"}]}""", AttackSite.Admin);
        using var browser = new Browser(site.Service);
        await browser.LoginAsync("newcomer", made.Body.GetProperty("password").GetString()!);
        Assert.Equal(HttpStatusCode.OK, (await browser.SendAsync(HttpMethod.Get, "/api/v1/me")).Status);
        Assert.Equal("password_change_required", (await browser.SendAsync(HttpMethod.Post, "/api/v1/me/tokens", """{"description":"before the change"}""")).Code());
        Assert.Equal("password_change_required", (await browser.SendAsync(HttpMethod.Get, "/api/v1/me/sessions")).Code());
        Assert.Equal(HttpStatusCode.NoContent, (await browser.SendAsync(HttpMethod.Post, "/api/v1/logout")).Status);
        site.Count(2);
    }

    [Fact]
    public async Task A_leaked_token_of_an_administrator_becomes_neither_their_password_nor_a_longer_token()
    {
        Assert.Equal("login_needed", (await site.Service.SendAsync(HttpMethod.Post, "/api/v1/users/admin/tokens", """{"description":"mine"}""", AttackSite.Admin)).Code());
        Assert.Equal("login_needed", (await site.Service.SendAsync(HttpMethod.Post, "/api/v1/users/admin/password", null, AttackSite.Admin)).Code());
        // For others it is what administrators are there for.
        Assert.Equal(HttpStatusCode.Created, (await site.Service.SendAsync(HttpMethod.Post, "/api/v1/users/viewer/tokens", """{"description":"theirs"}""", AttackSite.Admin)).Status);
        site.Count(2);
    }

    [Fact]
    public async Task Whoever_sees_one_IDC_sees_no_others_templates_and_certificates()
    {
        await using var store = TemporaryStore.Embedded();
        await People.PutAsync(store.Store, People.User("admin", People.Grant(Role.Administrator)), People.Token(AttackSite.Admin, "admin"), People.User("local", People.Grant(Role.Viewer, "dc1")), People.Token("local-token", "local"));
        await using var service = await RunningTasksService.StartAsync(store.Store, null, Users);
        Assert.Equal(HttpStatusCode.OK, (await service.SendAsync(HttpMethod.Put, "/api/v1/templates/ipxe/entry.ipxe?idc=dc2", """{"text":"#!ipxe\n# the secret of dc2\n"}""", AttackSite.Admin)).Status);
        var (sn, mac) = Samples.Machine();
        var task = (await service.SendAsync(HttpMethod.Post, "/api/v1/tasks", Samples.Task(sn, mac, "dc2"), AttackSite.Admin)).Body.GetProperty("task_id").GetString();

        foreach (var idc in new[] { "dc2", "dc3" })
        {
            var foreign = await service.SendAsync(HttpMethod.Post, "/api/v1/templates/render", $$"""{"name":"ipxe/entry.ipxe","sample":"uefi_nvme","idc":"{{idc}}"}""", "local-token");
            Assert.Equal("not_allowed", foreign.Code());
            Assert.DoesNotContain("secret", foreign.Body.GetRawText(), StringComparison.Ordinal);
        }
        foreach (var own in new[] { "dc1", "global" })
            Assert.Equal(HttpStatusCode.OK, (await service.SendAsync(HttpMethod.Post, "/api/v1/templates/render", $$"""{"name":"ipxe/entry.ipxe","sample":"uefi_nvme","idc":"{{own}}"}""", "local-token")).Status);
        Assert.Equal("not_allowed", (await service.SendAsync(HttpMethod.Get, $"/api/v1/tasks/{task}/wipe-certificates", null, "local-token")).Code());
        Assert.Equal(HttpStatusCode.OK, (await service.SendAsync(HttpMethod.Get, $"/api/v1/tasks/{task}/wipe-certificates", null, AttackSite.Admin)).Status);
        site.Count(3);
    }

    [Fact]
    public async Task Guesses_at_the_same_time_are_compared_no_oftener_than_guesses_in_a_row()
    {
        await using var store = TemporaryStore.Embedded();
        await People.PutAsync(store.Store, People.User("alice", People.Grant(Role.Operator)));
        await using var service = await RunningTasksService.StartAsync(store.Store, null, Users, ManyLogins);
        var guesses = Enumerable.Range(0, Guesses).Select(n => LoginAsync(service, n == Guesses / 2 ? People.Password : $"wrong-wrong-{n}")).ToList();
        var statuses = await Task.WhenAll(guesses);

        var counted = 0;
        var found = false;
        foreach (var user in await HistoryAsync(store.Store))
        {
            // As many as are allowed were counted one after the other; or the right one was among them and took the count back.
            (counted, found) = user is { WrongPasswords: 0, LockedUntil: null } ? (0, true) : (counted + 1, found);
            Assert.True(counted <= Allowed, $"{counted} passwords in a row were compared.");
        }
        Assert.Equal(found, statuses.Contains(HttpStatusCode.OK));
        Assert.Equal(HttpStatusCode.Unauthorized, await LoginAsync(service, found ? "one more" : People.Password));
        site.Count(Guesses);
    }

    [Fact]
    public async Task A_word_that_somebody_else_chose_does_not_show_their_answer()
    {
        await using var store = TemporaryStore.Embedded();
        await People.PutAsync(store.Store, People.User("a", People.Grant(Role.Operator)), People.Token("a-token", "a"), People.User("b", People.Grant(Role.Operator)), People.Token("b-token", "b"));
        await using var service = await RunningTasksService.StartAsync(store.Store, null, Users);
        var (sn, mac) = Samples.Machine();
        var body = $"[{Samples.Task(sn, mac)}]";
        Assert.Equal((HttpStatusCode.OK, false), await BatchAsync(service, "a-token", body));
        Assert.Equal((HttpStatusCode.OK, true), await BatchAsync(service, "a-token", body));
        Assert.Equal((HttpStatusCode.OK, false), await BatchAsync(service, "b-token", body));
        site.Count();
    }

    [Fact]
    public async Task A_login_while_logged_in_is_a_new_session_of_who_logs_in()
    {
        await using var store = TemporaryStore.Embedded();
        await People.PutAsync(store.Store, People.User("alice", People.Grant(Role.Viewer)), People.User("root", People.Grant(Role.Administrator)));
        await using var service = await RunningTasksService.StartAsync(store.Store, null, Users, ManyLogins);
        using var browser = new Browser(service);
        await browser.LoginAsync("alice", People.Password);
        var former = browser.Cookies.Single().Value;
        // As a second tab does that still shows the form: without the token of the first.
        Assert.Equal(HttpStatusCode.OK, (await browser.LoginAsync("root", People.Password)).Status);
        Assert.Equal("root", (await browser.SendAsync(HttpMethod.Get, "/api/v1/me")).Body.GetProperty("name").GetString());
        Assert.NotEqual(former, browser.Cookies.Single().Value);
        Assert.Equal(HttpStatusCode.Unauthorized, await WithCookieAsync(service, former));
        site.Count();
    }

    [Fact]
    public async Task A_cookie_of_somewhere_else_shuts_nobody_out_where_nobody_logs_in()
    {
        await using var store = TemporaryStore.Embedded();
        await using var service = await RunningTasksService.StartAsync(store.Store);
        Assert.Equal(HttpStatusCode.OK, await WithCookieAsync(service, "of-another-service"));
    }

    private static async Task<HttpStatusCode> WithCookieAsync(RunningTasksService service, string cookie)
    {
        using var plain = new HttpClient(new SocketsHttpHandler { UseCookies = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(service.Address, "/api/v1/me")) { Headers = { { "Cookie", $"lpmos-session={cookie}" } } };
        using var answer = await plain.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> LoginAsync(RunningTasksService service, string password)
    {
        using var answer = await service.Http.PostAsync("/api/v1/login", new StringContent(JsonSerializer.Serialize(new { user = "alice", password })), TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private static async Task<(HttpStatusCode Status, bool Replayed)> BatchAsync(RunningTasksService service, string token, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/tasks/batch") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Idempotency-Key", "monday");
        request.Headers.Add("Authorization", $"Bearer {token}");
        using var answer = await service.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, answer.Headers.Contains("Idempotent-Replayed"));
    }

    /// <summary>What was ever written of the user after they were made, from the store's own history.</summary>
    private static async Task<List<UserAccount>> HistoryAsync(IStateStore store)
    {
        var key = Keys.User("alice");
        var last = (await store.GetAsync(key, TestContext.Current.CancellationToken))!;
        var history = new List<UserAccount>();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        await foreach (var batch in store.WatchAsync(key, last.CreateRevision + 1, limit.Token))
        {
            history.AddRange(batch.Events.Select(change => JsonSerializer.Deserialize(change.Value!.Value.Span, CoreJson.Default.UserAccount)!));
            if (batch.Revision >= last.ModRevision)
                break;
        }
        return history;
    }
}
