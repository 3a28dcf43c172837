using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using LpmOs.Contracts.Agents;
using LpmOs.Core;
using LpmOs.Core.Domain.Shells;
using LpmOs.Core.Security;
using LpmOs.Core.Store;

namespace LpmOs.Regional.Tests.Shells;

/// <summary>The machine's end of a rescue shell, asked as an agent asks, with the operator's end played straight in the store.</summary>
public sealed class ShellTests(RegionalFixture regional) : IClassFixture<RegionalFixture>
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_poll_that_waits_is_answered_at_once_with_the_session_and_what_is_typed_and_shown_goes_through_the_store()
    {
        var (sn, mac, _) = Samples.Machine();
        Assert.Equal(HttpStatusCode.OK, (await regional.PostAsync("/api/v1/report", Samples.Report(sn, mac))).StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/task/{sn}?wait=60") { Headers = { { "Authorization", $"Bearer {Token(sn, mac)}" } } };
        var polling = regional.Http.SendAsync(request, Cancellation);
        var session = await OpenAsync(sn);
        using var answer = await polling;
        Assert.Equal([session.Id], answer.Headers.GetValues(AgentHeaders.Shell));

        using var agent = await ConnectAsync(sn, Token(sn, mac), session.Id);
        await regional.PutAsync(Keys.ShellInput("dc1", sn, session.Id) + "0000000001", [ShellFrame.Data, .. "id\n"u8]);
        Assert.Equal("id\n", Encoding.UTF8.GetString((await ReceiveAsync(agent))[1..]));
        await agent.SendAsync(new byte[] { ShellFrame.Data, (byte)'#' }, WebSocketMessageType.Binary, endOfMessage: true, Cancellation);
        await agent.SendAsync(ShellFrame.OfEnd("the shell ended with code 0"), WebSocketMessageType.Binary, endOfMessage: true, Cancellation);
        Assert.Equal("the shell ended with code 0", ShellFrame.ReadEnd(await ReceiveAsync(agent)));
        Assert.Equal(WebSocketMessageType.Close, (await agent.ReceiveAsync(new byte[16], Cancellation)).MessageType);

        var ended = await SessionAsync(sn);
        Assert.Equal(("the shell ended with code 0", 3L, 1L), (ended.EndReason, ended.InputBytes, ended.OutputBytes));
        var output = (await regional.Store.ListAsync(Keys.ShellOutput("dc1", sn, session.Id), null, 100, 0, Cancellation)).Entries;
        Assert.Equal([ShellFrame.Ready, ShellFrame.Data, ShellFrame.End], output.Select(entry => entry.Value.Span[0]));
        Assert.Empty((await regional.Store.ListAsync(Keys.ShellInput("dc1", sn, session.Id), null, 100, 0, Cancellation)).Entries);
        var audit = (await regional.Store.ListAsync(Keys.Audit("dc1"), null, 1000, 0, Cancellation)).Entries.Select(entry => Encoding.UTF8.GetString(entry.Value.Span));
        Assert.Single(audit, record => record.Contains("shell.closed", StringComparison.Ordinal) && record.Contains(session.Id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_the_machine_itself_may_bring_it_once_and_while_it_lasts()
    {
        var (sn, mac, _) = Samples.Machine();
        var (other, otherMac, _) = Samples.Machine();
        foreach (var (name, address) in new[] { (sn, mac), (other, otherMac) })
            Assert.Equal(HttpStatusCode.OK, (await regional.PostAsync("/api/v1/report", Samples.Report(name, address))).StatusCode);
        var session = await OpenAsync(sn);
        Assert.Equal(HttpStatusCode.Forbidden, await RefusalAsync(sn, Token(other, otherMac), session.Id));
        Assert.Equal(HttpStatusCode.Unauthorized, await RefusalAsync(sn, null, session.Id));
        Assert.Equal(HttpStatusCode.Unauthorized, await RefusalAsync(sn, Token(sn, mac) + "x", session.Id));
        Assert.Equal(HttpStatusCode.Gone, await RefusalAsync(sn, Token(sn, mac), "20260101000000-00000000"));
        // A session is of one machine: known by its id alone it is worth nothing to another one.
        Assert.Equal(HttpStatusCode.Gone, await RefusalAsync(other, Token(other, otherMac), session.Id));
        Assert.Null((await SessionAsync(sn)).AgentAt);

        using (var agent = await ConnectAsync(sn, Token(sn, mac), session.Id))
            Assert.Equal(HttpStatusCode.Gone, await RefusalAsync(sn, Token(sn, mac), session.Id));

        var expired = await OpenAsync(sn, Now - TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.Gone, await RefusalAsync(sn, Token(sn, mac), expired.Id));
    }

    [Fact]
    public async Task It_ends_hard_when_its_time_is_over_and_when_a_message_is_none()
    {
        var (sn, mac, _) = Samples.Machine();
        Assert.Equal(HttpStatusCode.OK, (await regional.PostAsync("/api/v1/report", Samples.Report(sn, mac))).StatusCode);
        using (var agent = await ConnectShortlyAsync(sn, mac))
            Assert.Equal(ShellEnds.TimeOver, ShellFrame.ReadEnd(await ReceiveAsync(agent)));
        Assert.Equal(ShellEnds.TimeOver, (await SessionAsync(sn)).EndReason);

        foreach (var (message, type) in new (byte[], WebSocketMessageType)[] { ([9, 1], WebSocketMessageType.Binary), ([], WebSocketMessageType.Binary), ([0, 1], WebSocketMessageType.Text), (new byte[ShellFrame.Longest + 1], WebSocketMessageType.Binary) })
        {
            var next = await OpenAsync(sn);
            using var agent = await ConnectAsync(sn, Token(sn, mac), next.Id);
            await agent.SendAsync(message, type, endOfMessage: true, Cancellation);
            Assert.Equal(ShellEnds.BadMessage, ShellFrame.ReadEnd(await ReceiveAsync(agent)));
        }
    }

    /// <summary>To a session of a few seconds. On a busy machine one may be over before the agent is there: the next is longer.</summary>
    private async Task<ClientWebSocket> ConnectShortlyAsync(string sn, string mac)
    {
        for (var seconds = 3; ; seconds *= 2)
        {
            var session = await OpenAsync(sn, TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(seconds));
            try
            {
                return await ConnectAsync(sn, Token(sn, mac), session.Id);
            }
            catch (HttpRequestException e) when (e.StatusCode == HttpStatusCode.Gone && seconds < 60)
            {
                // Once more.
            }
        }
    }

    /// <summary>As the tasks service writes it.</summary>
    private async Task<ShellSession> OpenAsync(string sn, DateTimeOffset? expires = null)
    {
        var session = new ShellSession { Id = $"{TimeProvider.System.GetUtcNow():yyyyMMddHHmmss}-{Guid.NewGuid():n}"[..23], Idc = "dc1", Sn = sn, By = "alice", StartedAt = Now, ExpiresAt = expires ?? Now + TimeSpan.FromMinutes(15) };
        await regional.PutAsync(Keys.Shell("dc1", sn), JsonSerializer.SerializeToUtf8Bytes(session, CoreJson.Default.ShellSession));
        return session;
    }

    private async Task<ShellSession> SessionAsync(string sn) => JsonSerializer.Deserialize((await regional.Store.GetAsync(Keys.Shell("dc1", sn), Cancellation))!.Value.Span, CoreJson.Default.ShellSession)!;

    private async Task<ClientWebSocket> ConnectAsync(string sn, string? token, string session)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (token is not null)
            socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        try
        {
            await socket.ConnectAsync(new UriBuilder(regional.Http.BaseAddress!) { Scheme = "ws", Path = $"/api/v1/shell/{sn}", Query = $"session={session}" }.Uri, Cancellation);
            return socket;
        }
        catch (WebSocketException e)
        {
            var status = socket.HttpStatusCode;
            socket.Dispose();
            throw new HttpRequestException(e.Message, e, status);
        }
    }

    private async Task<HttpStatusCode?> RefusalAsync(string sn, string? token, string session) => (await Assert.ThrowsAsync<HttpRequestException>(() => ConnectAsync(sn, token, session))).StatusCode;

    private static async Task<byte[]> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[ShellFrame.Longest];
        var message = await socket.ReceiveAsync(buffer.AsMemory(), Cancellation);
        Assert.Equal(WebSocketMessageType.Binary, message.MessageType);
        return buffer[..message.Count];
    }

    private string Token(string sn, string mac) => MachineTokens.Issue(new TokenClaims { Purpose = MachineTokens.AgentPurpose, Idc = "dc1", Sn = sn, Mac = mac, Expires = (Now + TimeSpan.FromHours(1)).ToUnixTimeSeconds() }, regional.Snapshot.MachineTokenKey.Span);
}
