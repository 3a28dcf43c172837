using System.Text.Json;
using LpmOs.Page.Tests.Browsing;

namespace LpmOs.Page.Tests.Cases;

public sealed class FirstLoadTests(Chromium chromium, SharedSite shared)
{
    private const double Most = 400_000;

    [Theory]
    [InlineData("/")]
    [InlineData("/tasks")]
    public async Task It_is_small_stays_at_home_and_is_guarded(string path)
    {
        await using var open = await chromium.OpenAsync(new Uri("about:blank"));
        var wire = await open.Page.Context.NewCDPSessionAsync(open.Page);
        await wire.SendAsync("Network.enable");
        var bytes = 0.0;
        wire.Event("Network.loadingFinished").OnEvent += (_, e) => bytes += e!.Value.GetProperty("encodedDataLength").GetDouble();
        var answer = await open.Page.GotoAsync(new Uri(shared.Site.Url, path).ToString());
        await open.ConnectedAsync();
        await open.Page.WaitForLoadStateAsync(Microsoft.Playwright.LoadState.NetworkIdle);

        TestContext.Current.SendDiagnosticMessage($"{path}: {bytes / 1000:0} kB in {open.Requests.Count} requests");
        Assert.InRange(bytes, 20_000, Most);
        Assert.All(open.Requests, request => Assert.Equal(shared.Site.Url.Authority, new Uri(request.Url).Authority));
        var policy = (await answer!.AllHeadersAsync())["content-security-policy"];
        Assert.Contains("script-src 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Empty(open.Complaints);
        var asset = open.Requests.First(request => request.Url.Contains("/assets/", StringComparison.Ordinal));
        Assert.Contains("immutable", (await (await asset.ResponseAsync())!.AllHeadersAsync())["cache-control"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_address_of_the_api_is_a_problem_and_never_the_page()
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        foreach (var path in (string[])["/api/v1/nothing", "/assets/nothing.js", "/favicon.ico", "/openapi/nothing"])
        {
            using var answer = await http.GetAsync(new Uri(shared.Site.Url, path), TestContext.Current.CancellationToken);
            Assert.Equal(404, (int)answer.StatusCode);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        }
        using var page = await http.GetAsync(new Uri(shared.Site.Url, "/tasks/dc1/SN.1"), TestContext.Current.CancellationToken);
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        using var document = JsonDocument.Parse(await http.GetStringAsync(new Uri(shared.Site.Url, "/openapi/v1.json"), TestContext.Current.CancellationToken));
        Assert.True(document.RootElement.GetProperty("paths").TryGetProperty("/api/v1/systems", out _));
    }
}
