using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using LpmOs.Page.Tests.Browsing;
using LpmOs.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LpmOs.Page.Tests.Cases;

/// <summary>Certificates of erasure, as an auditor takes them from the page.</summary>
public sealed class WipeTests(Chromium chromium, SharedSite shared)
{
    private const string Sn = "WIPED-1", Attack = "<img src=x onerror=\"window.hit=1\">\u202E txt.exe";

    [Fact]
    public async Task Each_wiped_disk_has_a_sheet_that_is_printed_and_that_openssl_finds_true()
    {
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, $"/tasks/dc1/{await InstallAsync()}"));
        var page = open.Page;
        await Expect(page.Locator("[data-part=wipes]")).ToHaveCountAsync(0);
        var task = (string)(await shared.Site.GetAsync($"/api/v1/tasks/dc1/{Sn}"))["task_id"]!;
        await WipeAsync(task, "DISK-W1", "verified", 0, null);
        await WipeAsync(task, "DISK-W2", "failed", 3, Attack);

        // Nobody reloads: what an agent tells comes by itself.
        await shared.Site.PostAsAgentAsync("/api/v1/progress", new { sn = Sn, task_id = task, step = "partitioning", percent = 50, message = "" });
        var list = page.Locator("[data-part=wipes]");
        await Expect(list.Locator("[data-result=verified]")).ToContainTextAsync("DISK-W1");
        await Expect(list.Locator("[data-result=failed]")).ToContainTextAsync("未通过");
        await list.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex($"/tasks/dc1/{Sn}/wipes\\?task={task}$"));
        var sheet = page.Locator("article[data-result=verified]");
        foreach (var said in (string[])["磁盘擦除证书", $"{Sn} · dc1", "DISK-W1", "清除首尾与各分区边缘 (edges)", "64 个 4 KiB 抽样块，其中 0 个仍有先前的内容", "-----BEGIN PUBLIC KEY-----"])
            await Expect(sheet).ToContainTextAsync(said);
        await Expect(page.Locator("article[data-result=failed]")).ToContainTextAsync("不能视为已擦除");
        await Expect(page.Locator("article[data-result=failed]")).ToContainTextAsync("<img src=x");
        Assert.Null(await page.EvaluateAsync<object?>("window.hit ?? null"));
        Assert.Empty(await AccessibilityTests.FindAsync(open));

        using var folder = new TemporaryFolder();
        foreach (var file in (string[])["statement.json", "signature.der", "public_key.pem"])
        {
            var download = await page.RunAndWaitForDownloadAsync(() => sheet.GetByRole(AriaRole.Button, new() { Name = file }).ClickAsync());
            Assert.Equal($"{task}-1-DISK-W1-{file}", download.SuggestedFilename);
            await download.SaveAsAsync(folder.File(file));
        }
        Assert.Equal("Verified OK", await OpenSslAsync(folder));
        var statement = await File.ReadAllTextAsync(folder.File("statement.json"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("statement.json"), statement.Replace("DISK-W1", "DISK-W9", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.Equal("Verification failure", await OpenSslAsync(folder));

        await page.EmulateMediaAsync(new() { Media = Media.Print });
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "打印" })).ToBeHiddenAsync();
        var pdf = Encoding.Latin1.GetString(await page.PdfAsync(new() { Format = "A4" }));
        Assert.Equal(2, Regex.Count(pdf, "/Type /Page\\b"));

        await page.EmulateMediaAsync(new() { Media = Media.Screen });
        await page.GotoAsync(new Uri(shared.Site.Url, $"/machines/dc1/{Sn}").ToString());
        await Expect(page.Locator("[data-part=wipes] li")).ToHaveCountAsync(2);
        await page.GotoAsync(new Uri(shared.Site.Url, "/tasks/dc1/NOBODY/wipes").ToString());
        await Expect(page.GetByText("没有擦除证书")).ToBeVisibleAsync();
        Assert.Empty(open.Complaints);
    }

    /// <summary>A machine whose task wipes its two disks, as far as the agent that is about to write them.</summary>
    private async Task<string> InstallAsync()
    {
        await shared.Site.ReportAsync(Samples.Report(Sn, 67_001, "P5600", Disk("/dev/nvme0n1", "DISK-W1"), Disk("/dev/nvme1n1", "DISK-W2")));
        var spec = Samples.Task(Sn, 67_001);
        (spec["os_type"], spec["disk_layout"]) = ("Debian 12", new { preset = "raid1", wipe = "quick" });
        await shared.Site.PostAsync("/api/v1/tasks", spec);
        await shared.Site.PostAsync($"/api/v1/tasks/dc1/{Sn}/approve", new { });
        var id = (string)(await shared.Site.GetAsync($"/api/v1/tasks/dc1/{Sn}"))["task_id"]!;
        Assert.Equal("os_install", (string?)(await shared.Site.PostAsAgentAsync("/api/v1/operations/next", new { sn = Sn, task_id = id }))["operation"]);
        return Sn;
    }

    private Task WipeAsync(string task, string serial, string result, int left, string? message) => shared.Site.PostAsAgentAsync("/api/v1/wipes", new
    {
        sn = Sn, task_id = task, attempt = 1, device = serial == "DISK-W1" ? "/dev/nvme0n1" : "/dev/nvme1n1", serial, model = "P5600", size_bytes = 1_920_000_000_000, method = "edges",
        began_at = "2026-11-22T10:00:00Z", ended_at = "2026-11-22T10:00:05Z", samples = 64, samples_left = left, result, message,
    });

    private static object Disk(string device, string serial) =>
        new { device, size_gb = 1920, size_bytes = 1_920_000_000_000, type = "nvme", model = "P5600", serial, content = new { digest = new string('b', 64), partitions = Array.Empty<object>() } };

    private static async Task<string> OpenSslAsync(TemporaryFolder folder)
    {
        using var openssl = Process.Start(new ProcessStartInfo(RequiredProgram.Find("openssl", "openssl"), ["dgst", "-sha256", "-verify", folder.File("public_key.pem"), "-signature", folder.File("signature.der"), folder.File("statement.json")]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = await openssl.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await openssl.WaitForExitAsync(TestContext.Current.CancellationToken);
        return said.Trim();
    }
}
