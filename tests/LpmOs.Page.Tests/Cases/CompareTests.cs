using LpmOs.Page.Tests.Browsing;
using static Microsoft.Playwright.Assertions;

namespace LpmOs.Page.Tests.Cases;

/// <summary>Two machines side by side, to the last part.</summary>
public sealed class CompareTests(Chromium chromium, SharedSite shared)
{
    [Fact]
    public async Task What_differs_in_modules_cables_arrays_firmware_and_health_stands_side_by_side()
    {
        await ReportAsync("SAME-1", 68_001, "Hynix", "Eth1/7", "optimal", "1.9.2", "4.10", 3);
        await ReportAsync("SAME-2", 68_002, "Samsung", "Eth1/9", "degraded", "2.1.0", "4.22", 91);
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/compare?a=dc1/SAME-1&b=dc1/SAME-2"));
        var page = open.Page;
        await Expect(page.Locator("#compare-table")).ToContainTextAsync("处不同");
        foreach (var (name, one, other) in ((string, string, string)[])
        [
            ("A1", "32 GB · DDR4 · 2933 MT/s · Hynix · HMA84", "32 GB · DDR4 · 2933 MT/s · Samsung · HMA84"), ("端口", "Eth1/7", "Eth1/9"), ("阵列 0/1", "RAID5 · 4 TB · optimal · 252:0 252:1", "RAID5 · 4 TB · degraded · 252:0 252:1"),
            ("固件版本", "1.9.2", "2.1.0"), ("固件版本", "4.10", "4.22"), ("健康", "正常 · 已用寿命 3%", "正常 · 已用寿命 91%"),
        ])
            await Expect(page.Locator("tr.other", new() { Has = page.GetByRole(Microsoft.Playwright.AriaRole.Rowheader, new() { Name = name, Exact = true }) }).Filter(new() { HasText = one }).Filter(new() { HasText = other })).ToHaveCountAsync(1);
        // What is alike is told only to who asks for it.
        var like = page.GetByRole(Microsoft.Playwright.AriaRole.Rowheader, new() { Name = "交换机", Exact = true });
        await Expect(like).ToHaveCountAsync(0);
        await page.GetByLabel("只看不同").UncheckAsync();
        await Expect(like).ToHaveCountAsync(1);
        await Expect(page.Locator("tr", new() { Has = like })).ToContainTextAsync("sw-a07-1");
        Assert.Empty(open.Complaints);
    }

    private Task ReportAsync(string sn, int number, string maker, string port, string state, string bios, string bmc, int wear)
    {
        var mac = Samples.Mac(number);
        return shared.Site.ReportAsync(new
        {
            sn, mac_address = mac,
            hardware = new
            {
                serial_number = sn, mac_address = mac, company = "Inspur", product = "NF5280M6", firmware = new { vendor = "AMI", version = bios, boot_mode = "uefi" }, bmc = new { address = "10.99.0.7", version = bmc },
                cpu = new { model = "Xeon", cores = 32, threads = 64, sockets = 2 },
                memory = new { total_gb = 32, total_bytes = 32L << 30, slots = 32, error_correction = "multi_bit_ecc", dimms = new[] { new { slot = "A1", size_bytes = 32L << 30, type = "DDR4", speed_mts = 3200, configured_speed_mts = 2933, manufacturer = maker, part_number = "HMA84", serial_number = sn } } },
                disks = new[] { new { device = "/dev/sda", size_gb = 960, size_bytes = 960_000_000_000, type = "ssd", serial = "S-" + sn, health = new { passed = true, wear_percent = wear } } },
                raid_controllers = new[] { new { id = "0", model = "PERC H755", tool = "perccli", state = "Optimal", arrays = new[] { new { id = "0/1", level = "raid5", size_bytes = 4_000_000_000_000, state, disks = new[] { "252:0", "252:1" } } } } },
                nics = new[] { new { name = "eno1", mac, driver = "ice", link = true, speed_mbps = 25_000, lldp = new { switch_name = "sw-a07-1", port, vlan = 120 } } },
            },
        });
    }
}
