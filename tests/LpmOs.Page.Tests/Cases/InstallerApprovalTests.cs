using System.Security.Cryptography;
using System.Text;
using LpmOs.Page.Tests.Browsing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LpmOs.Page.Tests.Cases;

/// <summary>What a vendor's installer will be given, letter by letter, before anybody approves it; and every disk that a plan writes.</summary>
public sealed class InstallerApprovalTests(Chromium chromium, SharedSite shared)
{
    [Theory]
    [InlineData("preseed", "debian", "12", "debian-12/linux", "debian-12/initrd.gz", "preseed.cfg", "d-i partman-auto/method string regular")]
    [InlineData("kickstart", "rocky", "9", "rocky-9/vmlinuz", "rocky-9/initrd.img", "ks.cfg", "zerombr")]
    public async Task The_files_of_an_installer_are_shown_coloured_and_are_those_of_the_plan(string method, string system, string version, string kernel, string initrd, string file, string line)
    {
        var sn = $"INSTALLER-{method}";
        var mac = 47_000 + method.Length;
        foreach (var name in (string[])[kernel, initrd])
            await shared.Site.BringAssetAsync(name, Encoding.UTF8.GetBytes($"bytes of {name}"));
        await shared.Site.ReportAsync(Samples.Report(sn, mac, "P5600", Samples.Disk("/dev/nvme0n1", $"DISK-{sn}", "mysql-data")));
        var spec = Samples.Task(sn, mac);
        (spec["os_type"], spec["os_version"], spec["install_method"], spec["hostname"]) = (system, version, method, "rack-7");
        spec["scripts"] = new[] { new { name = "set-motd", when = "post", text = "#!/bin/sh\necho '<b>welcome</b>' > /etc/motd\n" } };
        await shared.Site.PostAsync("/api/v1/tasks", spec);

        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, $"/tasks/dc1/{sn}"));
        var (page, dialog) = (open.Page, open.Page.GetByRole(AriaRole.Dialog));
        await page.GetByRole(AriaRole.Button, new() { Name = "✓ 审批" }).ClickAsync();
        await Expect(dialog.Locator("[data-stakes=data]")).ToContainTextAsync("mysql-data");
        await Expect(dialog.Locator(".files")).ToContainTextAsync("sha256 " + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"bytes of {kernel}"))));
        var part = dialog.Locator(".files details").Filter(new() { Has = page.GetByText(file, new() { Exact = true }) });
        await part.Locator("summary").ClickAsync();
        var shown = part.Locator("pre");
        await Expect(shown).ToContainTextAsync(line);
        await Expect(part.Locator(".good")).ToContainTextAsync("与计划");
        Assert.True(await shown.Locator("[class^=hljs-]").CountAsync() > 5, "Its text is coloured.");
        // What is drawn in colours is what the machine will get, byte for byte.
        var plan = await shared.Site.GetAsync($"/api/v1/tasks/dc1/{sn}/plan");
        var digest = plan["plan"]!["installer"]!["files"]!.AsArray().First(one => (string?)one!["name"] == file)!["sha256"];
        Assert.Equal((string?)digest, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(await shown.EvaluateAsync<string>("element => element.textContent")))));
        Assert.Equal(0, await shown.Locator("b, i, script").CountAsync());

        var approve = dialog.GetByRole(AriaRole.Button, new() { Name = "✓ 审批" });
        await Expect(approve).ToBeDisabledAsync();
        await page.Locator("#approve-sn").FillAsync(sn);
        await approve.ClickAsync();
        await Expect(page.Locator(".large .tag")).ToHaveTextAsync("已审批");
        Assert.Equal((string?)plan["plan_hash"], (string?)(await shared.Site.GetAsync($"/api/v1/tasks/dc1/{sn}"))["approval"]!["plan_hash"]);
        await shared.Site.PostAsync($"/api/v1/tasks/dc1/{sn}/cancel", new { reason = "测试结束" });
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Every_disk_that_a_plan_writes_is_warned_of_and_one_with_data_among_them_asks_for_the_serial_number()
    {
        const string sn = "EVERY-DISK";
        await shared.Site.ReportAsync(Samples.Report(sn, 47_100, "P5600", Disk("/dev/nvme0n1", "PAIR", "PAIR-1", null), Disk("/dev/nvme1n1", "PAIR", "PAIR-2", "mysql-data"), Disk("/dev/nvme2n1", "OTHER", "OTHER-1", "not-touched")));
        var spec = Samples.Task(sn, 47_100);
        (spec["os_type"], spec["disk_layout"]) = ("Debian 12", new { preset = "raid1" });
        await shared.Site.PostAsync("/api/v1/tasks", spec);

        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, $"/tasks/dc1/{sn}"));
        var (page, dialog) = (open.Page, open.Page.GetByRole(AriaRole.Dialog));
        await page.GetByRole(AriaRole.Button, new() { Name = "✓ 审批" }).ClickAsync();
        // The first of them is empty; the second is not, and that counts.
        var warning = dialog.Locator("[data-stakes=data]");
        await Expect(warning).ToContainTextAsync("/dev/nvme1n1 PAIR 1.9 TB 上的全部内容将被永久删除");
        await Expect(warning).ToContainTextAsync("mysql-data");
        await Expect(warning).Not.ToContainTextAsync("not-touched");
        foreach (var serial in (string[])["PAIR-1", "PAIR-2"])
            await Expect(dialog.Locator("dd", new() { HasText = $"serial {serial}" })).ToHaveCountAsync(1);
        await Expect(dialog.Locator(".drawing .top[data-kind=disk]")).ToHaveCountAsync(2);
        var approve = dialog.GetByRole(AriaRole.Button, new() { Name = "✓ 审批" });
        foreach (var typed in (string[])["", sn.ToLowerInvariant(), sn + "-1"])
        {
            await page.Locator("#approve-sn").FillAsync(typed);
            await Expect(approve).ToBeDisabledAsync();
        }
        await page.Locator("#approve-sn").FillAsync(sn);
        await page.Locator("#approve-sn").PressAsync("Enter");
        await Expect(page.Locator(".large .tag")).ToHaveTextAsync("已审批");
        Assert.Empty(open.Complaints);
    }

    private static object Disk(string device, string model, string serial, string? label) => new
    {
        device, size_gb = 1920, size_bytes = 1_920_000_000_000, type = "nvme", model, serial,
        content = label is null
            ? (object)new { digest = new string('b', 64), partitions = Array.Empty<object>() }
            : new { partition_table = "gpt", digest = new string('a', 64), partitions = new[] { new { number = 1, size_bytes = 1_000_000_000_000, file_system = "xfs", label } } },
    };
}
