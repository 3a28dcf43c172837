using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using LpmOs.Tasks.Tests.Access;

namespace LpmOs.Tasks.Tests.Attacks;

/// <summary>What somebody who means harm would send; each a real request, each refused, and the service goes on.</summary>
public sealed class AttackTests(AttackSite site) : IClassFixture<AttackSite>
{
    private const int WrongLogins = 20_000;
    private static readonly JsonSerializerOptions Plain = new();

    [Theory]
    [InlineData("/%2e%2e/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/..%5c..%5c..%5cetc%5cpasswd")]
    [InlineData("/..%2f..%2f..%2fetc%2fpasswd")]
    [InlineData("/assets/..%2f..%2f..%2f..%2fetc/passwd")]
    [InlineData("/assets/%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd")]
    [InlineData("/assets/%252e%252e/%252e%252e/etc/passwd")]
    [InlineData("//etc/passwd")]
    [InlineData("http://other.example/etc/passwd")]
    [InlineData("/etc/passwd%00.html")]
    [InlineData("/openapi/..%2f..%2fappsettings.json")]
    [InlineData("/api/v1/templates/..%2f..%2fetc/passwd")]
    [InlineData("/api/v1/templates/%2e%2e/catalog.yaml")]
    public async Task Paths_do_not_climb_out(string path)
    {
        var (status, answer) = await site.RawAsync($"GET {path} HTTP/1.1\r\nHost: {site.Service.Address.Authority}\r\nAuthorization: Bearer {AttackSite.Admin}\r\nConnection: close\r\n\r\n");
        // Addresses that look like the page's own get the page.
        Assert.True(status is 400 or 404 || (status == 200 && answer.Contains("<div id=\"app\">", StringComparison.Ordinal)), $"{path}: {answer}");
        Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
        site.Count();
    }

    [Theory]
    [InlineData("http://127.0.0.1:2379/v3/kv/range")]
    [InlineData("http://localhost:2379/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::ffff:127.0.0.1]/")]
    [InlineData("http://0.0.0.0:8080/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f.1/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://[fe80::1]/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://10.0.0.1:25/")]
    [InlineData("http://user:secret@10.0.0.1/")]
    public async Task Webhooks_do_not_lead_inside(string url)
    {
        var answer = await site.Service.SendAsync(HttpMethod.Post, "/api/v1/webhooks", JsonSerializer.Serialize(new { url, secret = "0123456789abcdef" }, Plain), AttackSite.Admin);
        Assert.Equal((HttpStatusCode.BadRequest, true), (answer.Status, answer.Body.GetProperty("errors").TryGetProperty("url", out _)));
        site.Count();
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://10.0.0.1/vmlinuz")]
    [InlineData("http://10.0.0.1/\r\nX-Evil: 1")]
    [InlineData("\\\\10.0.0.1\\share")]
    public async Task Vendors_files_come_over_HTTP_alone(string source)
    {
        var answer = await site.Service.SendAsync(HttpMethod.Put, "/api/v1/assets/dc1/debian/vmlinuz", JsonSerializer.Serialize(new { sha256 = new string('a', 64), source }, Plain), AttackSite.Admin);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        site.Count();
    }

    [Theory]
    [InlineData("hostname", "web\r\nSet-Cookie: a=b")]
    [InlineData("hostname", "web;reboot")]
    [InlineData("hostname", "$(reboot)")]
    [InlineData("sn", "../../global/secrets/machine-token")]
    [InlineData("sn", "a\u0000b")]
    [InlineData("idc", "global")]
    [InlineData("idc", ".access")]
    [InlineData("mac", "52:54:00:00:00:01\n")]
    public async Task Fields_do_not_leave_their_place(string field, string value)
    {
        var (sn, mac) = Samples.Machine();
        var body = new Dictionary<string, string> { ["idc"] = "dc1", ["sn"] = sn, ["mac"] = mac, ["os_type"] = "debian", [field] = value };
        var answer = await site.Service.SendAsync(HttpMethod.Post, "/api/v1/tasks", JsonSerializer.Serialize(body, Plain), AttackSite.Admin);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.True(answer.Body.GetProperty("errors").TryGetProperty(field, out _), answer.Body.GetRawText());
        site.Count();
    }

    [Theory]
    [InlineData("root\r\nadmin")]
    [InlineData("lpmos")]
    [InlineData("OPERATOR")]
    [InlineData("../tokens/x")]
    [InlineData("ADMIN")]
    public async Task Nobody_takes_a_name_that_means_somebody_else(string name)
    {
        var answer = await site.Service.SendAsync(HttpMethod.Post, "/api/v1/users", JsonSerializer.Serialize(new { name }, Plain), AttackSite.Admin);
        Assert.True(answer.Status is HttpStatusCode.BadRequest or HttpStatusCode.Conflict, $"{answer.Status}");
        site.Count();
    }

    [Fact]
    public async Task Bombs_are_put_down_unread()
    {
        string[] bombs =
        [
            new string('[', 1_000) + new string(']', 1_000),
            string.Concat(Enumerable.Repeat("{\"a\":", 1_000)) + "1" + new string('}', 1_000),
            $$"""{"tags":[{{string.Join(',', Enumerable.Repeat("\"a\"", 100_000))}}]}""",
            $$"""{"a":1{{string.Concat(Enumerable.Range(0, 20_000).Select(n => $",\"k{n}\":{n}"))}}}""",
            "{\"sn\":\"\\ud800\"}",
        ];
        foreach (var bomb in bombs)
        {
            var answer = await site.Service.SendAsync(HttpMethod.Post, "/api/v1/tasks", bomb, AttackSite.Admin);
            Assert.True(answer.Status is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge, $"{answer.Status}");
            site.Count();
        }
        // One that is too large is answered while it is still being sent; a client library would only tell of the broken connection.
        var large = $$"""{"notes":"{{new string('x', 3_000_000)}}"}""";
        var (status, _) = await site.RawAsync($"POST /api/v1/tasks HTTP/1.1\r\nHost: {site.Service.Address.Authority}\r\nAuthorization: Bearer {AttackSite.Admin}\r\nContent-Type: application/json\r\nContent-Length: {large.Length}\r\nConnection: close\r\n\r\n", large);
        Assert.True(status is 400 or 413, $"{status}");
        site.Count();
        await site.GoesOnAsync();
    }

    [Theory]
    [InlineData("{{ include '../../../../etc/passwd' }}")]
    [InlineData("{{ include '/etc/passwd' }}")]
    [InlineData("{{ for i in 1..100000000 }}x{{ end }}")]
    [InlineData("{{ while true }}x{{ end }}")]
    [InlineData("{{ func f; f; end; f }}")]
    [InlineData("{{ 'a' | regex.match '(a+)+$' }}{{ date.now.foo.bar }}")]
    public async Task Templates_stay_in_their_cage(string text)
    {
        var answer = await site.Service.SendAsync(HttpMethod.Post, "/api/v1/templates/render", JsonSerializer.Serialize(new { name = "ipxe/entry.ipxe", sample = "uefi_nvme", text }, Plain), AttackSite.Admin);
        Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{answer.Status}");
        Assert.DoesNotContain("root:", answer.Body.GetRawText(), StringComparison.Ordinal);
        Assert.True(answer.Body.GetRawText().Length < 2_000_000);
        site.Count();
        await site.GoesOnAsync();
    }

    [Theory]
    [InlineData("expired-token")]
    [InlineData("lpmos_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.")]
    [InlineData("' OR '1'='1")]
    public async Task Tokens_that_are_none_open_nothing(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/tasks");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        using var answer = await site.Service.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
        site.Count();
    }

    [Fact]
    public async Task A_web_site_of_somebody_else_gets_neither_events_nor_changes()
    {
        foreach (var origin in new[] { "https://evil.example", "null", $"http://127.0.0.1:1", "http://localhost.evil.example" })
        {
            using var socket = new ClientWebSocket();
            socket.Options.SetRequestHeader("Authorization", "Bearer " + AttackSite.Viewer);
            socket.Options.SetRequestHeader("Origin", origin);
            await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new UriBuilder(site.Service.Address) { Scheme = "ws", Path = "/ws" }.Uri, TestContext.Current.CancellationToken));
            Assert.NotEqual(HttpStatusCode.SwitchingProtocols, socket.HttpStatusCode);
            site.Count();
        }
        foreach (var (header, value) in new[] { ("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/login") { Content = new StringContent("""{"user":"admin","password":"x"}"""), Headers = { { header, value } } };
            Assert.Equal(HttpStatusCode.Forbidden, (await site.Service.Http.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
            site.Count();
        }
    }

    [Fact]
    public async Task A_viewer_changes_nothing_by_any_road()
    {
        (HttpMethod, string, string?)[] roads =
        [
            (HttpMethod.Post, "/api/v1/tasks/dc1/x/approve", null), (HttpMethod.Post, "/api/v1/tasks/batch/approve", """{"q":"x","dry_run":true}"""), (HttpMethod.Post, "/api/v1/users", """{"name":"me","roles":[{"role":"administrator"}]}"""),
            (HttpMethod.Put, "/api/v1/users/viewer", """{"roles":[{"role":"administrator"}]}"""), (HttpMethod.Post, "/api/v1/users/admin/password", null), (HttpMethod.Post, "/api/v1/users/admin/tokens", """{"description":"x"}"""),
            (HttpMethod.Put, "/api/v1/idcs/dc1/settings", """{"auto_approval":[{"name":"all"}]}"""), (HttpMethod.Put, "/api/v1/templates/ipxe/entry.ipxe", """{"text":"#!ipxe"}"""), (HttpMethod.Get, "/api/v1/sessions", null), (HttpMethod.Get, "/api/v1/audit", null),
        ];
        foreach (var (method, path, body) in roads)
        {
            Assert.Equal("not_allowed", (await site.Service.SendAsync(method, path, body, AttackSite.Viewer)).Code());
            site.Count();
        }
        using var overridden = new HttpRequestMessage(HttpMethod.Get, "/api/v1/users/viewer") { Headers = { { "X-HTTP-Method-Override", "DELETE" }, { "Authorization", "Bearer " + AttackSite.Viewer } } };
        Assert.Equal(HttpStatusCode.Forbidden, (await site.Service.Http.SendAsync(overridden, TestContext.Current.CancellationToken)).StatusCode);
        site.Count();
        var audit = (await site.Service.SendAsync(HttpMethod.Get, "/api/v1/audit?action=access.refused&limit=100", null, AttackSite.Admin)).Body.GetProperty("items").EnumerateArray().Where(record => record.GetProperty("by").GetString() == "viewer");
        Assert.True(audit.Count() >= roads.Length, "Not all refusals are on record.");
    }

    [Fact]
    public async Task Heads_that_are_too_many_or_too_long_are_refused()
    {
        var host = $"GET /healthz HTTP/1.1\r\nHost: {site.Service.Address.Authority}\r\n";
        Assert.Equal(431, (await site.RawAsync(host + string.Concat(Enumerable.Range(0, 5_000).Select(n => $"X-{n}: y\r\n")) + "\r\n")).Status);
        Assert.Equal(431, (await site.RawAsync($"{host}X-Long: {new string('y', 100_000)}\r\n\r\n")).Status);
        Assert.Equal(414, (await site.RawAsync($"GET /{new string('a', 20_000)} HTTP/1.1\r\nHost: a\r\n\r\n")).Status);
        Assert.Equal(400, (await site.RawAsync($"{host}X-A: b\rX-B: c\r\n\r\n")).Status);
        Assert.Equal(400, (await site.RawAsync("GET /healthz HTTP/1.1\r\n\r\n")).Status);
        // One request inside another, for a proxy in front that reads it otherwise.
        Assert.Equal(400, (await site.RawAsync($"POST /api/v1/login HTTP/1.1\r\nHost: {site.Service.Address.Authority}\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!")).Status);
        site.Count(6);
        await site.GoesOnAsync();
    }

    [Fact]
    public async Task Those_who_never_finish_a_request_keep_nobody_else_waiting()
    {
        const int Slow = 200;
        var clients = new List<TcpClient>();
        try
        {
            for (var n = 0; n < Slow; n++)
            {
                var client = new TcpClient();
                clients.Add(client);
                await client.ConnectAsync(site.Service.Address.Host, site.Service.Address.Port, TestContext.Current.CancellationToken);
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /api/v1/login HTTP/1.1\r\nHost: a\r\nX-Slow: {n}"), TestContext.Current.CancellationToken);
            }
            await site.GoesOnAsync();
            site.Count(Slow);
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    [Fact]
    public async Task Twenty_thousand_wrong_logins_are_throttled_and_harm_nobody()
    {
        var statuses = new System.Collections.Concurrent.ConcurrentDictionary<HttpStatusCode, int>();
        await Parallel.ForAsync(0, WrongLogins, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = TestContext.Current.CancellationToken }, async (n, token) =>
        {
            using var answer = await site.Service.Http.PostAsync("/api/v1/login", new StringContent($$"""{"user":"viewer","password":"guess-{{n}}"}"""), token);
            statuses.AddOrUpdate(answer.StatusCode, 1, (_, count) => count + 1);
        });
        Assert.Equal(WrongLogins, statuses.Values.Sum());
        Assert.All(statuses.Keys, status => Assert.True(status is HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests, $"{status}"));
        // Each that got through cost a slow hash: they must be few, whatever the machine's pace.
        Assert.True(statuses.GetValueOrDefault(HttpStatusCode.Unauthorized) < WrongLogins / 10, $"{statuses.GetValueOrDefault(HttpStatusCode.Unauthorized)} passwords were tried.");
        site.Count(WrongLogins);
        await site.GoesOnAsync();
    }
}
