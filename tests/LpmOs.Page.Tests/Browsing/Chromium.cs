using LpmOs.Testing;
using Microsoft.Playwright;

namespace LpmOs.Page.Tests.Browsing;

/// <summary>Debian's Chromium, driven by Playwright.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        var program = RequiredProgram.Find("chromium", "chromium");
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = program,
            // As root there is no sandbox; the rest keeps Chromium from calling anyone.
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>A page of a person who has never been here, or has chosen language and theme.</summary>
    internal async Task<OpenPage> OpenAsync(Uri url, string language = "zh-CN", string theme = "light", int width = 1440, int height = 900)
    {
        var context = await _browser!.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, TimezoneId = "Asia/Shanghai", ReducedMotion = ReducedMotion.Reduce });
        await context.AddInitScriptAsync($$"""try { if (!localStorage.getItem('lpmos.preferences')) localStorage.setItem('lpmos.preferences', JSON.stringify({ language: '{{language}}', theme: '{{theme}}', timeZone: '' })) } catch { /* about:blank has none */ }""");
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(60_000);
        Assertions.SetDefaultExpectTimeout(60_000);
        var open = new OpenPage(context, page);
        await page.GotoAsync(url.ToString());
        return open;
    }
}
