using LpmOs.Page.Tests.Browsing;
using static Microsoft.Playwright.Assertions;

namespace LpmOs.Page.Tests.Cases;

/// <summary>A page behind others gets no frames; what happens meanwhile reaches it all the same.</summary>
public sealed class HiddenTabTests(Chromium chromium, SharedSite shared)
{
    [Fact]
    public async Task A_page_that_is_hidden_while_an_event_waits_for_its_frame_still_tells_of_it_and_of_all_that_follow()
    {
        const string sn = "HIDDEN-1";
        await shared.Site.PostAsync("/api/v1/tasks", Samples.Task(sn, 61_100));
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, $"/tasks/dc1/{sn}"));
        var page = open.Page;
        await page.Context.GrantPermissionsAsync(["notifications"]);
        // A browser without a screen never hides a page: its frames and its own word for it are taken away, as a browser with one does.
        await page.AddInitScriptAsync("""
            window.told = [];
            window.Notification = class extends Notification { constructor(title, options) { super(title, options); window.told.push(title); } };
            window.away = false;
            window.frozen = false;
            Object.defineProperty(document, 'hidden', { get: () => window.away });
            const frame = window.requestAnimationFrame.bind(window);
            window.requestAnimationFrame = (work) => frame((time) => { if (!window.frozen) work(time); });
            window.arrived = [];
            const Wire = window.WebSocket;
            window.WebSocket = class extends Wire {
              constructor(url) {
                super(url);
                this.addEventListener('message', (message) => { const event = JSON.parse(message.data); if (event.type === 'task') setTimeout(() => window.arrived.push(`${event.sn} ${event.data?.status}`)); });
              }
            };
            """);
        await page.ReloadAsync();
        await open.ConnectedAsync();
        await page.Locator(".star").ClickAsync();
        await Expect(page.Locator(".star")).ToHaveAttributeAsync("aria-pressed", "true");

        // The event is there and has asked for a frame that never comes.
        await page.EvaluateAsync("window.frozen = true");
        await shared.Site.PostAsync($"/api/v1/tasks/dc1/{sn}/approve", new { });
        await page.WaitForFunctionAsync($"() => window.arrived.includes('{sn} approved')", null, new() { PollingInterval = 50 });
        await page.EvaluateAsync("() => { window.away = true; document.dispatchEvent(new Event('visibilitychange')); }");
        await page.WaitForFunctionAsync("() => window.told.length === 1", null, new() { PollingInterval = 50 });
        await shared.Site.PostAsync($"/api/v1/tasks/dc1/{sn}/cancel", new { reason = "换机柜" });
        await page.WaitForFunctionAsync("() => window.told.length === 2", null, new() { PollingInterval = 50 });
        Assert.Equal([$"{sn}：已审批", $"{sn}：已取消"], await page.EvaluateAsync<string[]>("window.told"));

        // Looked at again it draws what it knows.
        await page.EvaluateAsync("() => { window.frozen = window.away = false; document.dispatchEvent(new Event('visibilitychange')); }");
        await Expect(page.Locator(".large .tag")).ToHaveTextAsync("已取消");
        Assert.Empty(open.Complaints);
    }
}
