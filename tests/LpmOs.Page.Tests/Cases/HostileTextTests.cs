using LpmOs.Page.Tests.Browsing;
using static Microsoft.Playwright.Assertions;

namespace LpmOs.Page.Tests.Cases;

/// <summary>What firmware, operators and logs say is shown as text, whatever it says.</summary>
public sealed class HostileTextTests(Chromium chromium, SharedSite shared)
{
    private const string Attack = "<img src=x onerror=\"window.hit=1\"><script>window.hit=2</script>{{constructor.constructor('window.hit=3')()}}\u202E gpj.exe \u2066'\"`javascript:alert(1)";

    private const int Long = 10_000;

    [Fact]
    public async Task Ten_kilobytes_of_it_in_addresses_reports_comparisons_documents_and_on_the_wall_are_text_or_nothing()
    {
        const string one = "HOSTILE-A", other = "HOSTILE-B";
        var most = Attack + new string('W', LongestReported - Attack.Length);
        foreach (var (sn, mac) in ((string, int)[])[(one, 2_701), (other, 2_702)])
            await shared.Site.ReportAsync(Samples.Report(sn, mac, sn == one ? most : Attack));
        var spec = Samples.Task(one, 2_701);
        (spec["notes"], spec["tags"]) = (most, new[] { "hostile" });
        await shared.Site.PostAsync("/api/v1/tasks", spec);
        var text = Uri.EscapeDataString((Attack + new string('\u202E', 20) + new string('W', Long))[..Long]);
        foreach (var (path, said) in ((string, string?)[])
        [
            ($"/compare?a=dc1/{one}&b=dc1/{other}", "<img src=x onerror="), ($"/compare?a={text}&b=dc1/{text}", null), ("/report?kind=machines&q=HOSTILE-", "<script>window.hit=2"), ($"/report?kind=tasks&tag=hostile&q={text}", null),
            ("/report?kind=tasks&tag=hostile", one), ($"/wall?every=600&idc={text}", null), ("/wall?every=600&idc=dc1", null), ($"/docs/{text}", "没有这篇文档"), ($"/docs/statuses#{text}", null), ($"/tasks/dc1/{one}/wipes?task={text}", "没有擦除证书"),
        ])
        {
            foreach (var width in (int[])[1440, 390])
            {
                await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/nothing"), width: width);
                await open.ConnectedAsync();
                // As a link within the page does: the service itself takes no request line of that length.
                await open.Page.EvaluateAsync("path => { history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate', { state: null })); }", path);
                await Expect(open.Page.GetByText("没有这个页面")).ToHaveCountAsync(0);
                await open.Page.WaitForLoadStateAsync(Microsoft.Playwright.LoadState.NetworkIdle);
                if (said is not null)
                    await Expect(open.Page.Locator("main")).ToContainTextAsync(said);
                Assert.Null(await open.Page.EvaluateAsync<object?>("window.hit ?? null"));
                Assert.Equal(0, await open.Page.Locator("main img, main script").CountAsync());
                Assert.True(await open.Page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width, $"{path[..Math.Min(80, path.Length)]} is wider than the screen");
                Assert.All(open.Complaints, complaint => Assert.Matches("status of 4(00|04|14|31)|ERR_HTTP", complaint));
            }
        }
    }

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
