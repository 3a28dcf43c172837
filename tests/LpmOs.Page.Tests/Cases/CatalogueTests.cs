using LpmOs.Page.Tests.Browsing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LpmOs.Page.Tests.Cases;

/// <summary>Systems and the vendors' files that their installers need, in an IDC of their own.</summary>
public sealed class CatalogueTests(Chromium chromium, SharedSite shared)
{
    [Fact]
    public async Task What_an_installer_lacks_is_shown_and_asked_for()
    {
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/catalogue?idc=dc-catalogue"));
        var page = open.Page;
        page.Dialog += (_, dialog) => dialog.AcceptAsync();
        await Expect(page.GetByText("openEuler 24.03 LTS")).ToBeVisibleAsync();
        await page.GetByLabel("搜索系统或文件").FillAsync("Debian 12");
        var version = page.Locator(".version").Filter(new() { HasText = "Debian 12" });
        await Expect(version).ToHaveCountAsync(1);
        await Expect(page.GetByText("openEuler 24.03 LTS")).ToHaveCountAsync(0);
        await Expect(version.Locator("summary")).ToContainTextAsync("image · preseed");
        await Expect(version.Locator(".whole")).ToHaveTextAsync("缺 2 个，共 2 个");
        var kernel = version.Locator("li").Filter(new() { HasText = "debian-12/linux" });
        await Expect(kernel).ToContainTextAsync("lpmosctl assets add dc-catalogue debian-12/linux --published");

        await kernel.GetByRole(AriaRole.Button, new() { Name = "请求…" }).ClickAsync();
        await Expect(kernel.GetByRole(AriaRole.Link)).ToHaveAttributeAsync("href", "https://ftp.debian.org/debian/dists/bookworm/main/installer-amd64/current/images/SHA256SUMS");
        var digest = kernel.GetByLabel("SHA-256");
        await digest.FillAsync("ABC");
        await kernel.GetByRole(AriaRole.Button, new() { Name = "让引导服务下载并校验" }).ClickAsync();
        await Expect(kernel.Locator(".error")).ToContainTextAsync("64");
        Assert.Equal("absent", await StateAsync());
        await digest.FillAsync(new string('a', 64));
        await kernel.GetByLabel("下载地址").FillAsync("http://mirror.example/<b>linux</b>");
        await kernel.GetByRole(AriaRole.Button, new() { Name = "让引导服务下载并校验" }).ClickAsync();
        await Expect(kernel.Locator(".state")).ToHaveTextAsync("已请求");
        await Expect(kernel).ToContainTextAsync("http://mirror.example/<b>linux</b>");
        Assert.Equal("asked", await StateAsync());

        await kernel.GetByRole(AriaRole.Button, new() { Name = "不再需要" }).ClickAsync();
        await Expect(kernel.Locator(".state")).ToHaveTextAsync("缺少");
        Assert.Equal("absent", await StateAsync());
        Assert.All(open.Complaints, complaint => Assert.Matches("^dialog|400", complaint));

        async Task<string?> StateAsync() => (string?)(await shared.Site.GetAsync("/api/v1/assets/dc-catalogue"))["items"]!.AsArray().Single(asset => (string?)asset!["name"] == "debian-12/linux")!["state"];
    }

    [Fact]
    public async Task The_files_of_one_idc_never_stand_under_the_name_of_another()
    {
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/catalogue?idc=dc-catalogue-a"));
        var page = open.Page;
        await Expect(page.Locator(".version li").Filter(new() { HasText = "debian-12/linux" })).ToHaveCountAsync(1);
        await page.RouteAsync("**/api/v1/assets/dc1", route => route.AbortAsync());

        await page.Locator("select.site").SelectOptionAsync("dc1");

        await Expect(page.Locator(".problem")).ToBeVisibleAsync();
        await Expect(page.Locator(".version li")).ToHaveCountAsync(0);
        Assert.All(open.Complaints, complaint => Assert.Contains("net::ERR_FAILED", complaint, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_has_left_it_asks_no_more()
    {
        const string Assets = "/api/v1/assets/dc-catalogue-b";
        // No boot service is there that could bring it: it stays asked for.
        await shared.Site.PutAsync($"{Assets}/debian-12/linux", new { sha256 = new string('a', 64), source = "http://mirror.example/linux" });
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/tasks"));
        var page = open.Page;
        await page.Clock.InstallAsync();
        await page.GotoAsync(new Uri(shared.Site.Url, "/catalogue?idc=dc-catalogue-b").ToString());
        await Expect(page.Locator(".version li .state").Filter(new() { HasText = "已请求" })).ToHaveCountAsync(1);
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await page.RouteAsync("**" + Assets, async route =>
        {
            await held.Task;
            await route.ContinueAsync();
        });
        var asked = page.WaitForRequestAsync("**" + Assets);
        await page.Clock.RunForAsync(10_000);
        await asked;
        var late = page.WaitForResponseAsync("**" + Assets);

        // To another page of the same IDC, as the browser's own buttons lead there.
        await page.EvaluateAsync("history.pushState({}, '', '/tasks?idc=dc-catalogue-b'); dispatchEvent(new PopStateEvent('popstate', { state: history.state }))");
        await Expect(page.Locator("select.site")).ToHaveCountAsync(0);
        held.SetResult();
        await (await late).FinishedAsync();
        await page.EvaluateAsync("async () => { await (await fetch('/healthz')).text(); }");
        var before = open.Requests.Count(IsForAssets);
        await page.Clock.RunForAsync(60_000);
        await page.EvaluateAsync("async () => { await (await fetch('/healthz')).text(); }");

        Assert.True(before >= 2, $"{before} requests");
        Assert.Equal(before, open.Requests.Count(IsForAssets));
        Assert.Empty(open.Complaints);

        static bool IsForAssets(IRequest request) => request.Url.EndsWith(Assets, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("zh-CN", "light", 1440)]
    [InlineData("en", "dark", 390)]
    public async Task It_passes_axe(string language, string theme, int width)
    {
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/catalogue?idc=dc-catalogue"), language, theme, width);
        await open.Page.GetByRole(AriaRole.Searchbox).FillAsync("windows-2022");
        var row = open.Page.Locator(".version li").First;
        await row.GetByRole(AriaRole.Button).First.ClickAsync();
        await Expect(row.Locator("form")).ToBeVisibleAsync();
        var found = await AccessibilityTests.FindAsync(open);
        Assert.True(!found.Any(), string.Join("\n", found));
        Assert.True(await open.Page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width, "it is wider than the screen");
        Assert.Empty(open.Complaints);
    }
}
