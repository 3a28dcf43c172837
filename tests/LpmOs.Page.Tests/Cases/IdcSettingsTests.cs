using LpmOs.Page.Tests.Browsing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LpmOs.Page.Tests.Cases;

public sealed class IdcSettingsTests(Chromium chromium, SharedSite shared)
{
    [Fact]
    public async Task Limits_windows_and_rules_are_set_and_what_is_wrong_is_said_at_its_place()
    {
        await shared.Site.PostAsync("/api/v1/tasks", Samples.Task("SETTINGS-1", 46_001, "dc-settings"));
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/idcs"));
        var page = open.Page;
        var site = page.Locator("section.card", new() { Has = page.GetByRole(AriaRole.Heading, new() { Name = "dc-settings" }) });
        await site.Locator("button[aria-expanded]").ClickAsync();
        await site.Locator("#dc-settings-max").FillAsync("many");
        await site.Locator("#dc-settings-install").FillAsync("0");
        await site.GetByRole(AriaRole.Button, new() { Name = "添加时间窗口" }).ClickAsync();
        await site.GetByRole(AriaRole.Button, new() { Name = "添加规则" }).ClickAsync();
        await site.GetByLabel("规则名称").FillAsync("测试机");
        await site.GetByRole(AriaRole.Button, new() { Name = "保存" }).ClickAsync();
        await Expect(site.Locator("#dc-settings-max-error")).ToContainTextAsync("1 到 10000");
        await Expect(site.Locator("#dc-settings-install-error")).ToContainTextAsync("一周");
        await Expect(site.Locator("#dc-settings-max")).ToBeFocusedAsync();
        await Expect(site.GetByText("标签和模板至少填一个")).ToBeVisibleAsync();

        await site.Locator("#dc-settings-max").FillAsync("10");
        await site.Locator("#dc-settings-install").FillAsync("120");
        await site.GetByLabel("标签", new() { Exact = true }).FillAsync("test");
        await site.GetByLabel("双人复核").CheckAsync();
        await site.GetByRole(AriaRole.Checkbox, new() { Name = "日" }).CheckAsync();
        await site.GetByRole(AriaRole.Checkbox, new() { Name = "一" }).CheckAsync();
        await site.GetByRole(AriaRole.Button, new() { Name = "保存" }).ClickAsync();
        await Expect(page.GetByText("已保存 dc-settings 的设置")).ToBeVisibleAsync();
        var settings = await shared.Site.GetAsync("/api/v1/idcs/dc-settings/settings");
        Assert.Equal((10, 120, true, "test"), ((int)settings["max_installations"]!, (int)settings["install_minutes"]!, (bool)settings["four_eyes"]!, (string?)settings["auto_approval"]![0]!["tag"]));
        Assert.Equal(["mon", "sun"], settings["maintenance_windows"]![0]!["days"]!.AsArray().Select(day => (string?)day));
        Assert.Equal("Asia/Shanghai", (string?)settings["maintenance_windows"]![0]!["time_zone"]);
        Assert.Empty(open.Complaints);
    }
}
