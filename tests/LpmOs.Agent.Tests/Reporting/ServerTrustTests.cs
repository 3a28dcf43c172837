using System.Net;
using System.Security.Cryptography;
using LpmOs.Agent.Reporting;
using LpmOs.Agent.Settings;
using LpmOs.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LpmOs.Agent.Tests.Reporting;

public sealed class ServerTrustTests : IDisposable
{
    private readonly TestCertificates _certificates = new();
    private readonly StringWriter _console = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Digest => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_certificates.Authority)));

    public void Dispose()
    {
        _certificates.Dispose();
        _console.Dispose();
    }

    [Fact]
    public async Task TheAuthoritiesOfTheBootScriptAreFetchedAndTrustedAlone()
    {
        await using var site = await SiteAsync(_certificates, _ => File.ReadAllBytesAsync(_certificates.Authority, Cancellation));
        var settings = Settings(site) with { CaSha256 = Digest };
        var (trust, http) = Client(settings);
        using (http)
        {
            // Before they are there nobody is trusted.
            await Assert.ThrowsAsync<HttpRequestException>(() => http.GetStringAsync(new Uri(settings.RegionalUrl, "healthz"), Cancellation));
            await trust.FetchAsync(Cancellation);
            Assert.Equal("here", await http.GetStringAsync(new Uri(settings.RegionalUrl, "healthz"), Cancellation));
            Assert.Equal(await File.ReadAllTextAsync(_certificates.Authority, Cancellation), trust.Pem);
        }
        using var foreign = new TestCertificates();
        await using var stranger = await SiteAsync(foreign, _ => File.ReadAllBytesAsync(_certificates.Authority, Cancellation));
        var (careful, client) = Client(Settings(stranger) with { CaSha256 = Digest });
        using (client)
        {
            await careful.FetchAsync(Cancellation);
            var fault = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(new Uri(Settings(stranger).RegionalUrl, "healthz"), Cancellation));
            Assert.Contains("is not trusted", fault.InnerException!.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task OtherAuthoritiesThanTheBootScriptNamedAreNotTaken()
    {
        using var foreign = new TestCertificates();
        var answers = 0;
        // First a stranger's file, then an error, then the one that was meant.
        await using var site = await SiteAsync(_certificates, http =>
        {
            if (++answers == 2)
                http.Response.StatusCode = (int)HttpStatusCode.ServiceUnavailable;
            return File.ReadAllBytesAsync(answers == 1 ? foreign.Authority : _certificates.Authority, Cancellation);
        });
        var (trust, http) = Client(Settings(site) with { CaSha256 = Digest });
        using (http)
            await trust.FetchAsync(Cancellation);
        Assert.Equal(3, answers);
        Assert.Contains($"the boot script named {Digest}", _console.ToString(), StringComparison.Ordinal);
        Assert.Contains("it answered 503", _console.ToString(), StringComparison.Ordinal);
        Assert.Equal(await File.ReadAllTextAsync(_certificates.Authority, Cancellation), trust.Pem);
    }

    [Theory]
    [InlineData(-3650)]
    [InlineData(3650)]
    public async Task AMachineWhoseClockIsYearsOffJudgesByTheBootServices(int days)
    {
        var time = new ManualTime();
        time.Advance(TimeProvider.System.GetUtcNow().AddDays(days) - time.GetUtcNow());
        await using var site = await SiteAsync(_certificates, _ => File.ReadAllBytesAsync(_certificates.Authority, Cancellation));
        var settings = Settings(site) with { CaSha256 = Digest };
        var (trust, http) = Client(settings, time);
        using (http)
        {
            await trust.FetchAsync(Cancellation);
            Assert.Equal("here", await http.GetStringAsync(new Uri(settings.RegionalUrl, "healthz"), Cancellation));
        }
        Assert.Contains(days < 0 ? "clock is behind by 36" : "clock is ahead by 36", _console.ToString(), StringComparison.Ordinal);
        // An expired certificate stays one.
        _certificates.RenewServer(until: TimeProvider.System.GetUtcNow().AddHours(-1));
        await using var late = await SiteAsync(_certificates, _ => File.ReadAllBytesAsync(_certificates.Authority, Cancellation));
        var (careful, client) = Client(Settings(late) with { CaSha256 = Digest }, time);
        using (client)
        {
            await careful.FetchAsync(Cancellation);
            var fault = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(new Uri(Settings(late).RegionalUrl, "healthz"), Cancellation));
            Assert.Contains("NotTimeValid", fault.InnerException!.Message, StringComparison.Ordinal);
            Assert.Contains("renew it, or set this machine's clock", fault.InnerException.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(3 * 365)]
    [InlineData(-3650)]
    public async Task AClockThatIsSetWhileTheAgentRunsChangesNothing(int days)
    {
        var time = new ManualTime();
        time.Advance(TimeProvider.System.GetUtcNow() - time.GetUtcNow());
        await using var site = await SiteAsync(_certificates, _ => File.ReadAllBytesAsync(_certificates.Authority, Cancellation));
        var settings = Settings(site) with { CaSha256 = Digest };
        var (trust, http) = Client(settings, time);
        using (http)
        {
            await trust.FetchAsync(Cancellation);
            time.Set(TimeSpan.FromDays(days));
            Assert.Equal("here", await http.GetStringAsync(new Uri(settings.RegionalUrl, "healthz"), Cancellation));
        }
    }

    [Fact]
    public void AFileThatIsNoneIsNamed()
    {
        foreach (var file in (string[])["/nowhere.pem", _certificates.ServerKey])
            Assert.Contains(file, Assert.Throws<SettingsException>(() => Client(new AgentSettings { CaFile = file })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACertificateForAnotherNameIsRefused()
    {
        await using var site = await SiteAsync(_certificates, _ => File.ReadAllBytesAsync(_certificates.Authority, Cancellation));
        // The certificate is for localhost and 127.0.0.1; all of 127.0.0.0/8 is this host.
        var (_, http) = Client(new AgentSettings { CaFile = _certificates.Authority });
        using (http)
        {
            var fault = await Assert.ThrowsAsync<HttpRequestException>(() => http.GetStringAsync(new UriBuilder(Settings(site).RegionalUrl) { Host = "127.0.0.2" }.Uri, Cancellation));
            Assert.Contains("is not for 127.0.0.2", fault.InnerException!.Message, StringComparison.Ordinal);
        }
    }

    private (ServerTrust Trust, HttpClient Http) Client(AgentSettings settings, TimeProvider? time = null)
    {
        // Pauses pass by themselves where time does not.
        var trust = new ServerTrust(settings, new AgentLog(TextWriter.Synchronized(_console), dryRun: false), time ?? TimeProvider.System) { Pauses = new() { First = TimeSpan.FromMilliseconds(5), Longest = TimeSpan.FromMilliseconds(20) } };
        return (trust, new HttpClient(new SocketsHttpHandler { UseProxy = false, SslOptions = trust.Options() }));
    }

    private static AgentSettings Settings(WebApplication site)
    {
        var port = new Uri(site.Urls.Single()).Port;
        return new AgentSettings { RegionalUrl = new Uri($"https://localhost:{port}/"), BootUrl = new Uri($"https://127.0.0.1:{port}/") };
    }

    private static async Task<WebApplication> SiteAsync(TestCertificates certificates, Func<HttpContext, Task<byte[]>> authorities)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Any, 0, listen =>
            listen.UseHttps(System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPemFile(certificates.ServerCertificate, certificates.ServerKey))));
        var app = builder.Build();
        app.MapGet("/ca.pem", async (HttpContext http) => await http.Response.Body.WriteAsync(await authorities(http)));
        app.MapGet("/healthz", () => "here");
        await app.StartAsync(Cancellation);
        return app;
    }
}
