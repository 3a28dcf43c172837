using LpmOs.Page.Tests.Browsing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LpmOs.Page.Tests.Cases;

/// <summary>Templates under an operator's hands, in an IDC of their own so that nobody's approval becomes void.</summary>
public sealed class TemplateTests(Chromium chromium, SharedSite shared)
{
    private const string Path = "/templates/ipxe/blocked.ipxe?idc=dc-templates";

    [Fact]
    public async Task A_template_is_rendered_while_it_is_written_saved_compared_and_brought_back()
    {
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, Path));
        var page = open.Page;
        page.Dialog += (_, dialog) => dialog.AcceptAsync();
        var (text, rendered) = (page.Locator("#template-text"), page.Locator("pre.result"));
        await Expect(rendered).ToContainTextAsync("#!ipxe");
        var before = await text.InputValueAsync();

        await text.FillAsync(before + "{{ nonsense( }}\n");
        var lines = before.Split('\n').Length;
        var fault = page.Locator("#template-fault").GetByRole(AriaRole.Button);
        await Expect(fault).ToContainTextAsync($"第 {lines} 行");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "保存为新版本" })).ToBeDisabledAsync();
        await fault.ClickAsync();
        await Expect(text).ToBeFocusedAsync();
        Assert.InRange(await text.EvaluateAsync<int>("field => field.selectionStart"), before.Length, before.Length + 20);

        await text.FillAsync(before + "# <b>rack {{ 6 * 7 }}</b>\n");
        await Expect(rendered).ToContainTextAsync("# <b>rack 42</b>");
        await Expect(rendered.Locator("b")).ToHaveCountAsync(0);
        await page.GetByLabel("改了什么（可选）").FillAsync("机架号");
        await page.GetByRole(AriaRole.Button, new() { Name = "保存为新版本" }).ClickAsync();
        await Expect(page.Locator(".versions li")).ToContainTextAsync("机架号");
        await Expect(page.Locator("pre.diff .added").Filter(new() { HasText = "rack" })).ToHaveCountAsync(1);
        Assert.Equal(("idc", 1), ((string?)(await GetAsync())["origin"], (int)(await GetAsync())["version"]!));

        await page.GetByRole(AriaRole.Button, new() { Name = "恢复内置版本" }).ClickAsync();
        await Expect(page.GetByText("当前使用内置版本。")).ToBeVisibleAsync();
        await Expect(text).ToHaveValueAsync(before);
        Assert.Equal("built_in", (string?)(await GetAsync())["origin"]);
        Assert.All(open.Complaints, complaint => Assert.StartsWith("dialog", complaint, StringComparison.Ordinal));

        async Task<System.Text.Json.Nodes.JsonNode> GetAsync() => await shared.Site.GetAsync("/api/v1/templates/ipxe/blocked.ipxe?idc=dc-templates");
    }

    [Theory]
    [InlineData("zh-CN", "light", 1440)]
    [InlineData("en", "dark", 390)]
    public async Task All_of_them_are_listed_checked_and_pass_axe(string language, string theme, int width)
    {
        await using var open = await chromium.OpenAsync(new Uri(shared.Site.Url, "/templates"), language, theme, width);
        await Expect(open.Page.GetByRole(AriaRole.Link, new() { Name = "entry.ipxe" })).ToBeVisibleAsync();
        await open.Page.Locator("main .el-button").First.ClickAsync();
        await Expect(open.Page.Locator(".lint")).ToHaveAttributeAsync("data-good", "true");
        await CheckAsync("templates");
        await open.Page.GetByRole(AriaRole.Link, new() { Name = "entry.ipxe" }).ClickAsync();
        await Expect(open.Page.Locator("pre.result")).ToContainTextAsync("ipxe");
        await CheckAsync("template");
        Assert.Empty(open.Complaints);

        async Task CheckAsync(string where)
        {
            var found = await AccessibilityTests.FindAsync(open);
            Assert.True(!found.Any(), $"{where}: {string.Join("\n", found)}");
            Assert.True(await open.Page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width, $"{where} is wider than the screen");
        }
    }
}
