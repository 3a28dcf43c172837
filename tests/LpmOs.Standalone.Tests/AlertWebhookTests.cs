using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using LpmOs.Testing;

namespace LpmOs.Standalone.Tests;

/// <summary>Somebody else speaks for a machine: from its boot script to a receiver's own listener, with curl as the machine and openssl as the judge of the signature.</summary>
public sealed partial class AlertWebhookTests
{
    private const string Secret = "a-secret-of-enough-characters";

    [Fact(Timeout = 300_000)]
    public async Task An_alert_reaches_whoever_asked_for_it_signed_and_is_on_record()
    {
        await using var receiver = new HttpReceiver();
        await using var lpmos = new StandaloneProcess(null, "--Webhooks:AllowLoopback=true");
        await lpmos.StartAsync();
        var hook = await StandaloneProcess.JsonAsync($"{lpmos.Tasks}/api/v1/webhooks", "-d", $$"""{"url":"{{receiver.Url}}","secret":"{{Secret}}","events":["alert"]}""");

        // The token of a boot is used a second time from elsewhere, and a third time, which says nothing new.
        var moved = await TokenAsync(lpmos, "SN-MOVED", "52:54:00:00:00:01");
        foreach (var address in (string[])["127.0.0.1", "127.0.0.2", "127.0.0.3"])
            await ReportAsync(lpmos, "SN-MOVED", "52:54:00:00:00:01", moved, "--interface", address);
        var alert = await NextAsync(receiver, "SN-MOVED");
        Assert.Equal(("token.used_elsewhere", "127.0.0.2", "127.0.0.1"), (alert.GetProperty("code").GetString(), alert.GetProperty("from").GetString(), alert.GetProperty("known").GetString()));

        // A machine that must have a TPM comes without one.
        var bare = await TokenAsync(lpmos, "SN-BARE", "52:54:00:00:00:02");
        await ReportAsync(lpmos, "SN-BARE", "52:54:00:00:00:02", bare);
        await StandaloneProcess.CurlAsync("-X", "PUT", $"{lpmos.Tasks}/api/v1/machines/dc1/SN-BARE/tpm", "-d", """{"required":true}""");
        await UntilRefusedAsync(lpmos, bare);
        alert = await NextAsync(receiver, "SN-BARE");
        Assert.Equal(("tpm.refused", "127.0.0.4"), (alert.GetProperty("code").GetString(), alert.GetProperty("from").GetString()));
        Assert.False(alert.TryGetProperty("endorsement_key", out _));

        foreach (var (sn, code) in new[] { ("SN-MOVED", "token.used_elsewhere"), ("SN-BARE", "tpm.refused") })
        {
            var record = Assert.Single((await StandaloneProcess.JsonAsync($"{lpmos.Tasks}/api/v1/audit?idc=dc1&sn={sn}&action={code}")).GetProperty("items").EnumerateArray());
            Assert.Equal("agent", record.GetProperty("by").GetString());
            Assert.Equal(code, Assert.Single((await StandaloneProcess.JsonAsync($"{lpmos.Tasks}/api/v1/machines/dc1/{sn}")).GetProperty("alerts").EnumerateArray()).GetProperty("code").GetString());
        }
        // The outcome is written after the receiver's answer; nothing else was sent.
        var deliveries = $"{lpmos.Tasks}/api/v1/webhooks/{hook.GetProperty("id").GetString()}/deliveries";
        JsonElement[] recent;
        for (var looks = 0; (recent = [.. (await StandaloneProcess.JsonAsync(deliveries)).GetProperty("recent").EnumerateArray()]).Length < 2; looks++)
        {
            Assert.True(looks < 600, "The deliveries are not on record.");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        Assert.All(recent, one => Assert.Equal(("alert", "delivered", 204), (one.GetProperty("event").GetString(), one.GetProperty("outcome").GetString(), one.GetProperty("status").GetInt32())));
        Assert.Equal(2, recent.Length);
    }

    private static async Task<string> TokenAsync(StandaloneProcess lpmos, string sn, string mac)
    {
        var script = await StandaloneProcess.CurlAsync($"{lpmos.Boot}/ipxe?mac={mac}&serial={sn}&platform=efi&arch=x86_64");
        var token = TokenWord().Match(script);
        Assert.True(token.Success, script);
        return token.Groups[1].Value;
    }

    private static Task ReportAsync(StandaloneProcess lpmos, string sn, string mac, string token, params string[] more) =>
        StandaloneProcess.CurlAsync([.. more, "-H", $"Authorization: Bearer {token}", "-H", "Content-Type: application/json", $"{lpmos.Regional}/api/v1/report", "-d", $$"""{"sn":"{{sn}}","mac_address":"{{mac}}","hardware":{"serial_number":"{{sn}}","mac_address":"{{mac}}"} }"""]);

    /// <summary>The regional service follows what the tasks service wrote.</summary>
    private static async Task UntilRefusedAsync(StandaloneProcess lpmos, string token)
    {
        string answer;
        for (var looks = 0; !(answer = await StandaloneProcess.CurlAsync("--interface", "127.0.0.4", "-H", $"Authorization: Bearer {token}", "--no-fail-with-body", $"{lpmos.Regional}/api/v1/task/SN-BARE")).Contains("tpm_proof_required", StringComparison.Ordinal); looks++)
        {
            Assert.True(looks < 600, answer);
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The next message, judged as the documentation tells a receiver to.</summary>
    private static async Task<JsonElement> NextAsync(HttpReceiver receiver, string sn)
    {
        var got = await receiver.NextAsync(TestContext.Current.CancellationToken);
        var body = Encoding.UTF8.GetString(got.Body);
        Assert.Equal(("POST", "alert", "application/json"), (got.Method, got.Headers["X-LpmOs-Event"], got.Headers["Content-Type"]));
        Assert.Equal("sha256=" + await OpenSsl.HmacAsync(Secret, $"{got.Headers["X-LpmOs-Timestamp"]}.{body}"), got.Headers["X-LpmOs-Signature"]);
        var message = JsonElement.Parse(body);
        Assert.Equal(("alert", "dc1", sn), (message.GetProperty("type").GetString(), message.GetProperty("idc").GetString(), message.GetProperty("sn").GetString()));
        return message.GetProperty("data");
    }

    [GeneratedRegex(@"lpmos\.token=(\S+)")]
    private static partial Regex TokenWord();
}
