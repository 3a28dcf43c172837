using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using LpmOs.Core.Hosting;
using LpmOs.Core.Hosting.Tls;
using LpmOs.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace LpmOs.Core.Tests.Hosting.Tls;

public sealed class ServerCertificateTests : IDisposable
{
    private readonly TestCertificates _certificates = new();
    private readonly ManualTime _time = new();

    public ServerCertificateTests() => _time.Advance(TimeProvider.System.GetUtcNow() - _time.GetUtcNow());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task New_files_are_shown_to_the_next_client_and_broken_ones_leave_the_old()
    {
        var first = _certificates.RenewServer();
        await using var app = await StartAsync();
        var server = new Uri(app.Urls.Single());
        var certificate = app.Services.GetRequiredService<ServerCertificate>();
        Assert.Equal(first, await OpenSsl.SerialAsync(server));
        Assert.Contains("Verify return code: 0 (ok)", await OpenSsl.ConnectAsync(server, "-CAfile", _certificates.Authority), StringComparison.Ordinal);

        // One that is signed by an authority in between: a client that knows ours alone must be shown that, too.
        var second = _certificates.RenewServer(between: true);
        await UntilAsync(() => certificate.Current.Serial == second);
        Assert.Equal(second, await OpenSsl.SerialAsync(server));
        Assert.Contains("Verify return code: 0 (ok)", await OpenSsl.ConnectAsync(server, "-CAfile", _certificates.Authority), StringComparison.Ordinal);
        Assert.Equal(HealthStatus.Healthy, (await HealthAsync(app)).Status);

        // A key that is not the certificate's: half of a renewal that never went on.
        using var other = new TestCertificates();
        File.Copy(other.ServerKey, _certificates.ServerKey, overwrite: true);
        await UntilAsync(() => certificate.Fault is not null);
        Assert.Equal(second, await OpenSsl.SerialAsync(server));
        var health = await HealthAsync(app);
        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Contains(_certificates.ServerKey, health.Entries["certificate"].Description, StringComparison.Ordinal);
        Assert.Contains(second, health.Entries["certificate"].Description, StringComparison.Ordinal);

        File.Delete(_certificates.ServerCertificate);
        await UntilAsync(() => certificate.Fault?.Contains("cannot be read", StringComparison.Ordinal) == true);
        Assert.Equal(second, await OpenSsl.SerialAsync(server));

        _certificates.RenewServer(until: _time.GetUtcNow().AddHours(-1));
        await UntilAsync(() => certificate.Fault?.Contains("which is not now", StringComparison.Ordinal) == true);
        Assert.Equal(second, await OpenSsl.SerialAsync(server));

        var third = _certificates.RenewServer();
        await UntilAsync(() => certificate.Current.Serial == third && certificate.Fault is null);
        Assert.Equal(third, await OpenSsl.SerialAsync(server));
        Assert.Equal(HealthStatus.Healthy, (await HealthAsync(app)).Status);

        foreach (var (days, told) in new[] { (20, "ends soon"), (40, "has expired") })
        {
            var later = new ManualTime();
            later.Advance(_time.GetUtcNow().AddDays(days) - later.GetUtcNow());
            var said = await new CertificateHealthCheck(certificate, later).CheckHealthAsync(new HealthCheckContext(), Cancellation);
            Assert.Contains(told, said.Description, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Nothing_older_than_TLS_12_and_no_stranger_is_spoken_with()
    {
        await using var app = await StartAsync();
        var server = new Uri(app.Urls.Single());
        Assert.Contains("Protocol  : TLSv1.2", await OpenSsl.ConnectAsync(server, "-tls1_2"), StringComparison.Ordinal);
        // openssl itself would not offer it at its usual level.
        Assert.Contains("Cipher is (NONE)", await OpenSsl.ConnectAsync(server, "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"), StringComparison.Ordinal);
        using var foreign = new TestCertificates();
        Assert.DoesNotContain("Verify return code: 0", await OpenSsl.ConnectAsync(server, "-CAfile", foreign.Authority), StringComparison.Ordinal);
        using var ours = Client(_certificates);
        Assert.Equal("here", await ours.GetStringAsync(server, Cancellation));
        using var stranger = Client(foreign);
        await Assert.ThrowsAsync<HttpRequestException>(() => stranger.GetStringAsync(server, Cancellation));
    }

    [Fact]
    public void What_cannot_work_is_told_at_start_with_the_setting_that_it_is_about()
    {
        using var other = new TestCertificates();
        (string[] Settings, string[] Told)[] cases =
        [
            (["--Tasks:Urls=https://127.0.0.1:0"], ["Tasks:Urls", "Tls:CertFile"]),
            (["--Tasks:Urls=https://127.0.0.1:0", $"--Tls:CertFile={_certificates.ServerCertificate}"], ["Tls:KeyFile"]),
            (["--Tasks:Urls=http://127.0.0.1:0", $"--Tasks:Tls:CertFile={_certificates.ServerCertificate}", $"--Tasks:Tls:KeyFile={_certificates.ServerKey}"], ["Tasks:Tls:CertFile", "https://"]),
            (Files("/nowhere.pem", _certificates.ServerKey), ["/nowhere.pem", "cannot be read"]),
            (Files(_certificates.ServerKey, _certificates.ServerKey), ["PEM", "Tasks:Tls:CertFile"]),
            (["--Tasks:Urls=https://127.0.0.1:0", $"--Tls:CertFile={_certificates.ServerKey}", $"--Tls:KeyFile={_certificates.ServerKey}"], ["Setting Tls:CertFile"]),
            (Files(_certificates.ServerCertificate, other.ServerKey), [other.ServerKey]),
            (Files(_certificates.ClientCertificate, _certificates.ClientKey), ["serverAuth"]),
        ];
        foreach (var (settings, told) in cases)
        {
            var fault = Assert.Throws<SettingException>(() => ServiceDefaults.CreateBuilder(settings, "Tasks:Urls", "http://127.0.0.1:0"));
            foreach (var word in told)
                Assert.Contains(word, fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Without_https_addresses_nothing_changes_and_one_service_may_have_both()
    {
        await using (var plain = await StartAsync(["--Tasks:Urls=http://127.0.0.1:0", $"--Tls:CertFile={_certificates.ServerCertificate}", $"--Tls:KeyFile={_certificates.ServerKey}"]))
        {
            using var http = new HttpClient();
            Assert.Equal("here", await http.GetStringAsync(plain.Urls.Single(), Cancellation));
        }
        await using var both = await StartAsync([.. Files(_certificates.ServerCertificate, _certificates.ServerKey), "--Tasks:Urls=http://127.0.0.1:0;https://127.0.0.1:0"]);
        using var client = Client(_certificates);
        foreach (var url in both.Urls)
            Assert.Equal("here", await client.GetStringAsync(url, Cancellation));
        Assert.Equal(["http", "https"], both.Urls.Select(url => new Uri(url).Scheme).Order());
    }

    private static string[] Files(string cert, string key) => ["--Tasks:Urls=https://127.0.0.1:0", $"--Tasks:Tls:CertFile={cert}", $"--Tasks:Tls:KeyFile={key}"];

    private async Task<WebApplication> StartAsync(string[]? settings = null)
    {
        var builder = ServiceDefaults.CreateBuilder(settings ?? Files(_certificates.ServerCertificate, _certificates.ServerKey), "Tasks:Urls", "http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddHealthChecks();
        builder.Services.AddSingleton<TimeProvider>(_time);
        var app = builder.Build();
        app.MapGet("/", () => "here");
        await app.StartAsync(Cancellation);
        return app;
    }

    private static Task<HealthReport> HealthAsync(WebApplication app) => app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancellation);

    /// <summary>Lets time pass until it is so.</summary>
    private async Task UntilAsync(Func<bool> holds)
    {
        for (var looks = 0; !holds(); looks++)
        {
            Assert.True(looks < 6000, "The files were not looked at.");
            _time.Advance(ServerCertificate.LookEvery);
            await Task.Delay(10, Cancellation);
        }
    }

    private static HttpClient Client(TestCertificates certificates)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(certificates.Authority);
        return new HttpClient(new SocketsHttpHandler { UseProxy = false, SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy } });
    }
}
