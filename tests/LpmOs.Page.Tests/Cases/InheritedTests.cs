using LpmOs.Page.Tests.Browsing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LpmOs.Page.Tests.Cases;

/// <summary>What a person did not change stays what it was, and goes where it was read from.</summary>
public sealed class InheritedTests(Chromium chromium, SharedSite shared)
{
    private const string Idc = "dc1";

    /// <summary>A layout is one value: who changes its wipe alone does not lose its volumes and its encryption.</summary>
    [Fact]
    public async Task One_field_of_an_inherited_layout_is_changed_and_the_rest_of_it_kept()
    {
        const string sn = "INHERIT-DISK";
        await shared.Site.ReportAsync(Samples.Report(sn, 44_001, "P5600", Samples.Disk("/dev/nvme0n1", "INHERIT-A", null), Samples.Disk("/dev/nvme1n1", "INHERIT-B", null)));
        await shared.Site.PutAsync("/api/v1/profiles/inherit-lvm", new { os_type = "debian", os_version = "12", disk_layout = new { preset = "lvm", wipe = "quick", disk = new { prefer = "smallest" }, encryption = new { passphrase = "open sesame, please" } } });
        await using var open = await OpenAsync(sn, 44_001, "inherit-lvm");
        var (page, dialog) = (open.Page, open.Page.GetByRole(AriaRole.Dialog));
        await Expect(page.Locator("#create-layout option:checked")).ToContainTextAsync("不填");
        await dialog.Locator(".disk", new() { HasText = "INHERIT-B" }).ClickAsync();
        await Expect(page.Locator("#create-layout")).ToHaveValueAsync("lvm");
        await Expect(page.Locator("#create-wipe")).ToHaveValueAsync("quick");
        await Expect(dialog.Locator(".whole")).ToContainTextAsync("整体");
        await Expect(dialog.Locator(".preview")).ToContainTextAsync("INHERIT-B");
        // Back to the profile's, and once more.
        await dialog.GetByRole(AriaRole.Button, new() { Name = "按继承" }).ClickAsync();
        await Expect(dialog.Locator(".whole")).ToHaveCountAsync(0);
        await Expect(page.Locator("#create-disk-hint")).ToContainTextAsync("inherit-lvm@1");
        await page.Locator("#create-wipe").SelectOptionAsync("overwrite");
        await Expect(page.Locator("#create-disk")).ToHaveValueAsync("smallest");
        await dialog.Locator(".el-dialog__footer .el-button--primary").ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        var layout = (await shared.Site.GetAsync($"/api/v1/tasks/{Idc}/{sn}"))["disk_layout"]!;
        Assert.Equal(("lvm", "overwrite", "smallest"), ((string?)layout["preset"], (string?)layout["wipe"], (string?)layout["disk"]!["prefer"]));
        Assert.StartsWith("sealed:", (string?)layout["encryption"]!["passphrase"], StringComparison.Ordinal);
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task A_number_that_is_none_is_refused_at_its_field_and_one_in_full_width_digits_is_one()
    {
        const string sn = "INHERIT-MTU";
        await shared.Site.ReportAsync(Samples.Report(sn, 44_002, "P5600"));
        await shared.Site.PutAsync("/api/v1/profiles/inherit-plain", new { os_type = "debian", os_version = "12" });
        await using var open = await OpenAsync(sn, 44_002, "inherit-plain");
        var (page, dialog) = (open.Page, open.Page.GetByRole(AriaRole.Dialog));
        // The version of the system that the profile names may be another.
        await page.Locator("#create-version").FillAsync("11");
        await page.Locator("#create-network").SelectOptionAsync("set");
        await page.Locator("#create-mode-0").SelectOptionAsync("dhcp");
        await dialog.Locator("details.more summary").ClickAsync();
        await page.Locator("#create-mtu-0").FillAsync("9000B");
        await Expect(page.Locator("#create-mtu-0-error")).ToContainTextAsync("whole number");
        await page.Locator("#create-mtu-0").FillAsync("９０００");
        await Expect(page.Locator("#create-mtu-0-error")).ToHaveCountAsync(0);
        await dialog.Locator(".el-dialog__footer .el-button--primary").ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        var task = await shared.Site.GetAsync($"/api/v1/tasks/{Idc}/{sn}");
        Assert.Equal(("11", 9000), ((string?)task["os_version"], (int)task["network"]!["interfaces"]![0]!["mtu"]!));
    }

    [Fact]
    public async Task Defaults_go_where_they_were_read_from_whatever_is_typed_above_meanwhile()
    {
        await shared.Site.PutAsync("/api/v1/idcs/inherit-a/defaults", new { packages = new[] { "chrony" } });
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/defaults?layer=idc&idc=inherit-a"));
        var page = open.Page;
        await Expect(page.Locator("#defaults-packages")).ToHaveValueAsync("chrony");
        await page.Locator("#defaults-packages").FillAsync("chrony vim");
        await page.Locator("#defaults-idc").FillAsync("inherit-b");
        await page.GetByRole(AriaRole.Button, new() { Name = "保存" }).ClickAsync();
        await Expect(page.Locator(".el-notification, .el-message").First).ToBeVisibleAsync();
        Assert.Equal("vim", (string?)(await shared.Site.GetAsync("/api/v1/idcs/inherit-a/defaults"))["packages"]![1]);
        Assert.Null((await shared.Site.GetAsync("/api/v1/idcs/inherit-b/defaults"))["packages"]);
    }

    [Fact]
    public async Task A_change_of_site_that_is_called_back_leaves_the_box_where_the_text_is()
    {
        await shared.Site.PutAsync("/api/v1/idcs/inherit-c/defaults", new { packages = new[] { "chrony" } });
        await shared.Site.ReportAsync(Samples.Report("INHERIT-SITE", 44_003, "P5600"));
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/templates/ipxe/blocked.ipxe"));
        var page = open.Page;
        page.Dialog += (_, dialog) => dialog.DismissAsync();
        await Expect(page.Locator("#template-text")).ToBeVisibleAsync();
        await page.Locator("#template-text").FillAsync("#!ipxe\necho changed\n");
        await page.Locator("select.site").SelectOptionAsync(Idc);
        await Expect(page.Locator("select.site")).ToHaveValueAsync("");
        await Expect(page.Locator("#template-text")).ToHaveValueAsync("#!ipxe\necho changed\n");
    }

    private async Task<OpenPage> OpenAsync(string sn, int mac, string profile)
    {
        var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/tasks"));
        var page = open.Page;
        await page.Locator("main .head .el-button--primary").ClickAsync();
        await page.Locator("#create-idc").FillAsync(Idc);
        await page.Locator("#create-sn").FillAsync(sn);
        await page.Locator("#create-mac").FillAsync(Samples.Mac(mac));
        await page.Locator("#create-profile").FillAsync(profile);
        await Expect(page.Locator("#create-os-hint")).ToContainTextAsync(profile);
        await page.Locator("button.more").ClickAsync();
        return open;
    }
}
