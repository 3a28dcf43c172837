using LpmOs.Page.Tests.Browsing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LpmOs.Page.Tests.Cases;

/// <summary>The whole way without a mouse: nothing here clicks.</summary>
public sealed class KeyboardTests(Chromium chromium, SharedSite shared)
{
    private const int MostStops = 120;

    [Fact]
    public async Task From_an_unmatched_machine_to_an_approved_and_cancelled_task_with_keys_alone()
    {
        const string Sn = "KEYS-0001";
        await shared.Site.ReportAsync(Samples.Report(Sn, 41_000, "PowerEdge R750"));
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/"));
        await open.ConnectedAsync();
        var page = open.Page;
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator(".skip")).ToBeFocusedAsync();

        await TypeAsync(page, "gm");
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/machines$"));
        await Expect(page.Locator("tbody tr").First).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("/");
        await Expect(page.Locator("main input[type=search]")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync(Sn);
        var row = page.Locator("tbody tr");
        await Expect(row).ToHaveCountAsync(1);
        await Expect(row).ToContainTextAsync(Sn);
        await TabToAsync(page, "tbody .el-button");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator("#create-sn")).ToHaveValueAsync(Sn);
        await TabToAsync(page, "#create-os");
        await page.Keyboard.TypeAsync("Debian");
        await TabToAsync(page, "[role=dialog] .el-dialog__footer .el-button--primary");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = Sn })).ToBeVisibleAsync();

        await TabToAsync(page, ".star");
        await page.Keyboard.PressAsync("Space");
        await Expect(page.Locator(".star")).ToHaveAttributeAsync("aria-pressed", "true");
        await TabToAsync(page, "main .el-button--primary");
        await page.Keyboard.PressAsync("Enter");
        await TabToAsync(page, "#approve-sn");
        await page.Keyboard.TypeAsync(Sn);
        await TabToAsync(page, "[role=dialog] .el-dialog__footer .el-button--primary");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".large .tag")).ToHaveTextAsync("已审批");
        // Within a dialog single keys do nothing, also where it is hidden and still in the document.
        await Expect(page.Locator("[aria-modal=true]")).ToHaveCountAsync(0);

        await TypeAsync(page, "gt");
        await Expect(page.Locator("[data-tab=pending]")).ToBeVisibleAsync();
        await TabToAsync(page, "[data-tab=installing]");
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync(Sn);
        await Expect(row).ToHaveCountAsync(1);
        await Expect(row).ToContainTextAsync(Sn);
        // The row was there before the search was, and what is chosen is forgotten with the list.
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("[?&]q=" + Sn));
        await TabToAsync(page, "main [role=region]");
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(row.Locator("a")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("x");
        await Expect(page.GetByRole(AriaRole.Toolbar)).ToContainTextAsync("已选 1 条");
        await page.Keyboard.PressAsync("Enter");
        await TabToAsync(page, "main .row .el-button");
        await page.Keyboard.PressAsync("Enter");
        await TabToAsync(page, "#decide-reason");
        await page.Keyboard.TypeAsync("用键盘取消");
        await TabToAsync(page, "[role=dialog] .el-dialog__footer .el-button--danger");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".large .tag")).ToHaveTextAsync("已取消");

        // The event may be faster than the answer that closes the dialog.
        await Expect(page.Locator("[aria-modal=true]")).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("?");
        await Expect(page.Locator("dialog.keys")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("dialog.keys")).ToBeHiddenAsync();
        Assert.Equal("cancelled", (string?)(await shared.Site.GetAsync($"/api/v1/tasks/dc1/{Sn}"))["status"]);
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Single_keys_can_be_switched_off_and_do_nothing_while_one_types()
    {
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/tasks"));
        await open.ConnectedAsync();
        var page = open.Page;
        await page.Keyboard.PressAsync("/");
        await Expect(page.Locator("main input[type=search]")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("gm?n");
        await Expect(page.Locator("main input[type=search]")).ToHaveValueAsync("gm?n");
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("main input[type=search]").BlurAsync();
        await page.Keyboard.PressAsync("?");
        await page.Locator("dialog.keys input").UncheckAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("dialog.keys")).ToBeHiddenAsync();
        await page.Keyboard.PressAsync("?");
        await TypeAsync(page, "gm");
        await Expect(page.Locator("dialog.keys")).ToBeHiddenAsync();
        Assert.EndsWith("/tasks", new Uri(page.Url).AbsolutePath, StringComparison.Ordinal);
        // Remembered.
        await page.ReloadAsync();
        await open.ConnectedAsync();
        Assert.False(await page.EvaluateAsync<bool>("JSON.parse(localStorage.getItem('lpmos.preferences')).shortcuts"));
        Assert.Empty(open.Complaints);
    }

    private static async Task TypeAsync(IPage page, string keys)
    {
        foreach (var key in keys)
            await page.Keyboard.PressAsync(key.ToString());
    }

    /// <summary>Tab until the focus is there, as a person would; where it arrives it must be seen.</summary>
    private static async Task TabToAsync(IPage page, string selector)
    {
        await Expect(page.Locator(selector).First).ToBeVisibleAsync();
        for (var stop = 0; stop < MostStops; stop++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (!await page.EvaluateAsync<bool>("selector => document.activeElement.matches(selector)", selector))
                continue;
            var seen = await page.EvaluateAsync<bool>("""
                async () => {
                  await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined)));
                  for (let at = document.activeElement, up = 0; at && up < 3; at = at.parentElement, up++) {
                    const style = getComputedStyle(at);
                    if (style.outlineStyle !== 'none' || style.boxShadow !== 'none') return true;
                  }
                  return false;
                }
                """);
            Assert.True(seen, $"{selector} has the focus and does not show it");
            return;
        }
        Assert.Fail($"{selector} is not reached within {MostStops} stops of the Tab key");
    }
}
