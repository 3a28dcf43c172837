using LpmOs.Page.Tests.Browsing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LpmOs.Page.Tests.Cases;

/// <summary>Who follows a task is told of it by the browser while the page is not looked at, and in the page otherwise.</summary>
public sealed class FollowTests(Chromium chromium, SharedSite shared)
{
    [Fact]
    public async Task A_followed_task_is_told_by_the_browser_or_in_the_page()
    {
        const string sn = "FOLLOW-1";
        await shared.Site.PostAsync("/api/v1/tasks", Samples.Task(sn, 61_000));
        await shared.Site.PostAsync("/api/v1/tasks", Samples.Task("FOLLOW-2", 61_001));
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/tasks?tab=pending&q=FOLLOW-"));
        var page = open.Page;
        await page.Context.GrantPermissionsAsync(["notifications"]);
        // The browser's own notifications, written down as they are made; and a page that is behind others, which a browser without a screen never is.
        await page.AddInitScriptAsync("""
            window.told = [];
            window.Notification = class extends Notification { constructor(title, options) { super(title, options); window.told.push(`${title} | ${options.body}`); window.last = this; } };
            window.away = false;
            Object.defineProperty(document, 'hidden', { get: () => window.away });
            """);
        await page.ReloadAsync();
        await open.ConnectedAsync();
        var row = page.Locator("tbody tr", new() { HasText = sn });
        var star = row.Locator(".star");
        await star.ClickAsync();
        await Expect(star).ToHaveAttributeAsync("aria-pressed", "true");

        await shared.Site.PostAsync($"/api/v1/tasks/dc1/{sn}/approve", new { });
        await Expect(page.Locator(".el-notification")).ToContainTextAsync($"{sn}：已审批");
        Assert.Equal(0, await page.EvaluateAsync<int>("window.told.length"));

        await page.EvaluateAsync("window.away = true");
        await shared.Site.PostAsync("/api/v1/tasks/dc1/FOLLOW-2/reject", new { reason = "没有关注" });
        await shared.Site.PostAsync($"/api/v1/tasks/dc1/{sn}/cancel", new { reason = "换机柜" });
        await page.WaitForFunctionAsync("() => window.told.length > 0");
        Assert.Equal([$"{sn}：已取消 | dc1"], await page.EvaluateAsync<string[]>("window.told"));
        await page.EvaluateAsync("window.away = false; window.last.onclick()");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = sn, Exact = true })).ToBeVisibleAsync();
        Assert.Empty(open.Complaints);
    }
}
