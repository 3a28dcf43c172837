using LpmOs.Page.Tests.Browsing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LpmOs.Page.Tests.Cases;

/// <summary>Networks of several interfaces and disk layouts, put together on the page and judged by the service.</summary>
public sealed class EditorTests(Chromium chromium, SharedSite shared)
{
    [Fact]
    public async Task A_bond_with_a_vlan_and_a_layout_of_ones_own_reach_the_task()
    {
        const string sn = "EDITOR-1";
        await shared.Site.ReportAsync(Samples.Report(sn, 65_000, "NF5280M6", Samples.Disk("/dev/nvme0n1", "PAIR", null), Samples.Disk("/dev/nvme1n1", "PAIR", null), Samples.Disk("/dev/nvme2n1", "DECOY", "records")));
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, $"/machines/dc1/{sn}"));
        var (page, dialog) = (open.Page, open.Page.GetByRole(AriaRole.Dialog));
        await page.Locator("[data-key=n]").ClickAsync();
        await page.Locator("#create-os").FillAsync("Debian 12");
        await dialog.Locator(".more[aria-controls]").ClickAsync();

        await page.Locator("#create-network").SelectOptionAsync("set");
        await page.Locator("[data-add=bond]").ClickAsync();
        await Expect(page.Locator("fieldset[data-kind=ethernet]")).ToHaveCountAsync(2);
        await page.Locator("#create-mac-1").FillAsync(Samples.Mac(65_001));
        await Expect(page.Locator("fieldset[data-kind=bond] .members input:checked")).ToHaveCountAsync(2);
        await page.Locator("#create-mode-2").SelectOptionAsync("none");
        await page.Locator("[data-add=vlan]").ClickAsync();
        await page.Locator("#create-vlan-3").FillAsync("5000");
        await page.Locator("#create-address-3").FillAsync("10.30.0.5/24");
        await Expect(dialog).ToContainTextAsync("VLAN 号应为 1 到 4094");
        await page.Locator("#create-vlan-3").FillAsync("300");
        await page.Locator("#create-gateway-3").FillAsync("10.30.0.1");

        await page.Locator("#create-layout").SelectOptionAsync("own");
        await dialog.Locator(".editor .start select").SelectOptionAsync("raid1");
        await Expect(dialog.Locator(".editor legend", new() { HasText = "RAID" })).ToHaveCountAsync(1);
        // The drawing follows the form.
        var drawing = dialog.Locator(".preview .drawing");
        await Expect(drawing.Locator(".top[data-kind=disk]")).ToHaveCountAsync(2);
        await Expect(drawing.Locator(".top[data-kind=array]")).ToContainTextAsync("RAID 1");
        await Expect(dialog.Locator(".disks [data-verdict=chosen]")).ToHaveCountAsync(2);
        // Why the third is none of them, and what it holds, in the reader's language.
        await Expect(dialog.Locator(".disks [data-verdict=not]")).ToContainTextAsync("没有与它相同的磁盘");
        await Expect(dialog.Locator(".verdicts tr[data-verdict=not]")).ToContainTextAsync("GPT; 1: xfs “records”");
        await Expect(dialog.Locator(".preview")).ToContainTextAsync("bond(802.3ad");
        Assert.Empty(await AccessibilityTests.FindAsync(open));

        await dialog.GetByRole(AriaRole.Button, new() { Name = "创建任务", Exact = true }).ClickAsync();
        await Expect(page.Locator(".large .tag")).ToHaveTextAsync("待审批");
        var task = await shared.Site.GetAsync($"/api/v1/tasks/dc1/{sn}");
        var interfaces = task["network"]!["interfaces"]!.AsArray();
        Assert.Equal(["nic0", "nic1", "bond0", "vlan0"], interfaces.Select(one => (string?)one!["name"]));
        Assert.Equal(["nic0", "nic1"], interfaces[2]!["bond"]!["members"]!.AsArray().Select(one => (string?)one));
        Assert.Equal((300, "bond0", "10.30.0.5/24"), ((int)interfaces[3]!["vlan"]!["id"]!, (string?)interfaces[3]!["vlan"]!["link"], (string?)interfaces[3]!["addresses"]![0]));
        Assert.Equal(1, (int)task["disk_layout"]!["arrays"]![0]!["level"]!);
        Assert.Equal(2, (int)task["disk_layout"]!["disks"]![0]!["disk"]!["equal"]!);
        // While it is being put together the service refuses some of it, which the browser notes.
        Assert.All(open.Complaints, complaint => Assert.Contains("status of 400", complaint, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_ticked_as_encrypted_can_be_unticked_when_the_passphrase_was_taken_away()
    {
        const string sn = "EDITOR-2";
        await shared.Site.ReportAsync(Samples.Report(sn, 65_010, "NF5280M6", Samples.Disk("/dev/nvme0n1", "ONLY", null)));
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, $"/machines/dc1/{sn}"));
        var (page, dialog) = (open.Page, open.Page.GetByRole(AriaRole.Dialog));
        await page.Locator("[data-key=n]").ClickAsync();
        await page.Locator("#create-os").FillAsync("Debian 12");
        await dialog.Locator(".more[aria-controls]").ClickAsync();
        await page.Locator("#create-layout").SelectOptionAsync("own");
        var boxes = dialog.Locator(".editor .check input");
        await Expect(dialog.Locator(".editor .parts li")).ToHaveCountAsync(3);
        await Expect(boxes).ToHaveCountAsync(0);
        await page.Locator("#create-passphrase").FillAsync("correct horse battery staple");
        await Expect(boxes).ToHaveCountAsync(3);
        await boxes.Last.CheckAsync();

        await page.Locator("#create-passphrase").FillAsync("");
        await Expect(boxes).ToHaveCountAsync(1);
        await Expect(boxes).ToBeCheckedAsync();
        await boxes.ClickAsync();
        await Expect(boxes).ToHaveCountAsync(0);

        await dialog.GetByRole(AriaRole.Button, new() { Name = "创建任务", Exact = true }).ClickAsync();
        await Expect(page.Locator(".large .tag")).ToHaveTextAsync("待审批");
        var layout = (await shared.Site.GetAsync($"/api/v1/tasks/dc1/{sn}"))["disk_layout"]!;
        Assert.DoesNotContain("encrypt", layout.ToJsonString(), StringComparison.Ordinal);
        Assert.All(open.Complaints, complaint => Assert.Contains("status of 400", complaint, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Encryption_that_the_tpm_opens_reaches_the_task_and_what_is_missing_for_it_is_said()
    {
        const string sn = "EDITOR-3";
        await shared.Site.ReportAsync(Samples.Report(sn, 65_020, "NF5280M6", Samples.Disk("/dev/nvme0n1", "TPM-DISK", null)));
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, $"/machines/dc1/{sn}"));
        var (page, dialog) = (open.Page, open.Page.GetByRole(AriaRole.Dialog));
        await page.Locator("[data-key=n]").ClickAsync();
        await page.Locator("#create-os").FillAsync("Debian 12");
        await dialog.Locator(".more[aria-controls]").ClickAsync();
        await page.Locator("#create-layout").SelectOptionAsync("lvm");
        await Expect(page.Locator("#create-unlock")).ToHaveCountAsync(0);
        await page.Locator("#create-passphrase").FillAsync("correct horse battery");
        await page.Locator("#create-unlock").SelectOptionAsync("tpm");
        var create = dialog.GetByRole(AriaRole.Button, new() { Name = "创建任务", Exact = true });
        await page.Locator("#create-pcrs").FillAsync("4");
        await create.ClickAsync();
        // What is wrong is the register: the keyboard is there, and the passphrase is not blamed.
        await Expect(page.Locator("#create-pcrs")).ToBeFocusedAsync();
        await Expect(page.Locator("#create-pcrs")).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(page.Locator("#create-passphrase")).Not.ToHaveAttributeAsync("aria-invalid", "true");
        await page.Locator("#create-pcrs").FillAsync("7, 0");
        await Expect(dialog.Locator(".preview")).ToContainTextAsync("无法按要求加密磁盘");

        await create.ClickAsync();
        await Expect(page.Locator(".large .tag")).ToHaveTextAsync("待审批");
        var encryption = (await shared.Site.GetAsync($"/api/v1/tasks/dc1/{sn}"))["disk_layout"]!["encryption"]!;
        Assert.Equal(("tpm", "7 0"), ((string?)encryption["unlock"], string.Join(' ', encryption["tpm_pcrs"]!.AsArray().Select(one => (int)one!))));
        Assert.StartsWith("sealed:", (string?)encryption["passphrase"], StringComparison.Ordinal);
        Assert.All(open.Complaints, complaint => Assert.Contains("status of 400", complaint, StringComparison.Ordinal));
    }

    [Fact]
    public async Task All_that_the_agent_found_is_shown()
    {
        const string sn = "HARDWARE-1", text = "<b>Intel</b>";
        var mac = Samples.Mac(65_100);
        await shared.Site.ReportAsync(new
        {
            sn, mac_address = mac,
            hardware = new
            {
                serial_number = sn, mac_address = mac, company = "Inspur", product = text, chassis = new { type = "Rack Mount Chassis", height_units = 2, asset_tag = "A-17" }, tpm = new { present = true, version = "2.0", vendor = "IFX" }, bmc = new { address = "10.99.0.7", mac = Samples.Mac(65_101), version = "4.10" },
                cpu = new { model = text, cores = 32, threads = 64, sockets = 2, flags = new[] { "avx2", "vmx" }, numa_nodes = new[] { new { node = 0, cpus = "0-15", memory_bytes = 137L << 30 }, new { node = 1, cpus = "16-31", memory_bytes = 137L << 30 } } },
                memory = new { total_gb = 64, total_bytes = 64L << 30, slots = 32, error_correction = "multi_bit_ecc", dimms = new[] { new { slot = "A1", size_bytes = 32L << 30, type = "DDR4", speed_mts = 3200, configured_speed_mts = 2933, manufacturer = "Hynix", part_number = "HMA84GR7", serial_number = "8A1B" } } },
                disks = new[] { new { device = "/dev/sda", size_gb = 960, size_bytes = 960_000_000_000, type = "ssd", serial = "S1", health = new { passed = false, wear_percent = 98, reallocated_sectors = 12 } } },
                raid_controllers = new[] { new { id = "0", model = "PERC H755", tool = "perccli", state = "Degraded", arrays = new[] { new { id = "0/1", level = "raid5", size_bytes = 4_000_000_000_000, state = "degraded", disks = new[] { "252:0", "252:1" } } }, disks = new[] { new { id = "252:0", model = text, size_bytes = 2_000_000_000_000, state = "failed" } } } },
                nics = new[] { new { name = "eno1", mac, driver = "ice", link = true, speed_mbps = 25_000, lldp = new { switch_name = "sw-a07-1", port = "Eth1/7", vlan = 120 } } },
                pci_devices = new[] { new { slot = "0000:3b:00.0", id = "8086:1592", class_name = "Ethernet controller", name = text, driver = "ice" } },
            },
        });
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, $"/machines/dc1/{sn}"), width: 1600);
        var main = open.Page.Locator("main");
        foreach (var said in (string[])["Rack Mount Chassis · 2U", "2.0 · IFX", "10.99.0.7", "avx2 vmx", "NUMA 节点 1", "1 / 32 个插槽 · ECC（多比特）", "需要更换", "已用寿命 98%", "重映射扇区 12", "PERC H755", "RAID5", "degraded", text])
            await Expect(main).ToContainTextAsync(said);
        await Expect(main.Locator("[data-part=memory] tbody tr")).ToContainTextAsync("2933 MT/s / 3200");
        await Expect(main.Locator("[data-part=nics] tbody tr")).ToContainTextAsync("sw-a07-1 Eth1/7");
        await main.Locator("summary", new() { HasText = "PCI 设备（1）" }).ClickAsync();
        await Expect(main.GetByRole(AriaRole.Table, new() { Name = "PCI 设备（1）" })).ToContainTextAsync("Ethernet controller");
        Assert.Empty(await AccessibilityTests.FindAsync(open));
        Assert.Equal(0, await main.Locator("td b, dd b").CountAsync());
        Assert.Empty(open.Complaints);
    }
}
