using LpmOs.Page.Tests.Browsing;
using LpmOs.Tasks.Tests.Access.Oidc;
using Microsoft.Playwright;

namespace LpmOs.Page.Tests.Cases;

public sealed class LoginTests(Chromium chromium)
{
    [Fact]
    public async Task A_person_comes_in_with_the_companys_login_and_is_told_where_they_may_not()
    {
        await using var provider = await Provider.StartAsync();
        await using var site = new Site(null, "--Auth:Mode=users", $"--Auth:Oidc:Authority={provider.Address}", $"--Auth:Oidc:ClientId={Provider.ClientId}", $"--Auth:Oidc:ClientSecret={Provider.ClientSecret}",
            "--Auth:Oidc:DisplayName=公司账号", "--Auth:Oidc:Roles=ops=operator");
        await site.StartAsync();
        provider.Groups = ["strangers"];
        // To a browser localhost and 127.0.0.1, where the provider is, are two sites: cookies are kept back as they are in life.
        await using var open = await chromium.OpenAsync(new UriBuilder(site.Url) { Host = "localhost" }.Uri);
        var enter = open.Page.GetByRole(AriaRole.Button, new() { Name = "使用 公司账号 登录" });
        await enter.ClickAsync();
        await Assertions.Expect(open.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("没有任何角色");
        Assert.DoesNotContain("login_failed", open.Page.Url, StringComparison.Ordinal);

        provider.Groups = ["ops"];
        await enter.ClickAsync();
        await open.ConnectedAsync();
        Assert.Equal("localhost", new Uri(open.Page.Url).Host);
        Assert.Equal("wang.fang", await open.Page.EvaluateAsync<string>("fetch('/api/v1/me').then(answer => answer.json()).then(me => me.name)"));
        // What a page of somebody else cannot read is not for scripts either.
        Assert.DoesNotContain("lpmos-session", await open.Page.EvaluateAsync<string>("document.cookie"), StringComparison.Ordinal);
    }
}
