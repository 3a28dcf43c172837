using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using LpmOs.Page.Tests.Browsing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LpmOs.Page.Tests.Cases;

/// <summary>Where people log in: the way in, what each role is offered, and who is shut out by whom.</summary>
public sealed class AccessTests(Chromium chromium)
{
    private const string Token = "a-token-of-the-test-that-is-long-enough", New = "correct horse battery";

    [Fact]
    public async Task One_logs_in_changes_the_password_looks_after_users_and_ends_others_sessions_and_tokens()
    {
        await using var site = new Site(null, "--Auth:Mode=users", $"--Tasks:Operators:root={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Token)))}") { Token = Token };
        await site.StartAsync();
        await site.ReportAsync(Samples.Report("ACCESS-1", 66_001, "P5600"));
        await site.PostAsync("/api/v1/tasks", Samples.Task("ACCESS-2", 66_002));
        var given = (string)(await MakeAsync(site, "li.na", "administrator"))["password"]!;
        var viewer = (string)(await MakeAsync(site, "wang.fang", "viewer"))["password"]!;
        await site.PostAsync("/api/v1/users", new { name = "reports", service = true, roles = new[] { new { role = "viewer" } } });
        await site.PostAsync("/api/v1/users/reports/tokens", new { description = "<b>nightly</b> report" });

        await using var open = await chromium.OpenAsync(new Uri(site.Url, "/machines"));
        var page = open.Page;
        page.Dialog += (_, dialog) => dialog.AcceptAsync();
        await Expect(page.Locator("input[name=username]")).ToBeVisibleAsync();
        await CheckAsync(open, "login");
        await LoginAsync(page, "li.na", "not the password");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("用户名或密码错误");
        await CheckAsync(open, "login refused");
        await LoginAsync(page, "li.na", given);
        await Expect(page.GetByRole(AriaRole.Note)).ToContainTextAsync("请先改成自己的密码");
        await CheckAsync(open, "password to be changed");
        await ChangePasswordAsync(page, given);

        var users = page.Locator("[data-part=users]");
        await Expect(users.Locator("tbody tr")).ToHaveCountAsync(4);
        await users.GetByLabel("名称").FillAsync("zhang.wei");
        await users.GetByLabel("角色", new() { Exact = true }).FillAsync("operator@dc1, approver");
        await users.GetByRole(AriaRole.Button, new() { Name = "创建用户" }).ClickAsync();
        await Expect(users.GetByRole(AriaRole.Status)).ToContainTextAsync("zhang.wei 的初始密码");
        Assert.Equal(["operator dc1", "approver "], (await site.GetAsync("/api/v1/users/zhang.wei"))["roles"]!.AsArray().Select(role => $"{role!["role"]} {role["idc"]}"));

        // Somebody who may only look, in a browser of their own.
        await using var theirs = await chromium.OpenAsync(new Uri(site.Url, "/access"));
        await LoginAsync(theirs.Page, "wang.fang", viewer);
        await ChangePasswordAsync(theirs.Page, viewer);
        await Expect(theirs.Page.Locator("[data-part=own]")).ToBeVisibleAsync();
        await Expect(theirs.Page.Locator("[data-part=users], [data-part=everyone]")).ToHaveCountAsync(0);
        await NothingOfferedAsync(site, theirs);

        var everyone = page.Locator("[data-part=everyone]");
        await everyone.GetByRole(AriaRole.Button, new() { Name = "刷新" }).ClickAsync();
        var session = everyone.Locator("tr", new() { HasText = "wang.fang" });
        await Expect(session).ToHaveCountAsync(1);
        await Expect(everyone.Locator("tr", new() { HasText = "<b>nightly</b> report" })).ToHaveCountAsync(1);
        foreach (var (language, theme) in ((string, string)[])[("zh-CN", "light"), ("en", "dark")])
        {
            await page.EvaluateAsync("([language, theme]) => localStorage.setItem('lpmos.preferences', JSON.stringify({ language, theme, timeZone: '' }))", new[] { language, theme });
            await page.ReloadAsync();
            await Expect(session).ToHaveCountAsync(1);
            await CheckAsync(open, $"account {language}");
        }
        await page.SetViewportSizeAsync(390, 844);
        await CheckAsync(open, "account on a phone");
        await session.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(session).ToHaveCountAsync(0);
        await theirs.Page.ReloadAsync();
        await Expect(theirs.Page.Locator("input[name=username]")).ToBeVisibleAsync();
        var token = everyone.Locator("tr", new() { HasText = "nightly" });
        await token.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(token).ToHaveCountAsync(0);
        Assert.DoesNotContain((await site.GetAsync("/api/v1/tokens"))["items"]!.AsArray(), one => ((string)one!["description"]!).Contains("nightly", StringComparison.Ordinal));
        Assert.All(open.Complaints.Concat(theirs.Complaints), complaint => Assert.Matches("status of 40[134]|dialog|WebSocket", complaint));
    }

    private static Task<JsonNode> MakeAsync(Site site, string name, string role) => site.PostAsync("/api/v1/users", new { name, roles = new[] { new { role } } });

    internal static async Task LoginAsync(IPage page, string user, string password)
    {
        await page.Locator("input[name=username]").FillAsync(user);
        await page.Locator("input[name=password]").FillAsync(password);
        await page.Keyboard.PressAsync("Enter");
    }

    internal static async Task ChangePasswordAsync(IPage page, string old)
    {
        // The page of the person who has logged in, no longer that of the login.
        await Expect(page.GetByRole(AriaRole.Note)).ToContainTextAsync("请先改成自己的密码");
        await page.EvaluateAsync("() => { window.former = true; }");
        await page.Locator("input[autocomplete=current-password]").FillAsync(old);
        foreach (var field in await page.Locator("input[autocomplete=new-password]").AllAsync())
            await field.FillAsync(New);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForFunctionAsync("() => window.former === undefined");
        await Expect(page.Locator("[data-part=own]")).ToBeVisibleAsync();
    }

    /// <summary>What a viewer may not do stands nowhere.</summary>
    private static async Task NothingOfferedAsync(Site site, OpenPage open)
    {
        var page = open.Page;
        foreach (var (path, there, actions) in ((string, string, string)[])
        [
            ("/tasks?tab=pending", "tbody tr", "main .act, main .el-button--primary, main a[href='/tasks/batch']"), ("/tasks/dc1/ACCESS-2", "main h1", "main .name + .no-print .el-button"),
            ("/machines", "tbody tr", "main .el-button--primary"), ("/machines/dc1/ACCESS-1", "main h1", "main .el-button"),
            ("/profiles", "main h1", "main .el-button--primary"), ("/defaults", "main form fieldset:disabled", "main form .el-button--primary"), ("/templates/ipxe/blocked.ipxe", "#template-text", "main .el-button"),
        ])
        {
            await page.GotoAsync(new Uri(site.Url, path).ToString());
            await Expect(page.Locator(there).First).ToBeVisibleAsync();
            await open.ConnectedAsync();
            foreach (var action in await page.Locator(actions).AllAsync())
                Assert.False(await action.IsVisibleAsync(), $"{path} offers {await action.TextContentAsync()}");
        }
        await Expect(page.Locator("#template-text")).ToHaveAttributeAsync("readonly", "");
        await page.GotoAsync(new Uri(site.Url, "/machines").ToString());
        await Expect(page.Locator("tbody tr").First).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("n");
        await page.GotoAsync(new Uri(site.Url, "/idcs").ToString());
        await page.Locator("main button[aria-expanded]").First.ClickAsync();
        await Expect(page.Locator("main form fieldset:disabled").First).ToBeVisibleAsync();
        await Expect(page.Locator("main form .el-button")).ToHaveCountAsync(0);
        await Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await Expect(page.Locator("header nav a[href='/audit'], header nav a[href='/webhooks']")).ToHaveCountAsync(0);
    }

    private static async Task CheckAsync(OpenPage open, string where)
    {
        var found = await AccessibilityTests.FindAsync(open, connected: false);
        Assert.True(!found.Any(), $"{where}: {string.Join("\n", found)}");
        var (width, screen) = (await open.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"), await open.Page.EvaluateAsync<int>("innerWidth"));
        Assert.True(width <= screen, $"{where} is wider than the screen");
    }
}
