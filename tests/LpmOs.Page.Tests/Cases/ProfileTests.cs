using LpmOs.Page.Tests.Browsing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LpmOs.Page.Tests.Cases;

/// <summary>Profiles and what is inherited beside them.</summary>
public sealed class ProfileTests(Chromium chromium, SharedSite shared)
{
    private const string Name = "page-web";

    [Fact]
    public async Task A_profile_is_made_changed_compared_and_brought_back()
    {
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/profiles"));
        var page = open.Page;
        page.Dialog += (_, dialog) => dialog.AcceptAsync();
        await page.Locator("main .el-button--primary").First.ClickAsync();
        await page.Locator("#profile-name").FillAsync("no spaces allowed");
        await page.Locator("#profile-priority").FillAsync("1000");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#profile-name-error")).ToContainTextAsync("名称");
        await Expect(page.Locator("#profile-priority-error")).ToContainTextAsync("-100 到 100");
        await page.Locator("#profile-name").FillAsync(Name);
        await page.Locator("#profile-priority").FillAsync("5");
        await page.Locator("#profile-os").FillAsync("Plan 9");
        await page.Locator("#profile-packages").FillAsync("nginx chrony");
        await page.Locator("#profile-packages").PressAsync("Enter");
        // The catalogue is the service's to know.
        await Expect(page.Locator("#profile-os-error")).ToContainTextAsync("Ubuntu (ubuntu)");
        await page.Locator("#profile-os").FillAsync("debian");
        await page.Locator("#profile-packages").PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = $"{Name} @1" })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "编辑" }).ClickAsync();
        await page.Locator("#profile-packages").FillAsync("nginx");
        await page.GetByRole(AriaRole.Button, new() { Name = "保存为新版本" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = $"{Name} @2" })).ToBeVisibleAsync();
        await Expect(page.Locator(".differences del")).ToHaveTextAsync("nginx chrony");
        await Expect(page.Locator(".differences ins")).ToHaveTextAsync("nginx");

        await page.Locator(".versions button").Last.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "恢复此版本" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = $"{Name} @3" })).ToBeVisibleAsync();
        var newest = await shared.Site.GetAsync($"/api/v1/profiles/{Name}");
        Assert.Equal((3, "chrony", 5), ((int)newest["version"]!, (string?)newest["packages"]![1], (int)newest["priority"]!));
        Assert.All(open.Complaints, complaint => Assert.Matches("dialog|status of 400", complaint));
    }

    [Fact]
    public async Task Two_editors_do_not_overwrite_each_other()
    {
        await shared.Site.PutAsync("/api/v1/profiles/page-two", new { os_type = "debian" });
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/profiles/page-two"));
        var page = open.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "编辑" }).ClickAsync();
        await page.Locator("#profile-tags").FillAsync("mine");
        await shared.Site.PutAsync("/api/v1/profiles/page-two", new { os_type = "debian", tags = new[] { "theirs" } });
        await page.GetByRole(AriaRole.Button, new() { Name = "保存为新版本" }).ClickAsync();
        await Expect(page.GetByText("有人已保存了更新的版本")).ToBeVisibleAsync();
        Assert.Equal("theirs", (string?)(await shared.Site.GetAsync("/api/v1/profiles/page-two"))["tags"]![0]);
        Assert.All(open.Complaints, complaint => Assert.Contains("409", complaint, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Defaults_of_a_tag_and_a_machine_reach_the_effective_values()
    {
        const string sn = "DEFAULTS-1";
        await shared.Site.ReportAsync(Samples.Report(sn, 43_001, "P5600"));
        await shared.Site.PutAsync("/api/v1/profiles/page-effective", new { os_type = "debian", os_version = "12", packages = new[] { "nginx" } });
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/defaults"));
        var page = open.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "标签" }).ClickAsync();
        await page.Locator("#defaults-tag").FillAsync("gpu-page");
        await page.GetByRole(AriaRole.Button, new() { Name = "打开" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "添加变量" }).ClickAsync();
        await page.GetByLabel("变量 1 的名称").FillAsync("driver");
        await page.GetByLabel("变量 1 的值").FillAsync("550");
        await page.GetByRole(AriaRole.Button, new() { Name = "保存" }).ClickAsync();
        await Expect(page.GetByText("设定了：driver")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "服务器", Exact = true }).ClickAsync();
        await page.Locator("#defaults-idc").FillAsync("dc1");
        await page.Locator("#defaults-sn").FillAsync(sn);
        await page.GetByRole(AriaRole.Button, new() { Name = "打开" }).ClickAsync();
        await page.Locator("#defaults-hostname").FillAsync("gpu-01");
        await page.Locator(".disk").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "保存" }).ClickAsync();
        await Expect(page.GetByText("设定了：主机名 · 磁盘")).ToBeVisibleAsync();

        await page.GotoAsync(new Uri(shared.Site.Url, "/profiles/page-effective").ToString());
        await page.Locator("#effective-idc").FillAsync("dc1");
        await page.Locator("#effective-sn").FillAsync(sn);
        await page.Locator("#effective-tag").FillAsync("gpu-page");
        await page.Locator("#effective-tag").PressAsync("Enter");
        foreach (var (value, origin) in ((string, string)[])[("gpu-01", $"服务器 dc1/{sn}"), ("P5600", $"服务器 dc1/{sn}"), ("550", "标签 gpu-page"), ("nginx", "模板 page-effective@1")])
            await Expect(page.Locator("tr", new() { HasText = origin }).Filter(new() { HasText = value })).ToHaveCountAsync(1);
        Assert.Empty(open.Complaints);
    }
}
