using LpmOs.Page.Tests.Browsing;
using static Microsoft.Playwright.Assertions;

namespace LpmOs.Page.Tests.Cases;

public sealed class RestartTests(Chromium chromium)
{
    [Fact]
    public async Task The_page_outlives_its_service_says_so_and_catches_up()
    {
        await using var site = new Site();
        await site.StartAsync();
        await site.PostAsync("/api/v1/tasks", Samples.Task("SN-BEFORE", 1));
        await using var open = await chromium.OpenAsync(new Uri(site.Url, "/tasks?tab=pending"));
        var rows = open.Page.Locator("tbody tr");
        await Expect(rows).ToHaveCountAsync(1);
        await open.Page.EvaluateAsync("window.neverReloaded = true");
        await Expect(open.Badge).ToHaveTextAsync("已连接");

        await site.KillAsync();
        await Expect(open.Badge).ToHaveTextAsync("未连接");
        await Expect(open.Page.GetByRole(Microsoft.Playwright.AriaRole.Alert)).ToContainTextAsync("正在自动重连");
        await Expect(rows).ToHaveCountAsync(1);

        await site.StartAsync();
        await site.PostAsync("/api/v1/tasks", Samples.Task("SN-WHILE-AWAY", 2));
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(open.Badge).ToHaveTextAsync("已连接");
        await site.PostAsync("/api/v1/tasks", Samples.Task("SN-AFTER", 3));
        await Expect(rows.First).ToContainTextAsync("SN-AFTER");
        await Expect(open.Page.Locator("[data-tab=pending] .count")).ToHaveTextAsync("3");
        Assert.True(await open.Page.EvaluateAsync<bool>("window.neverReloaded"));
        // A browser notes connections that were refused or cut, and answers of a service that is still reading its store; nothing else.
        Assert.All(open.Complaints, complaint => Assert.Matches("net::ERR_|WebSocket connection to|status of 503", complaint));
    }
}
