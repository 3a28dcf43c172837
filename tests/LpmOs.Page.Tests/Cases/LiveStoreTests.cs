using System.Text.Json;
using LpmOs.Core;
using LpmOs.Core.Domain.Boots;
using LpmOs.Core.Domain.Sites;
using LpmOs.Core.Store;
using LpmOs.Page.Tests.Browsing;
using LpmOs.Testing;
using static Microsoft.Playwright.Assertions;

namespace LpmOs.Page.Tests.Cases;

/// <summary>What boot services of other sites put into the shared store stands on open pages without a reload.</summary>
public sealed class LiveStoreTests(Chromium chromium)
{
    [Fact]
    public async Task A_foreign_dhcp_server_and_a_boot_that_stands_still_appear_under_the_eyes_of_an_operator()
    {
        await using var etcd = await EtcdProcess.StartAsync();
        await using var site = new Site(etcd.Endpoint);
        await site.StartAsync();
        const string sn = "BOOT-1";
        var mac = Samples.Mac(63_000);
        await site.ReportAsync(Samples.Report(sn, 63_000, "R750"));
        await using var overview = await chromium.OpenAsync(new Uri(site.Url, "/"));
        await using var sites = await chromium.OpenAsync(new Uri(site.Url, "/idcs"));
        await using var machine = await chromium.OpenAsync(new Uri(site.Url, $"/machines/dc1/{sn}"));
        foreach (var open in (OpenPage[])[overview, sites, machine])
        {
            await open.ConnectedAsync();
            await open.Page.EvaluateAsync("window.neverReloaded = true");
        }
        await Expect(machine.Page.Locator(".stall")).ToHaveCountAsync(0);

        var now = TimeProvider.System.GetUtcNow();
        await PutAsync(Keys.DhcpServer("dc1", "10.9.9.9"), JsonSerializer.Serialize(new ForeignDhcpServer
        {
            Server = "10.9.9.9", Mac = "02:00:5e:00:99:99", Interface = "eth1", Kind = ForeignDhcpServer.Addresses, Verdict = ForeignDhcpServer.Rogue, Offered = "10.9.9.77", BootFile = "evil<b>.0</b>", FirstSeen = now, LastSeen = now,
        }, CoreJson.Default.ForeignDhcpServer));
        await Expect(overview.Page.GetByText("dc1 有 1 台不该存在的 DHCP 服务器")).ToBeVisibleAsync();
        await Expect(overview.Page.Locator("main")).ToContainTextAsync("02:00:5e:00:99:99 → 10.9.9.77");
        await Expect(sites.Page.Locator("[data-verdict=rogue]")).ToContainTextAsync("10.9.9.9不该存在");
        await Expect(sites.Page.Locator("[data-verdict=rogue]")).ToContainTextAsync("evil<b>.0</b>");

        // As a boot service records a firmware that asks again and again and never takes an address.
        var began = now.AddMinutes(-5);
        await PutAsync(Keys.Boot("dc1", mac), JsonSerializer.Serialize(new BootRecord
        {
            Idc = "dc1", Mac = mac, BootId = began.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff'Z'", System.Globalization.CultureInfo.InvariantCulture), Sn = sn, StartedAt = began, UpdatedAt = began.AddSeconds(9),
            Events =
            [
                new() { At = began, Source = BootEventNames.Dhcp, Event = BootEventNames.DhcpDiscover, Program = BootEventNames.Pxe, Architecture = 7, Count = 4 },
                new() { At = began.AddSeconds(1), Source = BootEventNames.Dhcp, Event = BootEventNames.DhcpOffer, Program = BootEventNames.Pxe, Address = "10.20.0.20", File = "snponly.efi", Count = 4 },
            ],
        }, CoreJson.Default.BootRecord));
        var stall = machine.Page.Locator(".stall");
        await Expect(stall).ToContainTextAsync("怎么办");
        await Expect(machine.Page.Locator(".phases .stalled")).ToHaveTextAsync("DHCP");
        await Expect(overview.Page.GetByText("1 台服务器启动停住了")).ToBeVisibleAsync();

        // The machine is switched on again and asks the real boot service for its script: that is recorded, and the diagnosis goes.
        await site.ReadAsync(new Uri(site.Boot, $"/ipxe?mac={mac}&serial={sn}&platform=efi"));
        await Expect(stall).ToHaveCountAsync(0);
        await Expect(machine.Page.Locator(".events [data-source=http]").First).ToBeVisibleAsync();
        await Expect(machine.Page.Locator(".phases .here")).ToHaveTextAsync("脚本");

        await DeleteAsync(Keys.DhcpServer("dc1", "10.9.9.9"));
        await Expect(overview.Page.GetByText("不该存在的 DHCP 服务器")).ToHaveCountAsync(0);
        foreach (var open in (OpenPage[])[overview, sites, machine])
        {
            Assert.True(await open.Page.EvaluateAsync<bool>("window.neverReloaded"));
            Assert.Empty(open.Complaints);
        }

        Task<string> PutAsync(string key, string value) => EtcdCtl.RunAsync([etcd.Endpoint], null, "put", key, value);
        Task<string> DeleteAsync(string key) => EtcdCtl.RunAsync([etcd.Endpoint], null, "del", key);
    }
}
