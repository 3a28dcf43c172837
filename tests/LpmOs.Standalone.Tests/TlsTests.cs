using LpmOs.Testing;

namespace LpmOs.Standalone.Tests;

/// <summary>All services by https with certificates of a site's own authority, as processes; curl, openssl and the real agent are their clients.</summary>
public sealed class TlsTests
{
    private static readonly string Configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";

    [Fact(Timeout = 300_000)]
    public async Task Services_and_agent_speak_by_a_private_authority_and_a_new_certificate_needs_no_restart()
    {
        using var certificates = new TestCertificates();
        using var foreign = new TestCertificates();
        await using var lpmos = new StandaloneProcess(certificates, $"--Boot:CaFile={certificates.Authority}");
        await lpmos.StartAsync();
        foreach (var url in (string[])[lpmos.Tasks, lpmos.Regional, lpmos.Boot])
        {
            Assert.StartsWith("Healthy\n", await StandaloneProcess.CurlAsync([.. lpmos.Trust, $"{url}/readyz"]), StringComparison.Ordinal);
            await Assert.ThrowsAnyAsync<Exception>(() => StandaloneProcess.CurlAsync("--cacert", foreign.Authority, $"{url}/readyz"));
            await Assert.ThrowsAnyAsync<Exception>(() => StandaloneProcess.CurlAsync(url.Replace("https", "http", StringComparison.Ordinal) + "/readyz"));
        }
        var script = await StandaloneProcess.CurlAsync([.. lpmos.Trust, $"{lpmos.Boot}/ipxe?mac=52:54:00:00:00:01&serial=SN-1&platform=efi&arch=x86_64"]);
        Assert.Contains($"lpmos.regional={lpmos.Regional} lpmos.boot={lpmos.Boot} lpmos.idc=dc1 lpmos.ca=", script, StringComparison.Ordinal);
        Assert.Equal(await File.ReadAllTextAsync(certificates.Authority, TestContext.Current.CancellationToken), await StandaloneProcess.CurlAsync([.. lpmos.Trust, $"{lpmos.Boot}/ca.pem"]));

        // The agent as a person runs it: reports where it trusts, says why where it does not.
        await using (await AgentAsync(lpmos, certificates, "Polling for task"))
            Assert.Equal(1, (await StandaloneProcess.JsonAsync([.. lpmos.Trust, $"{lpmos.Tasks}/api/v1/machines"])).GetProperty("total").GetInt32());
        await using (var refusing = await AgentAsync(lpmos, foreign, "is not trusted"))
            Assert.Contains("no secure connection (its certificate (CN=server) is not trusted: ", refusing.Output, StringComparison.Ordinal);

        var serial = certificates.RenewServer();
        foreach (var url in (string[])[lpmos.Tasks, lpmos.Regional, lpmos.Boot])
            await UntilAsync(async () => await OpenSsl.SerialAsync(new Uri(url)) == serial);
        File.Copy(foreign.ServerKey, certificates.ServerKey, overwrite: true);
        await UntilAsync(async () => (await StandaloneProcess.CurlAsync([.. lpmos.Trust, $"{lpmos.Regional}/readyz"])).Contains("The new certificate cannot be used", StringComparison.Ordinal));
        Assert.Equal(serial, await OpenSsl.SerialAsync(new Uri(lpmos.Regional)));
    }

    private static Task<ServerProcess> AgentAsync(StandaloneProcess lpmos, TestCertificates trusted, string until) => ServerProcess.StartAsync("dotnet",
        [
            Path.Combine(Repository.Root, "agent", "LpmOs.Agent", "bin", Configuration, "net10.0", "LpmOs.Agent.dll"),
            "--regional-url", lpmos.Regional, "--boot-url", lpmos.Boot, "--ca", trusted.Authority, "--dry-run", "--max-polls", "0",
        ],
        line => line.Contains(until, StringComparison.Ordinal));

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var looks = 0; !await holds(); looks++)
        {
            Assert.True(looks < 600, "It did not come about.");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }
}
