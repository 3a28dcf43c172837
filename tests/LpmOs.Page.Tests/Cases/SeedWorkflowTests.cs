using System.Text.Json;
using LpmOs.Page.Tests.Browsing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LpmOs.Page.Tests.Cases;

/// <summary>The whole of an operator's work, on a real agent in a dry run, seen by two people at once.</summary>
public sealed class SeedWorkflowTests(Chromium chromium)
{
    [Fact]
    public async Task A_machine_appears_gets_its_task_is_approved_and_installed_before_the_eyes_of_two()
    {
        await using var site = new Site();
        await site.StartAsync();
        await using var mine = await chromium.OpenAsync(new Uri(site.Url, "/machines?show=unmatched"));
        await using var colleague = await chromium.OpenAsync(new Uri(site.Url, "/tasks?tab=pending"));
        await mine.ConnectedAsync();
        await colleague.ConnectedAsync();
        var page = mine.Page;
        await page.EvaluateAsync("window.neverReloaded = true");
        await colleague.Page.EvaluateAsync("window.neverReloaded = true");
        await Expect(page.GetByText("没有等待任务的服务器")).ToBeVisibleAsync();

        await using var agent = await site.StartAgentAsync();
        var row = page.Locator("tbody tr");
        await Expect(row).ToHaveCountAsync(1);
        var sn = (await row.Locator("a").First.TextContentAsync())!.Trim();
        Assert.Equal(sn, (string?)(await site.GetAsync("/api/v1/machines?unmatched=true"))["items"]![0]!["sn"]);

        await row.GetByRole(AriaRole.Button, new() { Name = "创建任务" }).ClickAsync();
        await Expect(page.GetByLabel("服务器序列号 (SN)")).ToHaveValueAsync(sn);
        await Expect(page.GetByLabel("MAC地址")).Not.ToHaveValueAsync("");
        await page.Locator("#create-os").FillAsync("Debian");
        await page.Locator("#create-os").PressAsync("Tab");
        await page.GetByRole(AriaRole.Button, new() { Name = "创建任务", Exact = true }).Last.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = sn })).ToBeVisibleAsync();

        var theirs = colleague.Page.Locator("tbody tr", new() { HasText = sn });
        await Expect(theirs).ToContainTextAsync("待审批");
        await Expect(colleague.Page.Locator("[data-tab=pending] .count")).ToHaveTextAsync("1");

        // What the bar shows, each time that it changes.
        await page.EvaluateAsync("""
            () => {
              window.shown = [];
              const look = () => { const bar = document.querySelector('.large [role=progressbar]'); if (bar) window.shown.push(Number(bar.getAttribute('aria-valuenow'))); };
              look();
              new MutationObserver(look).observe(document.querySelector('main'), { subtree: true, childList: true, attributes: true });
            }
            """);
        await page.GetByRole(AriaRole.Button, new() { Name = "✓ 审批" }).ClickAsync();
        var approve = page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "✓ 审批" });
        await Expect(page.GetByRole(AriaRole.Dialog).GetByText("还不能给出完整计划")).ToBeVisibleAsync();
        await Expect(approve).ToBeDisabledAsync();
        await page.Locator("#approve-sn").FillAsync(sn);
        await approve.ClickAsync();

        await Expect(theirs).ToHaveCountAsync(0);
        await Expect(page.Locator(".large .tag")).ToHaveTextAsync("已完成");
        await colleague.Page.Locator("[data-tab=completed]").ClickAsync();
        await Expect(theirs).ToContainTextAsync("已完成");
        await Expect(theirs).ToContainTextAsync("演练");
        await Expect(colleague.Page.Locator("[data-tab=pending] .count")).ToHaveTextAsync("0");
        await Expect(page.Locator("[role=log]")).ToContainTextAsync("[dry-run]");

        var shown = await page.EvaluateAsync<JsonElement>("window.shown");
        var values = shown.EnumerateArray().Select(value => value.GetInt32()).Distinct().ToList();
        Assert.True(values.Count >= 3, $"The bar moved in steps: {string.Join(", ", values)}");
        Assert.Equal(values.Order(), values);
        await Expect(page.Locator(".large .percent")).ToHaveTextAsync("100%");
        Assert.True(await page.EvaluateAsync<bool>("window.neverReloaded"));
        Assert.True(await colleague.Page.EvaluateAsync<bool>("window.neverReloaded"));
        Assert.Empty(mine.Complaints);
        Assert.Empty(colleague.Complaints);
        Assert.Equal("completed", (string?)(await site.GetAsync($"/api/v1/tasks/dc1/{sn}"))["status"]);
    }
}
