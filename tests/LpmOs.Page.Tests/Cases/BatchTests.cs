using LpmOs.Page.Tests.Browsing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LpmOs.Page.Tests.Cases;

public sealed class BatchTests(Chromium chromium, SharedSite shared)
{
    private const int Tasks = 500;

    [Fact]
    public async Task Five_hundred_tasks_are_drawn_a_few_at_a_time_and_rejected_at_once()
    {
        await shared.Site.PostAsync("/api/v1/tasks/batch", new { tasks = Enumerable.Range(0, Tasks).Select(number => Samples.Task($"BATCH-{number:d4}", 20_000 + number, "dc-batch")).ToArray() });
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/tasks?tab=pending&idc=dc-batch&sort=sn"));
        var page = open.Page;
        await Expect(page.Locator("tbody tr").First).ToContainTextAsync("BATCH-0000");
        await Expect(page.Locator(".total")).ToContainTextAsync($"{Tasks}");
        var table = page.Locator("main [role=region]");
        // Each scroll to the end fetches the page after it, until all are there.
        await page.WaitForFunctionAsync("""
            () => {
              const box = document.querySelector('main [role=region]');
              box.scrollTo(0, box.scrollHeight);
              return box.textContent.includes('BATCH-0499');
            }
            """);
        await Expect(page.Locator("tbody tr").Last).ToContainTextAsync($"BATCH-{Tasks - 1:d4}");
        Assert.InRange(await page.Locator("tbody tr").CountAsync(), 5, 60);

        await page.Locator("thead input").CheckAsync();
        await page.GetByRole(AriaRole.Toolbar).GetByRole(AriaRole.Button, new() { Name = $"拒绝 ({Tasks})" }).ClickAsync();
        await page.Locator("#decide-reason").FillAsync("计划变更");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "拒绝", Exact = true }).ClickAsync();
        await Expect(page.GetByText("没有符合条件的任务")).ToBeVisibleAsync();
        Assert.Equal(Tasks, (int)(await shared.Site.GetAsync("/api/v1/tasks?idc=dc-batch&status=rejected&limit=1"))["total"]!);
        Assert.Equal(0, (int)(await shared.Site.GetAsync("/api/v1/tasks?idc=dc-batch&status=pending&limit=1"))["total"]!);
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Many_are_cancelled_and_many_that_failed_are_tried_again()
    {
        const string idc = "dc-many";
        string[] sns = ["MANY-1", "MANY-2", "MANY-3"];
        var deadline = TimeProvider.System.GetUtcNow().AddSeconds(20);
        foreach (var (sn, index) in sns.Select((sn, index) => (sn, index)))
        {
            var spec = Samples.Task(sn, 60_000 + index, idc);
            spec["deadline"] = deadline;
            await shared.Site.PostAsync("/api/v1/tasks", spec);
            await shared.Site.PostAsync("/api/v1/tasks", Samples.Task($"STOP-{index}", 60_100 + index, idc));
        }
        foreach (var sn in sns.Concat(["STOP-0", "STOP-1", "STOP-2"]))
            await shared.Site.PostAsync($"/api/v1/tasks/{idc}/{sn}/approve", new { });

        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, $"/tasks?tab=installing&idc={idc}&q=STOP"));
        var (page, toolbar, dialog) = (open.Page, open.Page.GetByRole(AriaRole.Toolbar), open.Page.GetByRole(AriaRole.Dialog));
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(3);
        await page.Locator("thead input").CheckAsync();
        await toolbar.GetByRole(AriaRole.Button, new() { Name = "取消任务 (3)" }).ClickAsync();
        await page.Locator("#decide-reason").FillAsync("机柜断电");
        await dialog.Locator(".el-button--danger").ClickAsync();
        await Expect(page.GetByText("没有符合条件的任务")).ToBeVisibleAsync();
        Assert.Equal(3, (int)(await shared.Site.GetAsync($"/api/v1/tasks?idc={idc}&status=cancelled&limit=1"))["total"]!);

        // Whose deadline passes fails by the service's own judgement, under the open page.
        await page.GotoAsync(new Uri(shared.Site.Url, $"/tasks?tab=failed&idc={idc}").ToString());
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(3);
        await Expect(page.Locator("tbody tr").First).ToContainTextAsync("已过最晚完成时间");
        await page.Locator("thead input").CheckAsync();
        await toolbar.GetByRole(AriaRole.Button, new() { Name = "重试 (3)" }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "重试", Exact = true }).ClickAsync();
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(0);
        foreach (var sn in sns)
        {
            var task = await shared.Site.GetAsync($"/api/v1/tasks/{idc}/{sn}");
            Assert.Equal(("pending", 2), ((string?)task["status"], (int)task["attempt"]!));
        }
        Assert.Empty(open.Complaints);
    }
}
