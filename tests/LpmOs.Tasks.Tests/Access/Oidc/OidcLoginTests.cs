using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Web;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;
using LpmOs.Core.Store;
using LpmOs.Tasks.Access.Oidc;
using LpmOs.Testing;
using Microsoft.Extensions.Configuration;

namespace LpmOs.Tasks.Tests.Access.Oidc;

/// <summary>Login by OpenID Connect against a provider that is a program of its own, by requests as a browser sends them.</summary>
public sealed class OidcLoginTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_of_the_provider_has_a_session_of_ours_with_the_roles_of_their_groups()
    {
        await using var provider = await Provider.StartAsync();
        await using var store = TemporaryStore.Embedded();
        await using var service = await StartAsync(store.Store, provider);
        using var browser = new Browser(service);
        var ways = await browser.SendAsync(HttpMethod.Get, "/api/v1/login");
        Assert.Equal(("Company login", "/api/v1/login/oidc"), (ways.Body.GetProperty("oidc").GetProperty("name").GetString(), ways.Body.GetProperty("oidc").GetProperty("url").GetString()));

        var landed = await LoginAsync(browser, "/tasks?q=1");
        Assert.Equal((HttpStatusCode.Redirect, "/tasks?q=1"), landed);
        var cookie = browser.Cookies["lpmos-session"]!;
        Assert.True(cookie.HttpOnly);
        var me = await browser.SendAsync(HttpMethod.Get, "/api/v1/me");
        Assert.Equal(("wang.fang", "session"), (me.Body.GetProperty("name").GetString(), me.Body.GetProperty("kind").GetString()));
        browser.Csrf = me.Body.GetProperty("csrf_token").GetString();
        var (sn, mac) = Samples.Machine();
        Assert.Equal(HttpStatusCode.Created, (await browser.SendAsync(HttpMethod.Post, "/api/v1/tasks", Samples.Task(sn, mac, "dc1"))).Status);
        Assert.Equal("not_allowed", (await browser.SendAsync(HttpMethod.Post, $"/api/v1/tasks/dc1/{sn}/approve")).Body.GetProperty("code").GetString());
        // The same person with other groups: other roles, and no second user.
        provider.Groups = ["unknown", "CN=approvers,OU=dc"];
        await LoginAsync(browser, null);
        var again = await browser.SendAsync(HttpMethod.Get, "/api/v1/me");
        Assert.Equal("approver", Assert.Single(again.Body.GetProperty("roles").EnumerateArray()).GetProperty("role").GetString());
        Assert.Equal(2, (await store.Store.ListAsync(Keys.Users, null, 10, 0, Cancellation)).Entries.Count);
        await UntilAuditedAsync(store.Store, "login.succeeded", "by OpenID Connect");
        // No token, code or secret of the provider is kept.
        var everything = string.Concat((await store.Store.ListAsync(Keys.Root, null, 1000, 0, Cancellation)).Entries.Select(entry => Encoding.UTF8.GetString(entry.Value.Span)));
        Assert.DoesNotContain(Provider.ClientSecret, everything, StringComparison.Ordinal);
        Assert.DoesNotContain("id_token", everything, StringComparison.Ordinal);
    }

    public static TheoryData<string> Lies => ["nonce", "audience", "issuer", "expired", "signature", "other key", "no signature", "shared secret"];

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task A_token_that_is_not_what_it_must_be_opens_nothing(string lie)
    {
        await using var provider = await Provider.StartAsync();
        await using var store = TemporaryStore.Embedded();
        await using var service = await StartAsync(store.Store, provider);
        using var stranger = RSA.Create(2048);
        provider.Lie = lie switch
        {
            "nonce" => claims => claims["nonce"] = "another-login's-nonce",
            "audience" => claims => claims["aud"] = "another-client",
            "issuer" => claims => claims["iss"] = "https://evil.example",
            "expired" => claims => claims["exp"] = TimeProvider.System.GetUtcNow().AddHours(-1).ToUnixTimeSeconds(),
            _ => _ => { },
        };
        provider.Sign = lie switch
        {
            "signature" => signed => With(Header("RS256", signed), _ => new byte[256]),
            "other key" => signed => With(Header("RS256", signed), text => stranger.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),
            "no signature" => Provider.Unsigned,
            "shared secret" => signed => With(Header("HS256", signed), text => HMACSHA256.HashData(Encoding.UTF8.GetBytes(Provider.ClientSecret), text)),
            _ => null,
        };
        using var browser = new Browser(service);
        await RefusedAsync(browser, await LoginAsync(browser, null), "oidc_failed");
        Assert.Equal(1, provider.TokensGiven);
        await UntilAuditedAsync(store.Store, "login.failed", "OpenID Connect: oidc_failed");
        // And the truth, afterwards, does.
        provider.Lie = _ => { };
        provider.Sign = null;
        Assert.Equal("/", (await LoginAsync(browser, null)).Location);
    }

    [Fact]
    public async Task Who_has_lost_every_group_has_no_role_in_other_sessions_either()
    {
        await using var provider = await Provider.StartAsync();
        await using var store = TemporaryStore.Embedded();
        await using var service = await StartAsync(store.Store, provider);
        using var before = new Browser(service);
        await LoginAsync(before, null);
        Assert.Equal(HttpStatusCode.OK, (await before.SendAsync(HttpMethod.Get, "/api/v1/tasks")).Status);
        provider.Groups = [];
        using var now = new Browser(service);
        await RefusedAsync(now, await LoginAsync(now, null), "oidc_no_role");
        await UntilAuditedAsync(store.Store, "user.changed", "groups of");
        Assert.Equal(HttpStatusCode.Forbidden, (await before.SendAsync(HttpMethod.Get, "/api/v1/tasks")).Status);
    }

    [Fact]
    public async Task An_answer_to_a_login_that_this_browser_did_not_begin_opens_nothing()
    {
        await using var provider = await Provider.StartAsync();
        await using var store = TemporaryStore.Embedded();
        await using var service = await StartAsync(store.Store, provider);
        using var victim = new Browser(service);
        using var attacker = new Browser(service);
        // The attacker's own login, stopped before its last step, which the victim's browser is led to.
        var callback = await CallbackAsync(attacker, null);
        await RefusedAsync(victim, await FollowAsync(victim, callback), "oidc_failed");
        // No state, another one, and one that was changed.
        foreach (var state in (string[])["", "nonsense", provider.LastState![..^4] + "AAAA"])
        {
            var own = await CallbackAsync(victim, null);
            var query = HttpUtility.ParseQueryString(own.Query);
            query["state"] = state;
            await RefusedAsync(victim, await FollowAsync(victim, new UriBuilder(own) { Query = query.ToString() }.Uri), "oidc_failed");
        }
        // A code that was used.
        var once = await CallbackAsync(attacker, null);
        Assert.Equal("/", (await FollowAsync(attacker, once)).Location);
        using var late = new Browser(service);
        await RefusedAsync(late, await FollowAsync(late, once), "oidc_failed");
        // The provider says no.
        await RefusedAsync(victim, await FollowAsync(victim, new Uri(service.Address, "/signin-oidc?error=access_denied")), "oidc_failed");
    }

    [Fact]
    public async Task Nobody_becomes_another_user_and_who_has_no_role_or_is_disabled_stays_out()
    {
        await using var provider = await Provider.StartAsync();
        await using var store = TemporaryStore.Embedded();
        await using var service = await StartAsync(store.Store, provider);
        using var browser = new Browser(service);
        // "root" is one of our own, with a password; names that differ in case alone are the same to a reader.
        foreach (var name in (string[])["root", "Root", "operator", "a b", ""])
        {
            provider.Name = name;
            await RefusedAsync(browser, await LoginAsync(browser, null), "oidc_name");
        }
        (provider.Name, provider.Groups) = ("wang.fang", ["nobody-knows"]);
        await RefusedAsync(browser, await LoginAsync(browser, null), "oidc_no_role");
        provider.Groups = ["ops"];
        Assert.Equal("/", (await LoginAsync(browser, null)).Location);
        // Somebody else who was given her name at the provider, and she under another name.
        provider.Subject = "s-2";
        using var other = new Browser(service);
        await RefusedAsync(other, await LoginAsync(other, null), "oidc_name");
        (provider.Subject, provider.Name) = ("s-1", "wang.fang2");
        await RefusedAsync(other, await LoginAsync(other, null), "oidc_name");
        provider.Name = "wang.fang";
        Assert.Equal(HttpStatusCode.OK, (await service.SendAsync(HttpMethod.Put, "/api/v1/users/wang.fang", """{"disabled":true}""", "root-token")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.SendAsync(HttpMethod.Get, "/api/v1/me")).Status);
        await RefusedAsync(browser, await LoginAsync(browser, null), "oidc_disabled");
    }

    [Theory]
    [InlineData("https://evil.example/"), InlineData("//evil.example"), InlineData("/\\evil.example"), InlineData("javascript:alert(1)"), InlineData("/a\r\nSet-Cookie: x=y")]
    public async Task Nobody_is_led_elsewhere_after_a_login(string back)
    {
        await using var provider = await Provider.StartAsync();
        await using var store = TemporaryStore.Embedded();
        await using var service = await StartAsync(store.Store, provider);
        using var browser = new Browser(service);
        Assert.Equal("/", (await LoginAsync(browser, back)).Location);
    }

    [Theory]
    [InlineData("Auth:Oidc:Authority", "http://idp.example"), InlineData("Auth:Oidc:Authority", "nonsense"), InlineData("Auth:Oidc:Authority", "")]
    [InlineData("Auth:Oidc:ClientId", ""), InlineData("Auth:Oidc:Roles", ""), InlineData("Auth:Oidc:Roles", "ops"), InlineData("Auth:Oidc:Roles", "ops=king"), InlineData("Auth:Oidc:Roles", "ops=operator@d c"), InlineData("Auth:Oidc:Roles", "a=viewer;a=operator")]
    [InlineData("Auth:Oidc:ClientSecretFile", "/nowhere"), InlineData("Auth:Oidc:CaFile", "/nowhere"), InlineData("Auth:Oidc:UserInfo", "perhaps")]
    public void What_is_not_allowed_is_named(string key, string value)
    {
        var settings = new Dictionary<string, string?> { ["Auth:Oidc:Authority"] = "https://idp.example", ["Auth:Oidc:ClientId"] = "lpmos", ["Auth:Oidc:Roles"] = "ops=operator", [key] = value };
        Assert.Contains(key, Assert.Throws<SettingException>(() => OidcOptions.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), loginNeeded: true)).Message, StringComparison.Ordinal);
    }

    private static Task<RunningTasksService> StartAsync(IStateStore store, Provider provider) => StartAsync(store, provider.Address.AbsoluteUri);

    private static async Task<RunningTasksService> StartAsync(IStateStore store, string authority)
    {
        await People.PutAsync(store, People.User("root", People.Grant(Role.Administrator)), People.Token("root-token", "root"));
        return await RunningTasksService.StartAsync(store, null, "--Auth:Mode=users", "--Auth:LoginsPerMinute=10000", $"--Auth:Oidc:Authority={authority}", $"--Auth:Oidc:ClientId={Provider.ClientId}",
            $"--Auth:Oidc:ClientSecret={Provider.ClientSecret}", "--Auth:Oidc:DisplayName=Company login", "--Auth:Oidc:Roles=ops=operator@dc1,viewer; CN=approvers,OU=dc=approver");
    }

    /// <summary>As a browser does it: to the provider, back, and where the service then leads.</summary>
    private static async Task<(HttpStatusCode Status, string? Location)> LoginAsync(Browser browser, string? back) => await FollowAsync(browser, await CallbackAsync(browser, back));

    /// <summary>The address at which the provider would have the browser come back.</summary>
    private static async Task<Uri> CallbackAsync(Browser browser, string? back)
    {
        using var begin = await browser.Http.GetAsync("/api/v1/login/oidc" + (back is null ? "" : $"?return={Uri.EscapeDataString(back)}"), Cancellation);
        Assert.Equal(HttpStatusCode.Redirect, begin.StatusCode);
        using var provider = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
        using var answer = await provider.GetAsync(begin.Headers.Location, Cancellation);
        Assert.True(answer.StatusCode == HttpStatusCode.Redirect, await answer.Content.ReadAsStringAsync(Cancellation));
        return answer.Headers.Location!;
    }

    private static async Task<(HttpStatusCode Status, string? Location)> FollowAsync(Browser browser, Uri address)
    {
        using var answer = await browser.Http.GetAsync(address, Cancellation);
        return (answer.StatusCode, answer.Headers.Location?.OriginalString);
    }

    private static async Task RefusedAsync(Browser browser, (HttpStatusCode Status, string? Location) answer, string code)
    {
        Assert.Equal((HttpStatusCode.Redirect, $"/?login_failed={code}"), answer);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.SendAsync(HttpMethod.Get, "/api/v1/me")).Status);
    }

    private static async Task UntilAuditedAsync(IStateStore store, string action, string words)
    {
        var records = (await store.ListAsync("/os/", null, 1000, 0, Cancellation)).Entries.Select(entry => Encoding.UTF8.GetString(entry.Value.Span));
        Assert.Contains(records, record => record.Contains(action, StringComparison.Ordinal) && record.Contains(words, StringComparison.Ordinal));
    }

    private static string Header(string algorithm, string signed) =>
        System.Buffers.Text.Base64Url.EncodeToString(Encoding.ASCII.GetBytes($$"""{"alg":"{{algorithm}}","kid":"k1","typ":"JWT"}""")) + "." + signed.Split('.')[1];

    private static string With(string signed, Func<byte[], byte[]> sign) => signed + "." + System.Buffers.Text.Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(signed)));
}
