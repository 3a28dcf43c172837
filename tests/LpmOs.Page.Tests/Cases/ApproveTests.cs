using LpmOs.Page.Tests.Browsing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LpmOs.Page.Tests.Cases;

/// <summary>What an approval shows before it opens the way to a disk.</summary>
public sealed class ApproveTests(Chromium chromium, SharedSite shared)
{
    [Fact]
    public async Task A_disk_with_data_is_named_in_plain_words_and_needs_the_serial_number()
    {
        const string sn = "APPROVE-DATA";
        await CreateAsync(sn, 42_001, "mysql-data", "10.0.0.41/24");
        await shared.Site.PostAsync($"/api/v1/tasks/dc1/{sn}/approve", new { });
        await shared.Site.PostAsync($"/api/v1/tasks/dc1/{sn}/cancel", new { reason = "换地址" });
        await CreateAsync(sn, 42_001, "mysql-data", "10.0.0.42/24");

        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, $"/tasks/dc1/{sn}"));
        var (page, dialog) = (open.Page, open.Page.GetByRole(AriaRole.Dialog));
        await page.GetByRole(AriaRole.Button, new() { Name = "✓ 审批" }).ClickAsync();
        await Expect(dialog.Locator("[data-stakes=data]")).ToContainTextAsync("/dev/nvme0n1");
        await Expect(dialog.Locator("[data-stakes=data]")).ToContainTextAsync("将被永久删除");
        await Expect(dialog.Locator("[data-stakes=data]")).ToContainTextAsync("mysql-data");
        await Expect(dialog).ToContainTextAsync("sha256 " + new string('d', 64));
        await dialog.Locator("summary", new() { HasText = "set-motd" }).ClickAsync();
        await Expect(dialog.Locator("details pre")).ToContainTextAsync("echo '<b>welcome</b>' > /etc/motd");
        await Expect(dialog.Locator("details pre .hljs-string")).ToHaveCountAsync(1);
        var compared = dialog.Locator(".compared");
        await Expect(compared.Locator("del")).ToContainTextAsync("10.0.0.41/24");
        await Expect(compared.Locator("ins")).ToContainTextAsync("10.0.0.42/24");
        await Expect(compared.Locator("dt")).ToHaveTextAsync("网络");

        var approve = dialog.GetByRole(AriaRole.Button, new() { Name = "✓ 审批" });
        await Expect(approve).ToBeDisabledAsync();
        await page.Locator("#approve-sn").FillAsync(sn[..^1]);
        await Expect(approve).ToBeDisabledAsync();
        await page.Locator("#approve-sn").FillAsync(sn);
        await approve.ClickAsync();
        await Expect(page.Locator(".large .tag")).ToHaveTextAsync("已审批");
        var task = await shared.Site.GetAsync($"/api/v1/tasks/dc1/{sn}");
        Assert.Equal((string?)task["plan"]!["plan_hash"], (string?)task["approval"]!["plan_hash"]);
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Of_many_at_once_those_with_data_wait_for_their_serial_numbers()
    {
        await CreateAsync("APPROVE-B1", 42_101, null, null);
        await CreateAsync("APPROVE-B2", 42_102, "backup", null);
        await CreateAsync("APPROVE-B3", 42_103, "archive", null);
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/tasks?tab=pending&q=APPROVE-B"));
        var (page, dialog) = (open.Page, open.Page.GetByRole(AriaRole.Dialog));
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(3);
        await page.Locator("thead input").CheckAsync();
        await page.GetByRole(AriaRole.Toolbar).GetByRole(AriaRole.Button, new() { Name = "审批 (3)" }).ClickAsync();
        await Expect(dialog).ToContainTextAsync("将审批 1 个，跳过 2 个");
        var line = dialog.Locator("li", new() { HasText = "APPROVE-B2" });
        await Expect(line).ToContainTextAsync("“backup”");
        await line.GetByRole(AriaRole.Button, new() { Name = "查看完整计划" }).ClickAsync();
        await Expect(line.Locator("[data-stakes=data]")).ToContainTextAsync("将被永久删除");
        await line.GetByRole(AriaRole.Textbox).FillAsync("APPROVE-B2");
        await Expect(dialog).ToContainTextAsync("将审批 2 个，跳过 1 个");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "✓ 审批" }).ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        foreach (var (sn, status) in ((string, string)[])[("APPROVE-B1", "approved"), ("APPROVE-B2", "approved"), ("APPROVE-B3", "pending")])
            Assert.Equal(status, (string?)(await shared.Site.GetAsync($"/api/v1/tasks/dc1/{sn}"))["status"]);
        Assert.Empty(open.Complaints);
    }

    [Theory]
    [InlineData("jbod", "data")]
    [InlineData("unassigned", "unknown")]
    public async Task Disks_that_become_an_array_are_named_with_what_is_on_them(string state, string stakes)
    {
        var sn = "APPROVE-RAID-" + state;
        var mac = state == "jbod" ? 42_201 : 42_202;
        object Member(int slot) => new { id = $"252:{slot}", serial = $"SLOT{slot}-{sn}", size_bytes = 1_920_000_000_000, type = "ssd", transport = "sas", state };
        object[] disks = state == "jbod" ? [Samples.Disk("/dev/sda", $"SLOT0-{sn}", "old-backup"), Samples.Disk("/dev/sdb", $"SLOT1-{sn}", null)] : [];
        await shared.Site.ReportAsync(Samples.Report(sn, mac, "P5600", disks, [new { id = "0", model = "PERC H755 Front", serial = "4A0013RT", tool = "storcli", disks = new[] { Member(0), Member(1) } }]));
        var spec = Samples.Task(sn, mac);
        spec["os_type"] = "Debian 12";
        spec["disk_layout"] = new { preset = "lvm", disk = new { array = "system" }, wipe = "overwrite" };
        spec["hardware_config"] = new { controllers = new[] { new { delete_others = true, arrays = new[] { new { name = "system", level = "raid1", disks = new[] { "252:0", "252:1" } } } } } };
        await shared.Site.PostAsync("/api/v1/tasks", spec);

        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, $"/tasks/dc1/{sn}"));
        var (page, dialog) = (open.Page, open.Page.GetByRole(AriaRole.Dialog));
        await page.GetByRole(AriaRole.Button, new() { Name = "✓ 审批" }).ClickAsync();
        var lost = dialog.Locator($"[data-stakes={stakes}]");
        if (state == "jbod")
        {
            await Expect(lost).ToContainTextAsync("将收用 252:0 处的磁盘");
            await Expect(lost).ToContainTextAsync("old-backup");
        }
        else
        {
            await Expect(lost).ToContainTextAsync("将新建于磁盘 252:0, 252:1");
            await Expect(lost).Not.ToContainTextAsync("服务器没有上报");
        }
        await Expect(dialog).ToContainTextAsync("全盘覆写");
        await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "✓ 审批" })).ToBeDisabledAsync();
        await page.Locator("#approve-sn").FillAsync(sn);
        await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "✓ 审批" })).ToBeEnabledAsync();
        Assert.Empty(open.Complaints);

        // The next task as this one was has its arrays, too.
        await page.Keyboard.PressAsync("Escape");
        await shared.Site.PostAsync($"/api/v1/tasks/dc1/{sn}/cancel", new { reason = "later" });
        await page.Locator("main .el-button--primary").ClickAsync();
        await Expect(dialog.Locator(".kept")).ToContainTextAsync("system");
        // Another server has other controllers.
        await page.Locator("#create-sn").FillAsync(sn + "-OTHER");
        await Expect(dialog.Locator(".kept")).ToHaveCountAsync(0);
        await page.Locator("#create-sn").FillAsync(sn);
        await Expect(dialog.Locator(".kept")).ToHaveCountAsync(1);
        await dialog.Locator(".el-dialog__footer .el-button--primary").ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        var again = await shared.Site.GetAsync($"/api/v1/tasks/dc1/{sn}");
        Assert.Equal(("pending", "raid1"), ((string?)again["status"], (string?)again["hardware_config"]!["controllers"]![0]!["arrays"]![0]!["level"]));
    }

    private async Task CreateAsync(string sn, int mac, string? label, string? address)
    {
        await shared.Site.ReportAsync(Samples.Report(sn, mac, "P5600", Samples.Disk("/dev/nvme0n1", $"DISK-{sn}", label)));
        var spec = Samples.Task(sn, mac);
        spec["os_type"] = "Debian 12";
        spec["scripts"] = new[] { new { name = "set-motd", when = "post", text = "#!/bin/sh\necho '<b>welcome</b>' > /etc/motd\n" } };
        if (address is not null)
            spec["network"] = new { interfaces = new[] { new { addresses = new[] { address }, gateway = "10.0.0.1" } } };
        await shared.Site.PostAsync("/api/v1/tasks", spec);
    }
}
