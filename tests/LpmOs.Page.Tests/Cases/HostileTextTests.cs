using LpmOs.Page.Tests.Browsing;
using static Microsoft.Playwright.Assertions;

namespace LpmOs.Page.Tests.Cases;

/// <summary>What firmware, operators and logs say is shown as text, whatever it says.</summary>
public sealed class HostileTextTests(Chromium chromium, SharedSite shared)
{
    private const string Attack = "<img src=x onerror=\"window.hit=1\"><script>window.hit=2</script>{{constructor.constructor('window.hit=3')()}}\u202E gpj.exe \u2066'\"`javascript:alert(1)";

    /// <summary>A text of a hardware report; longer ones are refused.</summary>
    private const int LongestReported = 1024;

    [Theory]
    [InlineData("short", 1440)]
    [InlineData("long", 390)]
    public async Task Text_stays_text(string length, int width)
    {
        var text = length == "short" ? Attack : Attack + new string('W', 1700);
        var sn = $"HOSTILE-{length}";
        var mac = 500 + width;
        await shared.Site.ReportAsync(Samples.Report(sn, mac, length == "short" ? Attack : Attack + new string('W', LongestReported - Attack.Length)));
        var spec = Samples.Task(sn, mac);
        spec["notes"] = text;
        await shared.Site.PostAsync("/api/v1/tasks", spec);
        await shared.Site.PostAsync($"/api/v1/tasks/dc1/{sn}/reject", new { reason = text });

        foreach (var path in (string[])["/", $"/tasks/dc1/{sn}", $"/machines/dc1/{sn}", $"/machines?q={sn}", "/tasks?tab=closed", "/audit", $"/tasks?q={Uri.EscapeDataString(Attack[..90])}", $"/tasks/dc1/{Uri.EscapeDataString("<b>none")}"])
        {
            await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, path), width: width);
            await open.ConnectedAsync();
            await open.Page.WaitForLoadStateAsync(Microsoft.Playwright.LoadState.NetworkIdle);
            if (path == $"/machines/dc1/{sn}" || path == $"/tasks/dc1/{sn}")
                await Expect(open.Page.Locator("main")).ToContainTextAsync("<img src=x onerror=");
            Assert.Null(await open.Page.EvaluateAsync<object?>("window.hit ?? null"));
            Assert.Equal(0, await open.Page.Locator("main img, main script").CountAsync());
            Assert.True(await open.Page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width, $"{path} is wider than the screen");
            // The browser notes answers that say no; nothing else.
            Assert.All(open.Complaints, complaint => Assert.Matches("status of 40[04]", complaint));
        }
    }
}
