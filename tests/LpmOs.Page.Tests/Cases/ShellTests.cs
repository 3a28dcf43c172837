using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using LpmOs.Page.Tests.Browsing;
using LpmOs.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LpmOs.Page.Tests.Cases;

/// <summary>The rescue shell on a machine's page, at a real terminal of a real agent. What was done is read from this host's files, not from the page.</summary>
public sealed partial class ShellTests(Chromium chromium)
{
    private const string Token = "a-token-of-the-test-that-is-long-enough";

    [Fact(Timeout = 300_000)]
    public async Task An_operator_types_in_a_recorded_shell_of_the_machine_and_a_viewer_is_offered_none()
    {
        using var machine = new TemporaryFolder();
        await using var site = new Site(null, "--Auth:Mode=users", $"--Tasks:Operators:root={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Token)))}") { Token = Token };
        await site.StartAsync();
        var (agent, sn) = await site.StartBootImageAgentAsync();
        await using var running = agent;
        await using var open = await LoginAsync(site, "li.na", "operator");
        var page = open.Page;
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.GotoAsync(new Uri(site.Url, $"/machines/dc1/{Uri.EscapeDataString(sn)}").ToString());
        var dialog = page.GetByRole(AriaRole.Dialog);

        await OpenAsync(page);
        await Expect(dialog).ToContainTextAsync("全程记录");
        await CheckAsync(open, "form");
        await page.Locator("#shell-minutes").SelectOptionAsync("5");
        await page.Locator("#shell-reason").FillAsync("检查 <b>RAID</b> 卡");
        await page.Keyboard.PressAsync("Enter");
        await ConnectedAsync(page);
        await Expect(dialog).ToContainTextAsync("由 li.na 打开 · 检查 <b>RAID</b> 卡");
        await Expect(dialog.GetByRole(AriaRole.Timer)).ToHaveTextAsync(TimeLeft());

        // What is typed is done there, and what it says is seen here, in all colours, though the page allows no style within a text.
        await page.Keyboard.TypeAsync($"cd {machine.Path}; echo $((6*7)) > typed; printf '\\033[38;2;1;200;3m%s\\033[0m\\344\\270\\255\\n' seen-$((6*7))\n");
        Assert.Equal("42", await ContentAsync(machine.File("typed")));
        var seen = page.Locator(".xterm-rows span", new() { HasText = "seen-42" });
        await Expect(page.Locator(".xterm-rows > div", new() { HasText = "seen-42中" })).ToHaveCountAsync(1);
        await Expect(seen).ToHaveCSSAsync("color", "rgb(1, 200, 3)");
        await Expect(page.Locator(".xterm-rows")).ToHaveCSSAsync("white-space", "pre");
        await CheckAsync(open, "terminal");

        // Copied from the terminal and pasted into it; without a selection ^C interrupts.
        // The layer above the text takes the mouse.
        await seen.DblClickAsync(new() { Force = true });
        await page.Keyboard.PressAsync("Control+c");
        Assert.Contains("seen-42", await page.EvaluateAsync<string>("navigator.clipboard.readText()"), StringComparison.Ordinal);
        await page.EvaluateAsync("navigator.clipboard.writeText('echo 来自剪贴板 > pasted')");
        await page.Keyboard.PressAsync("Control+v");
        await page.Keyboard.PressAsync("Enter");
        Assert.Equal("来自剪贴板", await ContentAsync(machine.File("pasted")));
        await page.Keyboard.TypeAsync("touch asleep; sleep 86400\n");
        await ContentAsync(machine.File("asleep"), empty: true);
        await page.Keyboard.PressAsync("Control+c");
        await page.Keyboard.TypeAsync("stty size > wide\n");
        var wide = await SizeAsync(machine.File("wide"));

        // The machine's terminal has the window's size, and another one when that changes.
        await page.SetViewportSizeAsync(390, 844);
        await CheckAsync(open, "terminal on a phone");
        var narrow = wide;
        for (var look = 0; narrow.Columns >= wide.Columns; look++)
        {
            Assert.True(look < 200, "The machine's terminal does not hear of the new size.");
            await page.Keyboard.TypeAsync($"stty size > narrow{look}\n");
            narrow = await SizeAsync(machine.File($"narrow{look}"));
        }
        Assert.InRange(narrow.Columns, 20, 60);
        Assert.InRange(wide.Columns, 100, 200);

        // The keyboard gets out, to the button that ends it.
        await page.Keyboard.PressAsync("Shift+Tab");
        await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "结束会话" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("Enter");
        await Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("会话已被人结束");
        await CheckAsync(open, "ended");

        // The machine goes away under another one.
        await dialog.GetByRole(AriaRole.Button, new() { Name = "再次打开" }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "打开终端" }).ClickAsync();
        await ConnectedAsync(page);
        await NothingForViewersAsync(site, sn);
        await running.KillAsync();
        await Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("与服务器的连接已断开");

        var records = (await site.GetAsync($"/api/v1/audit?idc=dc1&sn={Uri.EscapeDataString(sn)}&action=shell."))["items"]!.AsArray();
        Assert.Equal(["shell.closed", "shell.opened", "shell.closed", "shell.opened"], records.Select(record => (string?)record!["action"]));
        Assert.Equal(("检查 <b>RAID</b> 卡", "li.na"), ((string?)records[3]!["reason"], (string?)records[3]!["by"]));
        var first = (string)records[3]!["value_after"]!["id"]!;
        using var http = new HttpClient { DefaultRequestHeaders = { Authorization = new("Bearer", Token) } };
        Assert.Contains("seen-42", await http.GetStringAsync(new Uri(site.Url, $"/api/v1/machines/dc1/{Uri.EscapeDataString(sn)}/shell/transcript?session={first}"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.All(open.Complaints, complaint => Assert.Matches("status of 40[13]|WebSocket|beforeunload", complaint));
    }

    [Fact(Timeout = 300_000)]
    public async Task Who_leaves_is_asked_first_and_one_operator_may_end_the_session_of_another()
    {
        await using var site = new Site(null, "--Auth:Mode=users", $"--Tasks:Operators:root={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Token)))}") { Token = Token };
        await site.StartAsync();
        await site.ReportAsync(Samples.Report("ANOTHER-1", 69_001, "P5600"));
        var (agent, sn) = await site.StartBootImageAgentAsync();
        await using var running = agent;
        await using var first = await LoginAsync(site, "li.na", "operator");
        var (page, dialog, path) = (first.Page, first.Page.GetByRole(AriaRole.Dialog), $"/machines/dc1/{Uri.EscapeDataString(sn)}");
        await page.GotoAsync(new Uri(site.Url, path).ToString());

        // Closed before the service has answered: the session that nobody waits for ends.
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await page.RouteAsync("**/shell", async route =>
        {
            if (route.Request.Method == "POST")
                await answer.Task;
            await route.ContinueAsync();
        });
        await OpenAsync(page);
        await page.RunAndWaitForRequestAsync(() => dialog.GetByRole(AriaRole.Button, new() { Name = "打开终端" }).ClickAsync(), request => request.Method == "POST");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "关闭", Exact = true }).Last.ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        await page.RunAndWaitForResponseAsync(() => { answer.SetResult(); return Task.CompletedTask; }, response => response.Request.Method == "DELETE" && response.Ok);
        await page.UnrouteAllAsync();
        Assert.Equal(["shell.closed", "shell.opened"], await RecordedAsync(site, sn));

        // Another page of the same route, and one of another: both only when the operator says so.
        await OpenAsync(page);
        await page.Keyboard.PressAsync("Enter");
        await ConnectedAsync(page);
        var asked = new List<string>();
        page.Dialog += async (_, question) =>
        {
            asked.Add(question.Message);
            await question.DismissAsync();
        };
        foreach (var elsewhere in new[] { "/machines/dc1/ANOTHER-1", "/tasks" })
        {
            await PushAsync(page, elsewhere);
            Assert.Equal(path, new Uri(page.Url).AbsolutePath);
            await ConnectedAsync(page);
        }
        Assert.Equal(2, asked.Count(question => question.Contains("离开本页会结束终端会话", StringComparison.Ordinal)));

        // A colleague is told whose it is, ends it and has the machine.
        await using var second = await LoginAsync(site, "zhao.lei", "operator");
        await second.Page.GotoAsync(new Uri(site.Url, path).ToString());
        var theirs = second.Page.GetByRole(AriaRole.Dialog);
        await OpenAsync(second.Page);
        await second.Page.Keyboard.PressAsync("Enter");
        await Expect(theirs.GetByRole(AriaRole.Alert)).ToContainTextAsync("li.na");
        await theirs.GetByRole(AriaRole.Button, new() { Name = "结束该会话" }).ClickAsync();
        await Expect(theirs).ToContainTextAsync("该会话已结束，现在可以打开终端。");
        await Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("会话已被人结束");
        await theirs.GetByRole(AriaRole.Button, new() { Name = "打开终端" }).ClickAsync();
        await ConnectedAsync(second.Page);

        // Nothing is running here any more: nobody is asked.
        await PushAsync(page, "/machines/dc1/ANOTHER-1");
        await Expect(page.Locator("main h1")).ToHaveTextAsync("ANOTHER-1");
        Assert.Equal(2, asked.Count);
        second.Page.Dialog += async (_, question) => await question.AcceptAsync();
        await PushAsync(second.Page, "/machines/dc1/ANOTHER-1");
        await Expect(second.Page.Locator("main h1")).ToHaveTextAsync("ANOTHER-1");
        while ((await RecordedAsync(site, sn)).Count() < 6)
            await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.Equal(["shell.closed", "shell.opened", "shell.closed", "shell.opened", "shell.closed", "shell.opened"], await RecordedAsync(site, sn));
    }

    /// <summary>As a link of the page does.</summary>
    private static Task PushAsync(IPage page, string path) =>
        page.EvaluateAsync("(path) => document.querySelector('#app').__vue_app__.config.globalProperties.$router.push(path).then(() => undefined)", path);

    private static async Task<IEnumerable<string?>> RecordedAsync(Site site, string sn) =>
        (await site.GetAsync($"/api/v1/audit?idc=dc1&sn={Uri.EscapeDataString(sn)}&action=shell."))["items"]!.AsArray().Select(record => (string?)record!["action"]);

    /// <summary>No button, and the service refuses the call and the terminal of somebody else's session.</summary>
    private async Task NothingForViewersAsync(Site site, string sn)
    {
        await using var open = await LoginAsync(site, "wang.fang", "viewer");
        await open.Page.GotoAsync(new Uri(site.Url, $"/machines/dc1/{Uri.EscapeDataString(sn)}").ToString());
        await Expect(open.Page.Locator("main h1")).ToHaveTextAsync(sn);
        await Expect(open.Page.GetByRole(AriaRole.Button, new() { Name = "救援终端" })).ToHaveCountAsync(0);
        var refused = await open.Page.EvaluateAsync<string>("""
            async (path) => {
              const me = await (await fetch('/api/v1/me')).json();
              const asked = await fetch(path, { method: 'POST', headers: { 'X-CSRF-Token': me.csrf_token } });
              const session = await (await fetch(path)).json();
              const socket = new WebSocket(`${location.origin.replace('http', 'ws')}${path}/terminal?session=${session.id}`);
              const opened = await new Promise((done) => { socket.onopen = () => done('joined'); socket.onclose = () => done('refused'); });
              return `${asked.status} ${(await asked.json()).code} ${session.by} ${opened}`;
            }
            """, $"/api/v1/machines/dc1/{Uri.EscapeDataString(sn)}/shell");
        Assert.Equal("403 not_allowed li.na refused", refused);
    }

    private async Task<OpenPage> LoginAsync(Site site, string name, string role)
    {
        var given = (string)(await site.PostAsync("/api/v1/users", new { name, roles = new[] { new { role } } }))["password"]!;
        var open = await chromium.OpenAsync(site.Url);
        await AccessTests.LoginAsync(open.Page, name, given);
        await AccessTests.ChangePasswordAsync(open.Page, given);
        await open.ConnectedAsync();
        return open;
    }

    private static async Task OpenAsync(IPage page)
    {
        await page.Locator("main").GetByRole(AriaRole.Button, new() { Name = "救援终端" }).ClickAsync();
        await Expect(page.Locator("#shell-reason")).ToBeFocusedAsync();
    }

    private static async Task ConnectedAsync(IPage page)
    {
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("已连接");
        await Expect(page.Locator(".xterm-helper-textarea")).ToBeFocusedAsync();
    }

    private static async Task CheckAsync(OpenPage open, string where)
    {
        var found = await AccessibilityTests.FindAsync(open);
        Assert.True(!found.Any(), $"{where}: {string.Join("\n", found)}");
        Assert.True(await open.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"{where} is wider than the screen");
    }

    private static async Task<(int Rows, int Columns)> SizeAsync(string file)
    {
        var numbers = (await ContentAsync(file)).Split(' ');
        return (int.Parse(numbers[0], System.Globalization.CultureInfo.InvariantCulture), int.Parse(numbers[1], System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>What stands in a file that somebody else writes, once it is whole.</summary>
    private static async Task<string> ContentAsync(string file, bool empty = false)
    {
        for (var looks = 0; ; looks++)
        {
            if (File.Exists(file) && (empty || (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).EndsWith('\n')))
                return (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).TrimEnd('\n');
            Assert.True(looks < 1200, $"{file} is not written.");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    [GeneratedRegex("^剩余 [0-5]:[0-5][0-9]$")]
    private static partial Regex TimeLeft();
}
