using LpmOs.Page.Tests.Browsing;
using LpmOs.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LpmOs.Page.Tests.Cases;

/// <summary>axe (WCAG 2.2 A and AA) on every page and dialog, in both languages and themes.</summary>
public sealed class AccessibilityTests(Chromium chromium, SharedSite shared)
{
    private static readonly string Axe = Path.Combine(Repository.Root, "web", "node_modules", "axe-core", "axe.min.js");

    [Theory]
    [InlineData("zh-CN", "light", 1440)]
    [InlineData("zh-CN", "dark", 390)]
    [InlineData("en", "light", 390)]
    [InlineData("en", "dark", 1440)]
    public async Task Axe_finds_nothing(string language, string theme, int width)
    {
        var sn = $"AXE-{language}-{theme}";
        var mac = 900 + width + theme.Length;
        await shared.Site.ReportAsync(Samples.Report(sn, mac, "PowerEdge R750"));
        await shared.Site.ReportAsync(Samples.Report(sn + "-FREE", mac + 5000, "PowerEdge R750"));
        var spec = Samples.Task(sn, mac);
        (spec["tags"], spec["notes"]) = (new[] { "rack-a1" }, "新机上架");
        await shared.Site.PostAsync("/api/v1/tasks", spec);

        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/"), language, theme, width);
        var source = await File.ReadAllTextAsync(Axe, TestContext.Current.CancellationToken);
        foreach (var path in (string[])["/", "/tasks", "/tasks?tab=completed&q=nobody", $"/tasks/dc1/{sn}", "/tasks/dc1/nobody", "/machines", $"/machines/dc1/{sn}-FREE", "/idcs", "/audit", $"/compare?a=dc1/{sn}&b=dc1/{sn}-FREE", "/report?kind=tasks&tag=rack-a1", "/report?kind=machines", "/wall?every=600", "/docs", "/docs/statuses", "/nothing"])
        {
            await open.Page.GotoAsync(new Uri(shared.Site.Url, path).ToString());
            await CheckAsync(open, source, path);
        }
        await open.Page.GotoAsync(new Uri(shared.Site.Url, "/idcs").ToString());
        await open.Page.Locator("main button[aria-expanded]").First.ClickAsync();
        await Expect(open.Page.Locator("form")).ToBeVisibleAsync();
        await CheckAsync(open, source, "settings");
        await open.Page.GotoAsync(new Uri(shared.Site.Url, $"/tasks/dc1/{sn}").ToString());
        await open.Page.Locator("main .el-button--primary").First.ClickAsync();
        await Expect(open.Page.Locator("#approve-sn")).ToBeVisibleAsync();
        await CheckAsync(open, source, "approval");
        await open.Page.GotoAsync(new Uri(shared.Site.Url, "/tasks").ToString());
        await open.Page.Locator("main .head .el-button--primary").ClickAsync();
        await Expect(open.Page.Locator("#create-sn")).ToBeVisibleAsync();
        await open.Page.Locator(".more").ClickAsync();
        await CheckAsync(open, source, "new task");
        Assert.True(_found.Count == 0, string.Join("\n", _found.Take(20)));
        Assert.All(open.Complaints, complaint => Assert.Contains("404", complaint, StringComparison.Ordinal));
    }

    private readonly List<string> _found = [];

    private async Task CheckAsync(OpenPage open, string axe, string where) => _found.AddRange((await FindAsync(open, axe)).Select(one => $"{where}: {one}"));

    /// <summary>The first things that axe finds on the page as it is now.</summary>
    internal static async Task<IEnumerable<string>> FindAsync(OpenPage open, string? axe = null, bool connected = true)
    {
        // Who has not logged in is in contact with nothing; what is looked at is there already.
        if (connected)
        {
            await open.ConnectedAsync();
            await open.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        }
        await open.Page.EvaluateAsync(axe ?? await File.ReadAllTextAsync(Axe, TestContext.Current.CancellationToken));
        var found = await open.Page.EvaluateAsync<string[]>("""
            async () => {
              await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined)));
              const result = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
              return result.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 160)} ${node.failureSummary}`));
            }
            """);
        return found.Take(4);
    }
}
