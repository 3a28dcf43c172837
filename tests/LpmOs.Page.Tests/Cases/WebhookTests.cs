using System.Net;
using LpmOs.Page.Tests.Browsing;
using LpmOs.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LpmOs.Page.Tests.Cases;

public sealed class WebhookTests(Chromium chromium, SharedSite shared)
{
    [Fact]
    public async Task A_webhook_is_made_tried_fails_for_good_and_is_taken_away()
    {
        // A receiver that is gone for good: what is sent to it becomes a dead letter at once.
        using var receiver = new HttpListener();
        var address = $"http://127.0.0.1:{LoopbackPorts.Next()}/";
        receiver.Prefixes.Add(address);
        receiver.Start();
        var answering = Task.Run(async () =>
        {
            while (receiver.IsListening)
            {
                try
                {
                    var call = await receiver.GetContextAsync();
                    call.Response.StatusCode = call.Request.Headers["X-LpmOs-Event"] == "test" ? 204 : 410;
                    call.Response.Close();
                }
                catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }
            }
        }, TestContext.Current.CancellationToken);

        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/webhooks"));
        var page = open.Page;
        page.Dialog += (_, dialog) => dialog.AcceptAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "新建 Webhook" }).First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "保存" }).ClickAsync();
        await Expect(page.Locator("#hook-url-new-error")).ToHaveTextAsync("必填");
        await Expect(page.Locator("#hook-secret-new-error")).ToHaveTextAsync("必填");
        await page.Locator("#hook-url-new").FillAsync(address);
        await page.GetByRole(AriaRole.Button, new() { Name = "生成" }).ClickAsync();
        await page.GetByLabel("待审批").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "保存" }).ClickAsync();
        var card = page.Locator("section.card", new() { HasText = address });
        await Expect(card).ToContainTextAsync("已完成、失败、待审批");

        await card.GetByRole(AriaRole.Button, new() { Name = "发送测试" }).ClickAsync();
        await Expect(card.GetByRole(AriaRole.Status)).ToHaveTextAsync("对方已接收（204）");
        await shared.Site.PostAsync("/api/v1/tasks", Samples.Task("HOOKED", 44_001, "dc-hook"));
        await card.GetByRole(AriaRole.Button, new() { Name = "投递记录" }).ClickAsync();
        var letter = card.Locator("details", new() { HasText = "410" });
        await Expect(letter.First).ToContainTextAsync("task.pending");
        await letter.First.Locator("summary").ClickAsync();
        await Expect(letter.First.Locator("pre .hljs-attr").First).ToBeVisibleAsync();
        await Expect(letter.First.Locator("pre")).ToContainTextAsync("\"status\": \"pending\"");

        await card.GetByRole(AriaRole.Button, new() { Name = "删除" }).ClickAsync();
        await Expect(card).ToHaveCountAsync(0);
        Assert.DoesNotContain((await shared.Site.GetAsync("/api/v1/webhooks"))["items"]!.AsArray(), hook => (string?)hook!["url"] == address);
        Assert.All(open.Complaints, complaint => Assert.StartsWith("dialog", complaint, StringComparison.Ordinal));
        receiver.Stop();
        await answering;
    }
}
