using LpmOs.Page.Tests.Browsing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LpmOs.Page.Tests.Cases;

/// <summary>A new task: by keyboard, with its plan before it exists, and what is wrong said where it stands.</summary>
public sealed class CreateTests(Chromium chromium, SharedSite shared)
{
    private const string Idc = "dc1";

    [Fact]
    public async Task A_machine_is_chosen_by_keyboard_its_plan_shown_and_the_task_is_what_the_form_said()
    {
        const string sn = "CREATE-PLAN";
        await shared.Site.ReportAsync(Samples.Report(sn, 40_001, "P5600", Samples.Disk("/dev/nvme0n1", "DISK-FULL", "mysql-data"), Samples.Disk("/dev/nvme1n1", "DISK-EMPTY", null)));
        await using var open = await OpenAsync();
        var (page, dialog) = (open.Page, open.Page.GetByRole(AriaRole.Dialog));
        await page.Locator("#create-sn").FillAsync(sn);
        await Expect(dialog.Locator("[role=option]:visible", new() { HasText = sn })).ToContainTextAsync("P5600");
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#create-idc")).ToHaveValueAsync(Idc);
        await Expect(page.Locator("#create-mac")).ToHaveValueAsync(Samples.Mac(40_001));
        await page.Locator("#create-os").FillAsync("debi");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#create-os")).ToHaveValueAsync("Debian");
        // The catalogue's first version has no image here, this one has.
        await Expect(page.Locator("#create-version")).ToHaveValueAsync("12");
        // Two disks, and none is chosen by chance.
        await Expect(dialog.Locator(".preview")).ToContainTextAsync("符合要求的磁盘不止一块");

        await page.Locator(".more").ClickAsync();
        await dialog.Locator(".disk", new() { HasText = "DISK-FULL" }).ClickAsync();
        await Expect(dialog.Locator(".preview [data-stakes=data]")).ToContainTextAsync("mysql-data");
        await dialog.Locator(".disk", new() { HasText = "DISK-EMPTY" }).ClickAsync();
        await Expect(dialog.Locator(".preview [data-stakes=empty]")).ToContainTextAsync("不会丢失数据");

        await page.Locator("#create-network").SelectOptionAsync("set");
        await page.Locator("#create-address-0").FillAsync("10.0.0.300/24");
        await page.Locator("#create-gateway-0").FillAsync("10.9.9.1");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator("#create-address-0-error")).ToContainTextAsync("前缀长度");
        await Expect(page.Locator("#create-gateway-0-error")).ToContainTextAsync("网关");
        await page.Locator("#create-address-0").FillAsync("10.0.0.30/24");
        await page.Locator("#create-gateway-0").FillAsync("10.0.0.1");
        await Expect(page.Locator("#create-address-0-error")).ToHaveCountAsync(0);
        await page.Locator("#create-hostname").FillAsync("web-30");
        await Expect(dialog.Locator(".preview")).ToContainTextAsync("10.0.0.30/24");
        await Expect(dialog.Locator(".preview")).ToContainTextAsync("web-30");
        Assert.Equal(0, (int)(await shared.Site.GetAsync($"/api/v1/tasks?q={sn}"))["total"]!);

        await page.Locator("#create-hostname").PressAsync("Enter");
        await Expect(dialog).ToHaveCountAsync(0);
        var task = await shared.Site.GetAsync($"/api/v1/tasks/{Idc}/{sn}");
        Assert.Equal(("DISK-EMPTY", "10.0.0.30/24", "web-30"), ((string?)task["disk_layout"]!["disk"]!["serial"], (string?)task["network"]!["interfaces"]![0]!["addresses"]![0], (string?)task["hostname"]));
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Inherited_values_say_where_they_come_from()
    {
        const string sn = "CREATE-PROFILE";
        await shared.Site.ReportAsync(Samples.Report(sn, 40_002, "P5600"));
        await shared.Site.PutAsync("/api/v1/profiles/create-web", new { os_type = "debian", os_version = "12", packages = new[] { "nginx" } });
        await shared.Site.PutAsync($"/api/v1/machines/{Idc}/{sn}/defaults", new { hostname = "web-from-machine" });
        await using var open = await OpenAsync();
        var page = open.Page;
        await page.Locator("#create-idc").FillAsync(Idc);
        await page.Locator("#create-sn").FillAsync(sn);
        await page.Locator("#create-mac").FillAsync(Samples.Mac(40_002));
        await page.Locator("#create-profile").FillAsync("create-web");
        await Expect(page.Locator("#create-os-hint")).ToHaveTextAsync("debian · 来自模板 create-web@1");
        await Expect(page.Locator("#create-hostname-hint")).ToHaveTextAsync($"web-from-machine · 来自服务器 {Idc}/{sn}");
        await page.Locator("#create-hostname").FillAsync("web-mine");
        await Expect(page.Locator("#create-hostname-hint")).ToHaveCountAsync(0);
        await page.Locator(".more").ClickAsync();
        await Expect(page.Locator("#create-packages-hint")).ToHaveTextAsync("nginx · 来自模板 create-web@1");
        await Expect(page.Locator(".preview")).ToContainTextAsync("debian 12");
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task What_is_missing_or_refused_is_said_at_its_place()
    {
        const string sn = "CREATE-TAKEN";
        await shared.Site.PostAsync("/api/v1/tasks", Samples.Task(sn, 40_003));
        await using var open = await OpenAsync("en");
        var page = open.Page;
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Create task" }).ClickAsync();
        foreach (var field in (string[])["sn", "mac", "os"])
            await Expect(page.Locator($"#create-{field}-error")).ToHaveTextAsync("Required");
        await Expect(page.Locator("[aria-invalid=true]:focus")).ToHaveCountAsync(1);
        await page.Locator("#create-idc").FillAsync(Idc);
        await page.Locator("#create-sn").FillAsync(sn);
        await page.Locator("#create-mac").FillAsync(Samples.Mac(40_003));
        await page.Locator("#create-os").FillAsync("Plan 9");
        // Only the service knows its catalogue; the browser notes that it says no.
        await Expect(page.Locator("#create-os-error")).ToContainTextAsync("Ubuntu (ubuntu)");
        await page.Locator("#create-os").FillAsync("Debian 12");
        await Expect(page.Locator(".preview .refusal")).ToContainTextAsync("This server has an active task");
        Assert.All(open.Complaints, complaint => Assert.Contains("400", complaint, StringComparison.Ordinal));
    }

    private async Task<OpenPage> OpenAsync(string language = "zh-CN")
    {
        var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/tasks"), language);
        await open.Page.Locator("main .head .el-button--primary").ClickAsync();
        await Expect(open.Page.Locator("#create-sn")).ToBeVisibleAsync();
        return open;
    }
}
