using LpmOs.Page.Tests.Browsing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LpmOs.Page.Tests.Cases;

/// <summary>axe on the pages on which operators fill things in, with what they say when something is wrong; and hostile texts in them.</summary>
public sealed class FormsAccessibilityTests(Chromium chromium, SharedSite shared)
{
    private const string Attack = "<img src=x onerror=\"window.hit=1\"><script>window.hit=2</script>\u202E gpj.exe '\"`javascript:alert(1)";

    [Theory]
    [InlineData("zh-CN", "light", 1440)]
    [InlineData("zh-CN", "dark", 390)]
    [InlineData("en", "light", 390)]
    [InlineData("en", "dark", 1440)]
    public async Task Axe_finds_nothing_and_text_stays_text(string language, string theme, int width)
    {
        var name = $"axe-{language}-{theme}";
        var number = 45_000 + width + theme.Length;
        await shared.Site.PutAsync($"/api/v1/profiles/{name}", new { description = Attack, os_type = "debian", os_version = "12", variables = new { text = Attack } });
        await shared.Site.PutAsync($"/api/v1/profiles/{name}", new { description = Attack + Attack, os_type = "debian", packages = new[] { "nginx" } });
        await shared.Site.PostAsync("/api/v1/webhooks", new { url = "http://127.0.0.1:1/" + name, secret = new string('s', 20), description = Attack, enabled = false });
        await shared.Site.ReportAsync(Samples.Report(name, number, Attack, Samples.Disk("/dev/nvme0n1", Attack, Attack)));

        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/profiles"), language, theme, width);
        var page = open.Page;
        await CheckAsync("/profiles");
        await page.Locator("main .el-button--primary").First.ClickAsync();
        await page.Locator("#profile-name").FillAsync("not a name");
        await page.Locator("#profile-network").SelectOptionAsync("set");
        await page.Locator("#profile-packages").PressAsync("Enter");
        await Expect(page.Locator("#profile-name-error")).ToBeVisibleAsync();
        await CheckAsync("new profile");
        await GoAsync($"/profiles/{name}");
        await Expect(page.Locator(".differences")).ToBeVisibleAsync();
        await CheckAsync("profile");
        await GoAsync("/profiles/nobody");
        await CheckAsync("no profile");
        await GoAsync($"/defaults?layer=machine&idc=dc1&sn={name}");
        await Expect(page.Locator(".disk")).ToBeVisibleAsync();
        await CheckAsync("defaults");
        await GoAsync("/webhooks");
        var card = page.Locator("section.card", new() { HasText = name });
        await card.Locator("button[aria-expanded]").First.ClickAsync();
        await card.Locator("button[aria-expanded]").Last.ClickAsync();
        await CheckAsync("webhooks");
        await GoAsync("/tasks/batch");
        await CheckAsync("empty batch");
        await page.Locator("#batch-paste").FillAsync($"idc\tsn\tmac\tos_type\tnotes\ndc1\t{Attack}\tnonsense\tdebian\t{Attack}\ndc1\tSN-1\t{Samples.Mac(number + 100)}\tdebian\t\n");
        await page.Locator(".read").ClickAsync();
        await Expect(page.Locator("main .tools [role=status]")).ToContainTextAsync("1");
        await page.Locator("main summary").Last.ClickAsync();
        await CheckAsync("batch");
        await GoAsync($"/machines/dc1/{Uri.EscapeDataString(name)}");
        await page.Locator("main .el-button--primary").First.ClickAsync();
        await page.Locator("#create-os").FillAsync("Debian 12");
        await Expect(page.Locator(".preview [data-stakes=data]")).ToContainTextAsync("<img src=x");
        await page.Locator(".more").ClickAsync();
        await CheckAsync("new task of a machine");
        Assert.All(open.Complaints, complaint => Assert.Matches("status of 40[04]|dialog", complaint));

        async Task GoAsync(string path)
        {
            page.Dialog -= Accept;
            page.Dialog += Accept;
            await page.GotoAsync(new Uri(shared.Site.Url, path).ToString());
        }

        async Task CheckAsync(string where)
        {
            var found = await AccessibilityTests.FindAsync(open);
            Assert.True(!found.Any(), $"{where}: {string.Join("\n", found)}");
            Assert.Null(await page.EvaluateAsync<object?>("window.hit ?? null"));
            Assert.Equal(0, await page.Locator("main img, main script, .el-dialog img, .el-dialog script").CountAsync());
            Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width, $"{where} is wider than the screen");
        }
    }

    [Fact]
    public async Task Many_reasons_why_there_is_no_plan_are_reached_by_the_keyboard()
    {
        const string sn = "AXE-PROBLEMS";
        await shared.Site.ReportAsync(Samples.Report(sn, 44_900, "R750"));
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, $"/machines/dc1/{sn}"));
        var page = open.Page;
        var problems = Enumerable.Range(1, 6).Select(number => new { code = $"reason_{number}", message = $"Reason {number}\nand what it means", advice = "What to do about it, in words enough for a line." });
        await page.RouteAsync("**/api/v1/tasks/preview", async route =>
        {
            var answer = await (await route.FetchAsync()).JsonAsync<System.Text.Json.Nodes.JsonObject>();
            answer!["problems"] = System.Text.Json.JsonSerializer.SerializeToNode(problems, System.Text.Json.JsonSerializerOptions.Default);
            await route.FulfillAsync(new() { ContentType = "application/json", Body = answer.ToJsonString() });
        });
        await page.Locator("[data-key=n]").ClickAsync();
        await page.Locator("#create-os").FillAsync("Debian 12");
        var reasons = page.Locator(".preview .problems");
        await Expect(reasons).ToContainTextAsync("Reason 6");
        // Else nothing is tried here.
        Assert.True(await reasons.EvaluateAsync<bool>("box => box.scrollHeight > box.clientHeight"));
        Assert.Empty(await AccessibilityTests.FindAsync(open));
        await reasons.FocusAsync();
        await page.Keyboard.PressAsync("End");
        await page.WaitForFunctionAsync("() => { const box = document.querySelector('.preview .problems'); return box.scrollTop + box.clientHeight >= box.scrollHeight - 2; }");
    }

    private static void Accept(object? sender, IDialog dialog) => _ = dialog.AcceptAsync();
}
