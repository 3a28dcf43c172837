using System.Text;
using LpmOs.Page.Tests.Browsing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LpmOs.Page.Tests.Cases;

/// <summary>Many tasks from a spreadsheet's cells or a file.</summary>
public sealed class BatchCreateTests(Chromium chromium, SharedSite shared)
{
    private const int Rows = 500;

    [Fact]
    public async Task Five_hundred_rows_are_checked_mended_at_the_cell_and_created()
    {
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/tasks/batch"));
        var page = open.Page;
        var cells = new StringBuilder("机房\t序列号\tMAC地址\t操作系统\t标签\n");
        for (var row = 1; row <= Rows; row++)
            cells.Append(System.Globalization.CultureInfo.InvariantCulture, $"dc-sheet\tSHEET-{row:d4}\t{(row == 321 ? "nonsense" : Samples.Mac(50_000 + row))}\tUbuntu 22.04\track-b\n");
        await PasteAsync(page.Locator("#batch-paste"), cells.ToString());

        var status = page.Locator("main .tools [role=status]");
        await Expect(status).ToContainTextAsync($"{Rows - 1} 行可创建，1 行有问题");
        Assert.Equal(0, (int)(await shared.Site.GetAsync("/api/v1/tasks?idc=dc-sheet"))["total"]!);
        Assert.InRange(await page.Locator(".grid tbody tr").CountAsync(), 10, 60);
        await page.GetByRole(AriaRole.Button, new() { Name = "下一个问题" }).ClickAsync();
        var wrong = page.Locator("#cell-320-mac");
        await Expect(wrong).ToBeFocusedAsync();
        await Expect(wrong).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(page.Locator("#batch-fault")).ToContainTextAsync("第 321 行 MAC地址: 不是网卡的 MAC 地址");
        await wrong.FillAsync(Samples.Mac(50_321));
        await wrong.PressAsync("ArrowDown");
        await Expect(page.Locator("#cell-321-mac")).ToBeFocusedAsync();
        await Expect(status).ToContainTextAsync($"全部 {Rows} 行可创建");

        await page.GetByRole(AriaRole.Button, new() { Name = $"创建 {Rows} 个任务" }).ClickAsync();
        await Expect(status).ToContainTextAsync($"已创建 {Rows} 个任务");
        Assert.Equal(Rows, (int)(await shared.Site.GetAsync("/api/v1/tasks?idc=dc-sheet&tag=rack-b"))["total"]!);
        await Expect(page.Locator(".grid").GetByRole(AriaRole.Link).First).ToHaveAttributeAsync("href", new System.Text.RegularExpressions.Regex("^/tasks/dc-sheet/SHEET-"));
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Two_rows_for_one_machine_a_strange_column_and_an_old_encoding_are_told()
    {
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/tasks/batch"));
        var page = open.Page;
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var csv = Encoding.GetEncoding("GB18030").GetBytes($"idc,sn,mac,os_type,notes,颜色\r\ndc-gbk,GBK-1,{Samples.Mac(51_001)},debian,\"新机, 上架\",红\r\ndc-gbk,GBK-1,{Samples.Mac(51_002)},debian,\r\n");
        await page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = "tasks.csv", MimeType = "text/csv", Buffer = csv });
        await Expect(page.Locator(".notes")).ToContainTextAsync("GB18030");
        await Expect(page.Locator(".notes")).ToContainTextAsync("第 1 行第 6 列：没有名为“颜色”的列");
        await Expect(page.Locator(".notes")).ToContainTextAsync("可用的列：idc, sn, mac, os_type");
        await Expect(page.Locator("#cell-0-sn")).ToHaveCountAsync(0);
        csv = Encoding.GetEncoding("GB18030").GetBytes(Encoding.GetEncoding("GB18030").GetString(csv).Replace(",颜色", "", StringComparison.Ordinal).Replace(",红", "", StringComparison.Ordinal));
        await page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = "tasks.csv", MimeType = "text/csv", Buffer = csv });
        await Expect(page.Locator("#cell-0-notes")).ToHaveValueAsync("新机, 上架");
        await Expect(page.Locator("main .tools [role=status]")).ToContainTextAsync("1 行可创建，1 行有问题");
        await Expect(page.Locator("#cell-1-sn")).ToHaveAttributeAsync("aria-invalid", "true");
        // Cells spread from where they are pasted.
        await PasteAsync(page.Locator("#cell-1-sn"), $"GBK-2\t{Samples.Mac(51_002)}\nGBK-3\t{Samples.Mac(51_003)}");
        await Expect(page.Locator("#cell-2-sn")).ToHaveValueAsync("GBK-3");
        await page.Locator("#cell-2-idc").FillAsync("dc-gbk");
        await page.Locator("#cell-2-os_type").FillAsync("debian");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator("main .tools [role=status]")).ToContainTextAsync("全部 3 行可创建");
        Assert.Empty(open.Complaints);
    }

    /// <summary>As the clipboard of a spreadsheet would give it; a headless browser has none that a test may fill.</summary>
    private static Task PasteAsync(ILocator where, string text) => where.EvaluateAsync("""
        (element, text) => {
          const data = new DataTransfer();
          data.setData('text/plain', text);
          element.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
        }
        """, text);
}
