using LpmOs.Page.Tests.Browsing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LpmOs.Page.Tests.Cases;

/// <summary>Profiles and what is inherited beside them.</summary>
public sealed class ProfileTests(Chromium chromium, SharedSite shared)
{
    private const string Name = "page-web";

    [Fact]
    public async Task A_profile_is_made_changed_compared_and_brought_back()
    {
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/profiles"));
        var page = open.Page;
        page.Dialog += (_, dialog) => dialog.AcceptAsync();
        await page.Locator("main .el-button--primary").First.ClickAsync();
        await page.Locator("#profile-name").FillAsync("no spaces allowed");
        await page.Locator("#profile-priority").FillAsync("1000");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#profile-name-error")).ToContainTextAsync("名称");
        await Expect(page.Locator("#profile-priority-error")).ToContainTextAsync("-100 到 100");
        await page.Locator("#profile-name").FillAsync(Name);
        await page.Locator("#profile-priority").FillAsync("5");
        await page.Locator("#profile-os").FillAsync("Plan 9");
        await page.Locator("#profile-packages").FillAsync("nginx chrony");
        await page.Locator("#profile-packages").PressAsync("Enter");
        // The catalogue is the service's to know.
        await Expect(page.Locator("#profile-os-error")).ToContainTextAsync("Ubuntu (ubuntu)");
        await page.Locator("#profile-os").FillAsync("debian");
        await page.Locator("#profile-packages").PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = $"{Name} @1" })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "编辑" }).ClickAsync();
        await page.Locator("#profile-packages").FillAsync("nginx");
        await page.GetByRole(AriaRole.Button, new() { Name = "保存为新版本" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = $"{Name} @2" })).ToBeVisibleAsync();
        await Expect(page.Locator(".differences del")).ToHaveTextAsync("nginx chrony");
        await Expect(page.Locator(".differences ins")).ToHaveTextAsync("nginx");

        await page.Locator(".versions button").Last.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "恢复此版本" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = $"{Name} @3" })).ToBeVisibleAsync();
        var newest = await shared.Site.GetAsync($"/api/v1/profiles/{Name}");
        Assert.Equal((3, "chrony", 5), ((int)newest["version"]!, (string?)newest["packages"]![1], (int)newest["priority"]!));
        Assert.All(open.Complaints, complaint => Assert.Matches("dialog|status of 400", complaint));
    }

    /// <summary>What programs wrote is what it was after a person changed something else beside it.</summary>
    [Fact]
    public async Task What_nobody_touched_is_saved_as_it_was()
    {
        const string path = "/api/v1/profiles/page-whole";
        static object Part(string role, string size, string? system, string? mount, string? array = null, string? group = null) => new { name = role, role, size, file_system = system, mount_point = mount, array, volume_group = group };
        await shared.Site.PutAsync(path, new
        {
            os_type = "debian", os_version = "12", timezone = "Asia/Shanghai", packages = Array.Empty<string>(), kernel_arguments = new[] { "console=ttyS1,115200" }, ssh_keys = new[] { "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFtXS6Nq0i3Rk8Jwq9y4T7mC0b1yqLz0m3o5tqk9c8aZ one@host" },
            network = new
            {
                interfaces = new object[]
                {
                    new { name = "a", mac = "52:54:00:00:00:01" }, new { name = "b", slot = "0000:3b:00.0" },
                    new { kind = "bond", name = "bond0", dhcp4 = true, addresses = new[] { "2001:db8::5/64" }, gateway6 = "2001:db8::1", bond = new { mode = "802.3ad", members = new[] { "a", "b" }, miimon = 50, lacp_rate = "fast", hash_policy = "layer3+4" }, mtu = 9000 },
                    new { kind = "vlan", name = "bond0.7", dhcp4 = false, dhcp6 = true, accept_ra = true, dns = new[] { "2001:db8::53" }, search = new[] { "example.com" }, vlan = new { id = 7, link = "bond0" } },
                    new { mac = "52:54:00:00:00:03", addresses = new[] { "10.0.0.21/24" }, gateway = "10.0.0.1", dns = new[] { "10.0.0.2" }, routes = new[] { new { to = "10.20.0.0/16", via = "10.0.0.254", metric = 5 } } },
                },
            },
            disk_layout = new
            {
                wipe = "quick",
                disks = new object[]
                {
                    new { name = "pair", disk = new { rotational = false, min_size = "100GB", equal = 2 }, partitions = new[] { Part("bios_boot", "1MiB", null, null), Part("esp", "512MiB", "vfat", "/boot/efi"), Part("boot", "1GiB", null, null, array: "boot"), Part("data", "rest", null, null, array: "rest") } },
                    new { name = "big", disk = new { model = "ST*", transport = "sata", prefer = "largest" }, partitions = new[] { Part("data", "50%", "xfs", "/srv") } },
                },
                arrays = new object[] { new { name = "boot", level = 1, file_system = "ext4", mount_point = "/boot" }, new { name = "rest", level = 1, volume_group = "system" } },
                volume_groups = new[] { new { name = "system", volumes = new object[] { new { name = "root", size = "50GB", file_system = "ext4", mount_point = "/" }, new { name = "swap", size = "8GB", file_system = "swap" }, new { name = "var", size = "rest", file_system = "ext4", mount_point = "/var" } } } },
            },
        });
        var before = await shared.Site.GetAsync(path);
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/profiles/page-whole"));
        var page = open.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "编辑" }).ClickAsync();
        await page.Locator("#profile-tags").FillAsync("touched");
        await page.GetByRole(AriaRole.Button, new() { Name = "保存为新版本" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "page-whole @2" })).ToBeVisibleAsync();
        var after = await shared.Site.GetAsync(path);
        Assert.Equal("touched", (string?)after["tags"]![0]);
        foreach (var field in (string[])["network", "disk_layout", "kernel_arguments", "ssh_keys", "packages", "timezone", "os_version"])
            Assert.Equal(before[field]!.ToJsonString(), after[field]!.ToJsonString());
    }

    [Fact]
    public async Task Two_editors_do_not_overwrite_each_other()
    {
        await shared.Site.PutAsync("/api/v1/profiles/page-two", new { os_type = "debian" });
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/profiles/page-two"));
        var page = open.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "编辑" }).ClickAsync();
        await page.Locator("#profile-tags").FillAsync("mine");
        await shared.Site.PutAsync("/api/v1/profiles/page-two", new { os_type = "debian", tags = new[] { "theirs" } });
        await page.GetByRole(AriaRole.Button, new() { Name = "保存为新版本" }).ClickAsync();
        await Expect(page.GetByText("有人已保存了更新的版本")).ToBeVisibleAsync();
        Assert.Equal("theirs", (string?)(await shared.Site.GetAsync("/api/v1/profiles/page-two"))["tags"]![0]);
        Assert.All(open.Complaints, complaint => Assert.Contains("409", complaint, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Defaults_of_a_tag_and_a_machine_reach_the_effective_values()
    {
        const string sn = "DEFAULTS-1";
        await shared.Site.ReportAsync(Samples.Report(sn, 43_001, "P5600"));
        await shared.Site.PutAsync("/api/v1/profiles/page-effective", new { os_type = "debian", os_version = "12", packages = new[] { "nginx" } });
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/defaults"));
        var page = open.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "标签" }).ClickAsync();
        await page.Locator("#defaults-tag").FillAsync("gpu-page");
        await page.GetByRole(AriaRole.Button, new() { Name = "打开" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "添加变量" }).ClickAsync();
        await page.GetByLabel("变量 1 的名称").FillAsync("driver");
        await page.GetByLabel("变量 1 的值").FillAsync("550");
        await page.GetByRole(AriaRole.Button, new() { Name = "保存" }).ClickAsync();
        await Expect(page.GetByText("设定了：driver")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "服务器", Exact = true }).ClickAsync();
        await page.Locator("#defaults-idc").FillAsync("dc1");
        await page.Locator("#defaults-sn").FillAsync(sn);
        await page.GetByRole(AriaRole.Button, new() { Name = "打开" }).ClickAsync();
        await page.Locator("#defaults-hostname").FillAsync("gpu-01");
        await page.Locator(".disk").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "保存" }).ClickAsync();
        await Expect(page.GetByText("设定了：主机名 · 磁盘")).ToBeVisibleAsync();

        await page.GotoAsync(new Uri(shared.Site.Url, "/profiles/page-effective").ToString());
        await page.Locator("#effective-idc").FillAsync("dc1");
        await page.Locator("#effective-sn").FillAsync(sn);
        await page.Locator("#effective-tag").FillAsync("gpu-page");
        await page.Locator("#effective-tag").PressAsync("Enter");
        foreach (var (value, origin) in ((string, string)[])[("gpu-01", $"服务器 dc1/{sn}"), ("P5600", $"服务器 dc1/{sn}"), ("550", "标签 gpu-page"), ("nginx", "模板 page-effective@1")])
            await Expect(page.Locator("tr", new() { HasText = origin }).Filter(new() { HasText = value })).ToHaveCountAsync(1);
        Assert.Empty(open.Complaints);
    }
}
