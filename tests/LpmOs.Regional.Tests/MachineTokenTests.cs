using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using LpmOs.Contracts.Agents;
using LpmOs.Core;
using LpmOs.Core.Domain.Tokens;
using LpmOs.Core.Security;
using LpmOs.Core.Store;

namespace LpmOs.Regional.Tests;

/// <summary>What the token of a boot script opens, for whom and how long; each a real call.</summary>
public sealed class MachineTokenTests(RegionalFixture regional) : IClassFixture<RegionalFixture>
{
    private static readonly long Now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    [Fact]
    public async Task A_second_boot_ends_what_the_first_one_may()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutTaskAsync(Samples.Task(sn, mac, id));
        var (first, second) = (Token(sn, mac), Token(sn, mac, boot: Now + 60_000));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(first, $"/api/v1/task/{sn}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(second, $"/api/v1/task/{sn}")).Status);
        foreach (var (path, body) in Calls(sn, mac, id))
            Assert.Equal((HttpStatusCode.Unauthorized, "token_replaced"), Code(await SendAsync(first, path, body)));
        Assert.Equal(Contracts.Tasks.TaskState.Approved, (await regional.TaskAsync(sn)).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(second, "/api/v1/operations/next", new { sn, task_id = id })).Status);
        Assert.Equal(Now + 60_000, (await UseAsync(sn)).Boot);
    }

    [Fact]
    public async Task An_expired_token_may_report_and_no_more()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutTaskAsync(Samples.Task(sn, mac, id));
        var expired = Token(sn, mac, life: TimeSpan.FromSeconds(-1));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(expired, "/api/v1/report", Samples.Report(sn, mac))).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(expired, "/api/v1/progress", new { sn, task_id = id, step = "downloading", percent = 60 })).Status);
        var logged = await SendAsync(expired, "/api/v1/logs", new { sn, task_id = id, lines = new[] { "x" } });
        Assert.Equal((HttpStatusCode.OK, false), (logged.Status, logged.Renewed is not null));
        foreach (var (path, body) in Calls(sn, mac, id).Where(call => call.Path is "/api/v1/operations/next" or "/api/v1/wipes" || call.Body is null))
            Assert.Equal((HttpStatusCode.Unauthorized, "invalid_token"), Code(await SendAsync(expired, path, body)));
        Assert.Equal(Contracts.Tasks.TaskState.Approved, (await regional.TaskAsync(sn)).Status);
    }

    [Fact]
    public async Task A_token_of_another_machine_of_a_former_attempt_or_of_another_site_is_refused()
    {
        var (sn, mac, id) = Samples.Machine();
        var (other, otherMac, otherId) = Samples.Machine();
        await regional.PutTaskAsync(Samples.Task(sn, mac, id) with { Attempt = 2 });
        await regional.PutTaskAsync(Samples.Task(other, otherMac, otherId));
        foreach (var (path, body) in Calls(sn, mac, id))
            Assert.Equal((HttpStatusCode.Forbidden, "token_of_another_machine"), Code(await SendAsync(Token(other, otherMac), path, body)));
        Assert.Equal((HttpStatusCode.Forbidden, "token_of_another_attempt"), Code(await SendAsync(Token(sn, mac, taskId: id, attempt: 1), "/api/v1/operations/next", new { sn, task_id = id })));
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_token"), Code(await SendAsync(Token(sn, mac, idc: "dc2"), $"/api/v1/task/{sn}")));
        Assert.Equal(Contracts.Tasks.TaskState.Approved, (await regional.TaskAsync(sn)).Status);
    }

    [Fact]
    public async Task Who_comes_from_another_host_shows_a_token()
    {
        var (sn, mac, _) = Samples.Machine();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/report") { Content = JsonContent.Create(Samples.Report(sn, mac)), Headers = { { "X-Forwarded-For", "192.0.2.7" } } };
        using var answer = await regional.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(Token(sn, mac), "/api/v1/report", Samples.Report(sn, mac))).Status);
    }

    [Fact]
    public async Task The_first_use_is_on_record_and_one_from_elsewhere_is_told()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutTaskAsync(Samples.Task(sn, mac, id));
        var token = Token(sn, mac);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(token, $"/api/v1/task/{sn}")).Status);
        var first = await UseAsync(sn);
        Assert.Equal(("127.0.0.1", null), (first.From, first.Elsewhere));
        for (var again = 0; again < 2; again++)
            Assert.Equal(HttpStatusCode.OK, (await SendAsync(token, $"/api/v1/task/{sn}", from: IPAddress.Parse("127.0.0.2"))).Status);
        Assert.Equal("127.0.0.2", (await UseAsync(sn)).Elsewhere);
        var told = (await regional.Store.ListAsync(Keys.Audit("dc1"), null, 1000, 0, TestContext.Current.CancellationToken)).Entries
            .Select(entry => JsonDocument.Parse(entry.Value).RootElement).Where(record => record.GetProperty("sn").GetString() == sn && record.GetProperty("action").GetString() == "token.used_elsewhere");
        Assert.Equal("127.0.0.2", Assert.Single(told).GetProperty("from").GetString());
    }

    [Fact]
    public async Task A_token_is_renewed_in_time_and_bound_to_the_task_that_the_agent_is_given()
    {
        var (sn, mac, id) = Samples.Machine();
        var young = await SendAsync(Token(sn, mac, life: MachineTokens.AgentLife), $"/api/v1/task/{sn}");
        Assert.Equal((HttpStatusCode.NotFound, false), (young.Status, young.Renewed is not null));
        var old = await SendAsync(Token(sn, mac, life: TimeSpan.FromHours(1)), $"/api/v1/task/{sn}");
        var renewed = Read(old.Renewed);
        Assert.Equal((sn, mac, (long?)Now, (string?)null), (renewed.Sn, renewed.Mac, renewed.Boot, renewed.TaskId));
        Assert.True(renewed.Expires > TimeProvider.System.GetUtcNow().AddHours(10).ToUnixTimeSeconds());

        await regional.PutTaskAsync(Samples.Task(sn, mac, id));
        var given = Read((await SendAsync(old.Renewed!, $"/api/v1/task/{sn}")).Renewed);
        Assert.Equal((id, 1, (long?)Now), (given.TaskId, given.Attempt, given.Boot));
    }

    private TokenClaims Read(string? token) => MachineTokens.Read(token, regional.Snapshot.MachineTokenKey.Span) ?? throw new InvalidOperationException("There is no token.");

    private static (HttpStatusCode, string?) Code((HttpStatusCode Status, JsonElement Body, string? Renewed) answer) => (answer.Status, answer.Body.TryGetProperty("code", out var code) ? code.GetString() : null);

    /// <summary>Every call of an agent; without a body: a GET.</summary>
    private static IEnumerable<(string Path, object? Body)> Calls(string sn, string mac, string id) =>
    [
        ("/api/v1/report", Samples.Report(sn, mac)), ($"/api/v1/task/{sn}", null), ($"/api/v1/directive/{sn}?task_id={id}", null), ("/api/v1/progress", new { sn, task_id = id, step = "downloading", percent = 60 }),
        ("/api/v1/operations/next", new { sn, task_id = id }), ("/api/v1/logs", new { sn, task_id = id, lines = new[] { "x" } }),
        ("/api/v1/wipes", new { sn, task_id = id, attempt = 1, device = "/dev/vda", size_bytes = 1, method = "zero", result = "failed", began_at = DateTimeOffset.UnixEpoch, ended_at = DateTimeOffset.UnixEpoch, samples = 0, samples_left = 0 }),
    ];

    private string Token(string sn, string mac, long? boot = null, TimeSpan? life = null, string? taskId = null, int? attempt = null, string idc = "dc1") => MachineTokens.Issue(new TokenClaims
    {
        Purpose = MachineTokens.AgentPurpose, Idc = idc, Sn = sn, Mac = mac, TaskId = taskId, Attempt = attempt, Boot = boot ?? Now, Expires = (TimeProvider.System.GetUtcNow() + (life ?? TimeSpan.FromHours(1))).ToUnixTimeSeconds(),
    }, regional.Snapshot.MachineTokenKey.Span);

    private async Task<TokenUse> UseAsync(string sn) => JsonSerializer.Deserialize((await regional.Store.GetAsync(Keys.Token("dc1", sn), TestContext.Current.CancellationToken))!.Value.Span, CoreJson.Default.TokenUse)!;

    /// <param name="from">Address of this host to call from.</param>
    private async Task<(HttpStatusCode Status, JsonElement Body, string? Renewed)> SendAsync(string token, string path, object? body = null, IPAddress? from = null)
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(from ?? IPAddress.Loopback, 0));
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var http = new HttpClient(handler) { BaseAddress = regional.Http.BaseAddress };
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, path) { Content = body is null ? null : JsonContent.Create(body), Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await RegionalFixture.JsonAsync(answer), answer.Headers.TryGetValues("Lpmos-Token", out var renewed) ? renewed.Single() : null);
    }
}
