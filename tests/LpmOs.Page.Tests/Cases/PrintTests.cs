using System.Text;
using System.Text.RegularExpressions;
using LpmOs.Page.Tests.Browsing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LpmOs.Page.Tests.Cases;

public sealed class PrintTests(Chromium chromium, SharedSite shared)
{
    private const int Tasks = 90;

    [Fact]
    public async Task A_racks_report_is_printed_whole_and_without_the_pages_own_furniture()
    {
        await shared.Site.PostAsync("/api/v1/tasks/batch", new { tasks = Enumerable.Range(0, Tasks).Select(number => new Dictionary<string, object>(Samples.Task($"PRINT-{number:d3}", 62_000 + number, "dc-print")) { ["tags"] = new[] { "rack-print" } }).ToArray() });
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/report?kind=tasks&tag=rack-print"), theme: "dark");
        var page = open.Page;
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(Tasks);
        await page.EvaluateAsync("window.print = () => { window.printed = true; }");
        await page.GetByRole(AriaRole.Button, new() { Name = "打印" }).ClickAsync();
        Assert.True(await page.EvaluateAsync<bool>("window.printed"));

        await page.EmulateMediaAsync(new() { Media = Media.Print });
        await Expect(page.Locator("header").First).ToBeHiddenAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "打印" })).ToBeHiddenAsync();
        await Expect(page.Locator("tbody tr").Last).ToBeVisibleAsync();
        // Nothing scrolls within the paper, and a dark page spends no ink.
        Assert.Equal(0, await page.EvaluateAsync<int>("[...document.querySelectorAll('main, main *')].filter((one) => one.scrollHeight > one.clientHeight + 2 && ['auto', 'scroll'].includes(getComputedStyle(one).overflowY)).length"));
        await Expect(page.Locator("body")).ToHaveCSSAsync("background-color", new Regex("^rgb\\(2[3-5][0-9], 2[3-5][0-9], 2[3-5][0-9]\\)"));

        var pdf = Encoding.Latin1.GetString(await page.PdfAsync(new() { Format = "A4", Landscape = true }));
        Assert.StartsWith("%PDF-", pdf);
        Assert.InRange(Regex.Count(pdf, "/Type /Page\\b"), 2, 12);
        Assert.Empty(open.Complaints);
    }
}
