using LpmOs.Page.Tests.Browsing;
using static Microsoft.Playwright.Assertions;

namespace LpmOs.Page.Tests.Cases;

/// <summary>Answers that come after the person has moved on.</summary>
public sealed class LateAnswerTests(Chromium chromium, SharedSite shared)
{
    private const string Template = "/api/v1/templates/ipxe/blocked.ipxe";

    [Fact]
    public async Task The_late_text_of_one_idc_is_never_saved_as_that_of_another()
    {
        foreach (var idc in (string[])["dc-late-a", "dc-late-b"])
        {
            await shared.Site.PostAsync("/api/v1/tasks", Samples.Task($"LATE-{idc}", idc == "dc-late-a" ? 61_201 : 61_202, idc));
            await shared.Site.PutAsync(Template, new { idc, text = $"#!ipxe\n# of {idc}\nexit\n" });
        }
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/templates"));
        var page = open.Page;
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await page.RouteAsync($"**{Template}?idc=dc-late-a", async route =>
        {
            await held.Task;
            await route.ContinueAsync();
        });
        await page.GotoAsync(new Uri(shared.Site.Url, "/templates/ipxe/blocked.ipxe?idc=dc-late-a").ToString());
        await page.Locator("select.site").SelectOptionAsync("dc-late-b");
        var text = page.Locator("#template-text");
        await Expect(text).ToHaveValueAsync("#!ipxe\n# of dc-late-b\nexit\n");

        var late = page.WaitForResponseAsync(response => response.Url.EndsWith($"{Template}?idc=dc-late-a", StringComparison.Ordinal));
        held.SetResult();
        await (await late).FinishedAsync();
        // Another answer and two frames later the page has done with it what it does.
        await page.EvaluateAsync("async () => { await (await fetch('/healthz')).text(); await new Promise(requestAnimationFrame); await new Promise(requestAnimationFrame); }");
        await Expect(text).ToHaveValueAsync("#!ipxe\n# of dc-late-b\nexit\n");
        await text.PressAsync("Control+End");
        await text.PressSequentiallyAsync("# more");
        await page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "保存为新版本" }).ClickAsync();
        await Expect(page.Locator(".versions li").First).ToContainTextAsync("@2");
        Assert.Equal("#!ipxe\n# of dc-late-b\nexit\n# more", (string?)(await shared.Site.GetAsync($"{Template}?idc=dc-late-b"))["text"]);
        Assert.Equal("#!ipxe\n# of dc-late-a\nexit\n", (string?)(await shared.Site.GetAsync($"{Template}?idc=dc-late-a"))["text"]);
        Assert.Empty(open.Complaints);
    }
}
