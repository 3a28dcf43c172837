using System.Security.Cryptography;
using System.Text.Json;
using LpmOs.Testing;

namespace LpmOs.Standalone.Tests;

/// <summary>Plants secrets that can be told from everything else, and then looks for them wherever something comes out of the services: their store (with etcdctl), log and answers.</summary>
public sealed class PlantedSecretsTests
{
    private const string Hash = "$6$plantedsalt$PLANTEDHASH0123456789abcdefghijklmnopqrstuvwxyzPLANTEDHASH";
    private const string Passphrase = "planted passphrase of disks";
    private const string Hook = "planted-webhook-secret-0123456789";
    private const string Password = "planted-password-of-a-person";
    private const string Hardware = """
        {"sn":"planted","mac_address":"52:54:00:99:00:01","hardware":{"serial_number":"planted","mac_address":"52:54:00:99:00:01","company":"QEMU","product":"PC",
         "disks":[{"device":"/dev/vda","size_gb":8,"size_bytes":8000000000,"serial":"D1"}],"nics":[{"name":"eth0","mac":"52:54:00:99:00:01"}]}}
        """;

    [Fact(Timeout = 300_000)]
    public async Task No_secret_lies_in_the_store_in_clear_or_leaves_the_services_but_for_who_it_is_for()
    {
        await using var etcd = await EtcdProcess.StartAsync();
        using var folder = new TemporaryFolder();
        var outside = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        await File.WriteAllTextAsync(folder.File("store.key"), outside + "\n", TestContext.Current.CancellationToken);
        await using var lpmos = new StandaloneProcess();
        await lpmos.StartAsync(null, "--Store:Provider=etcd", $"--Store:Etcd:Endpoints={etcd.Endpoint}", $"--Store:KeyFile={folder.File("store.key")}", "--Webhooks:AllowLoopback=true");
        var api = $"{lpmos.Tasks}/api/v1";
        var secrets = new Dictionary<string, string> { ["password hash"] = Hash, ["webhook secret"] = Hook, ["passphrase of disks"] = Passphrase, ["password in a wrong field"] = Password, ["key outside of the store"] = outside };

        await PostAsync($"{api}/webhooks", new { url = "http://127.0.0.1:9/hook", secret = Hook });
        await PostAsync($"{lpmos.Regional}/api/v1/report", JsonDocument.Parse(Hardware).RootElement);
        var user = await PostAsync($"{api}/users", new { name = "planted" });
        secrets["password of a user"] = user.GetProperty("password").GetString()!;
        secrets["token of a user"] = (await PostAsync($"{api}/users/planted/tokens", new { description = "planted" })).GetProperty("secret").GetString()!;
        var task = await PostAsync($"{api}/tasks", new { idc = "dc1", sn = "planted", mac = "52:54:00:99:00:01", os_type = "debian", os_version = "12", users = new[] { new { name = "ops", password_hash = Hash } }, disk_layout = new { preset = "lvm", encryption = new { passphrase = Passphrase } } });
        var id = task.GetProperty("task_id").GetString();
        await PostAsync($"{api}/tasks/dc1/planted/approve", new { notes = "planted" });
        var script = await StandaloneProcess.CurlAsync($"{lpmos.Boot}/ipxe?mac=52:54:00:99:00:01&serial=planted");
        secrets["token of a boot"] = script.Split("lpmos.token=")[1].Split(' ', '"', '\'', '\n')[0];
        var bearer = "Authorization: Bearer " + secrets["token of a boot"];
        var given = JsonDocument.Parse(await StandaloneProcess.CurlAsync("-X", "POST", "-H", bearer, "-H", "Content-Type: application/json", $"{lpmos.Regional}/api/v1/operations/next", "-d", $$"""{"sn":"planted","task_id":"{{id}}","dry_run":true}""")).RootElement;
        // The machine gets what it needs, or there would be nothing to look for.
        Assert.Equal(Hash, given.GetProperty("password_hashes").GetProperty("ops").GetString());
        // A dry run opens no disk.
        Assert.False(given.TryGetProperty("disk_passphrase", out _));
        secrets["token of the first boot"] = given.GetProperty("first_boot").GetProperty("token").GetString()!;

        var places = new Dictionary<string, string>
        {
            ["the store"] = await etcd.CtlAsync("get", "--prefix", ""),
            // What is wrong is named; what was given is not repeated.
            ["a refused webhook"] = await ErrorAsync($"{api}/webhooks", new { url = "ftp://x", secret = Hook }),
            ["a refused task"] = await ErrorAsync($"{api}/tasks", new { idc = "dc1", sn = "other", mac = "52:54:00:99:00:02", os_type = "debian", users = new[] { new { name = "ops", password_hash = Password } } }),
            ["a refused layout"] = await ErrorAsync($"{api}/tasks", new { idc = "dc1", sn = "other", mac = "52:54:00:99:00:02", os_type = "debian", disk_layout = new { preset = "raid1", encryption = new { passphrase = Passphrase } } }),
            ["a refused login"] = await ErrorAsync($"{api}/login", new { user = "planted", password = Password }),
            ["a refused token"] = await ErrorAsync($"{lpmos.Regional}/api/v1/operations/next", new { sn = "another", task_id = id }, bearer),
        };
        foreach (var path in new[]
        {
            "tasks", $"tasks/dc1/planted", "tasks/dc1/planted/plan", "tasks/dc1/planted/logs", "tasks/dc1/planted/history", "tasks/dc1/planted/boots", "machines", "machines/dc1/planted", "machines/dc1/planted/boots", "users", "users/planted", "tokens", "sessions",
            "webhooks", "audit?limit=1000", "audit?format=jsonl", "audit/verify", "idcs", "stats", "profiles", "me",
        })
            places[path] = await StandaloneProcess.CurlAsync($"{api}/{path}");
        foreach (var url in new[] { $"{lpmos.Tasks}/openapi/v1.json", $"{lpmos.Regional}/openapi/v1.json", $"{lpmos.Boot}/openapi/v1.json", $"{lpmos.Tasks}/metrics", $"{lpmos.Regional}/metrics", $"{lpmos.Boot}/metrics", $"{lpmos.Tasks}/readyz" })
            places[url] = await StandaloneProcess.CurlAsync(url);
        places["the log"] = lpmos.Output;
        foreach (var (place, text) in places)
        {
            Assert.NotEmpty(text);
            foreach (var (what, secret) in secrets)
                Assert.False(text.Contains(secret, StringComparison.Ordinal) || text.Contains(JsonSerializer.Serialize(secret).Trim('"'), StringComparison.Ordinal), $"The {what} is in {place}.");
        }
        Assert.StartsWith("sealed:", (await etcd.CtlAsync("get", "--print-value-only", "/os/global/secrets/machine-token")).Trim(), StringComparison.Ordinal);

        // Who was given them is on record.
        var read = (await StandaloneProcess.JsonAsync($"{api}/audit?idc=dc1&action=secret.given")).GetProperty("items").EnumerateArray();
        Assert.Equal("planted", Assert.Single(read).GetProperty("sn").GetString());

        await WhoChangesTheAuditWithEtcdctlIsSeenAsync(etcd, api);
    }

    private static async Task WhoChangesTheAuditWithEtcdctlIsSeenAsync(EtcdProcess etcd, string api)
    {
        Assert.True((await StandaloneProcess.JsonAsync($"{api}/audit/verify")).GetProperty("intact").GetBoolean());
        var keys = (await etcd.CtlAsync("get", "--prefix", "--keys-only", "/os/dc1/audit/")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var record = await etcd.CtlAsync("get", "--print-value-only", keys[^1]);
        await etcd.CtlAsync("put", keys[^1], record.Trim().Replace("task.created", "task.rejected", StringComparison.Ordinal));
        var changed = (await StandaloneProcess.JsonAsync($"{api}/audit/verify")).GetProperty("first");
        Assert.Equal(("changed", keys[^1].Split('/')[^1]), (changed.GetProperty("code").GetString(), changed.GetProperty("id").GetString()));
        await etcd.CtlAsync("put", keys[^1], record.Trim());
        Assert.True((await StandaloneProcess.JsonAsync($"{api}/audit/verify")).GetProperty("intact").GetBoolean());
        await etcd.CtlAsync("del", keys[0]);
        Assert.Equal("missing", (await StandaloneProcess.JsonAsync($"{api}/audit/verify?idc=dc1")).GetProperty("first").GetProperty("code").GetString());
    }

    private static Task<JsonElement> PostAsync(string url, object body) => StandaloneProcess.JsonAsync("-X", "POST", "-H", "Content-Type: application/json", url, "-d", JsonSerializer.Serialize(body));

    /// <summary>The answer of a call that is refused.</summary>
    private static async Task<string> ErrorAsync(string url, object body, string header = "Accept: */*")
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(JsonSerializer.Serialize(body), System.Text.Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation(header.Split(": ")[0], header.Split(": ")[1]);
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.False(answer.IsSuccessStatusCode);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
