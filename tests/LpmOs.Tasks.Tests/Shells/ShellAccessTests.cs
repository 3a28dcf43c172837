using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using LpmOs.Contracts.Agents;
using LpmOs.Core;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Domain.Shells;
using LpmOs.Core.Store;
using LpmOs.Tasks.Tests.Access;
using LpmOs.Testing;

namespace LpmOs.Tasks.Tests.Shells;

/// <summary>Who may open a shell on a machine and use it, and how long; the machine's end is played straight in the store.</summary>
public sealed class ShellAccessTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_who_opened_it_may_use_it_from_no_other_web_site_and_with_one_terminal()
    {
        await using var store = TemporaryStore.Embedded();
        await using var service = await StartAsync(store.Store);
        var sn = await MachineAsync(store.Store, service, online: true);
        foreach (var token in new[] { "viewer", "approver", "auditor" })
            Assert.Equal("not_allowed", (await service.SendAsync(HttpMethod.Post, $"/api/v1/machines/dc1/{sn}/shell", null, token)).Code());
        Assert.Equal("not_allowed", (await service.SendAsync(HttpMethod.Post, $"/api/v1/machines/dc1/{sn}/shell", null, "elsewhere")).Code());
        Assert.Equal("login_required", (await service.SendAsync(HttpMethod.Post, $"/api/v1/machines/dc1/{sn}/shell")).Code());
        var opened = await service.SendAsync(HttpMethod.Post, $"/api/v1/machines/dc1/{sn}/shell", """{"minutes":2,"reason":"look"}""", "alice");
        Assert.Equal(HttpStatusCode.Created, opened.Status);
        var id = opened.Body.GetProperty("id").GetString()!;
        Assert.Equal(TimeSpan.FromMinutes(2), opened.Body.GetProperty("expires_at").GetDateTimeOffset() - opened.Body.GetProperty("started_at").GetDateTimeOffset());
        Assert.Equal("shell_in_use", (await service.SendAsync(HttpMethod.Post, $"/api/v1/machines/dc1/{sn}/shell", null, "bob")).Code());

        foreach (var (token, origin, session, status) in new (string?, string?, string, HttpStatusCode)[]
        {
            (null, null, id, HttpStatusCode.Unauthorized), ("viewer", null, id, HttpStatusCode.Forbidden), ("bob", null, id, HttpStatusCode.Forbidden), ("elsewhere", null, id, HttpStatusCode.Forbidden),
            ("alice", "https://evil.example", id, HttpStatusCode.Forbidden), ("alice", null, "20260101000000-00000000", HttpStatusCode.Gone), ("alice", null, "", HttpStatusCode.Gone),
        })
            Assert.Equal(status, (await Assert.ThrowsAsync<HttpRequestException>(() => ConnectAsync(service, sn, session, token, origin))).StatusCode);

        using var terminal = await ConnectAsync(service, sn, id, "alice");
        Assert.Equal(HttpStatusCode.Conflict, (await Assert.ThrowsAsync<HttpRequestException>(() => ConnectAsync(service, sn, id, "alice"))).StatusCode);
        // What is typed lies in the store for the regional service; what that writes is shown.
        await terminal.SendAsync(new byte[] { ShellFrame.Data, (byte)'l', (byte)'s' }, WebSocketMessageType.Binary, endOfMessage: true, Cancellation);
        await foreach (var batch in store.Store.WatchAsync(Keys.ShellInput("dc1", sn, id), 1, Cancellation))
        {
            if (batch.Events is [{ Value: { } typed }])
            {
                Assert.Equal(new byte[] { ShellFrame.Data, (byte)'l', (byte)'s' }, typed.ToArray());
                break;
            }
        }
        await PutAsync(store.Store, Keys.ShellOutput("dc1", sn, id) + "0000000001", [ShellFrame.Data, (byte)'#']);
        Assert.Equal(new byte[] { ShellFrame.Data, (byte)'#' }, await ReceiveAsync(terminal));

        // The right is taken away in the middle of it.
        await service.SendAsync(HttpMethod.Put, "/api/v1/users/alice", """{"roles":[{"role":"viewer"}]}""", "admin");
        Assert.Equal(ShellEnds.RightsTaken, ShellFrame.ReadEnd(await ReceiveAsync(terminal)));
        Assert.Equal("not_allowed", (await service.SendAsync(HttpMethod.Get, $"/api/v1/machines/dc1/{sn}/shell/transcript", null, "bob")).Code());
        using (var transcript = await service.SendRawAsync(HttpMethod.Get, $"/api/v1/machines/dc1/{sn}/shell/transcript", "auditor"))
            Assert.Equal("#", await transcript.Content.ReadAsStringAsync(Cancellation));
        var audit = (await service.SendAsync(HttpMethod.Get, $"/api/v1/audit?sn={sn}&action=shell.", null, "admin")).Body.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal([("shell.closed", "alice"), ("shell.opened", "alice")], audit.Select(record => (record.GetProperty("action").GetString()!, record.GetProperty("by").GetString()!)));
        Assert.Equal(2, audit[0].GetProperty("value_after").GetProperty("input_bytes").GetInt64());
        Assert.Equal("look", audit[1].GetProperty("reason").GetString());
    }

    [Fact]
    public async Task The_end_is_on_record_by_who_asked_for_it()
    {
        await using var store = TemporaryStore.Embedded();
        await using var service = await StartAsync(store.Store);
        var sn = await MachineAsync(store.Store, service, online: true);
        Assert.Equal(HttpStatusCode.Created, (await service.SendAsync(HttpMethod.Post, $"/api/v1/machines/dc1/{sn}/shell", null, "alice")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await service.SendAsync(HttpMethod.Delete, $"/api/v1/machines/dc1/{sn}/shell", null, "bob")).Status);
        var audit = (await service.SendAsync(HttpMethod.Get, $"/api/v1/audit?sn={sn}&action=shell.", null, "admin")).Body.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal([("shell.closed", "bob"), ("shell.opened", "alice")], audit.Select(record => (record.GetProperty("action").GetString()!, record.GetProperty("by").GetString()!)));
        var closed = audit[0].GetProperty("value_after");
        Assert.Equal(("alice", "bob", "127.0.0.1", "127.0.0.1"), (closed.GetProperty("by").GetString(), closed.GetProperty("end_asked_by").GetString(), closed.GetProperty("end_asked_from").GetString(), audit[0].GetProperty("from").GetString()));
    }

    [Fact]
    public async Task A_machine_that_is_not_connected_is_refused_and_bad_requests_name_the_field()
    {
        await using var store = TemporaryStore.Embedded();
        await using var service = await StartAsync(store.Store);
        var sn = await MachineAsync(store.Store, service, online: false);
        Assert.Equal("machine_not_connected", (await service.SendAsync(HttpMethod.Post, $"/api/v1/machines/dc1/{sn}/shell", null, "alice")).Code());
        Assert.Equal("machine_not_found", (await service.SendAsync(HttpMethod.Post, "/api/v1/machines/dc1/NONE/shell", null, "alice")).Code());
        Assert.Equal("no_shell", (await service.SendAsync(HttpMethod.Get, $"/api/v1/machines/dc1/{sn}/shell", null, "alice")).Code());
        foreach (var body in new[] { """{"minutes":0}""", """{"minutes":61}""", """{"minutes":"15"}""" })
            Assert.Contains("minutes", (await service.SendAsync(HttpMethod.Post, $"/api/v1/machines/dc1/{sn}/shell", body, "alice")).Body.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("minuts", (await service.SendAsync(HttpMethod.Post, $"/api/v1/machines/dc1/{sn}/shell", """{"minuts":5}""", "alice")).Body.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    /// <summary>An agent on an ordinary system opens no shell: nobody waits for it to come.</summary>
    [Fact]
    public async Task A_machine_that_does_not_run_the_boot_image_is_refused_at_once()
    {
        await using var store = TemporaryStore.Embedded();
        await using var service = await StartAsync(store.Store);
        var ordinary = await MachineAsync(store.Store, service, online: true, bootImage: false);
        Assert.Equal("not_in_boot_image", (await service.SendAsync(HttpMethod.Post, $"/api/v1/machines/dc1/{ordinary}/shell", null, "alice")).Code());
        Assert.Null(await store.Store.GetAsync(Keys.Shell("dc1", ordinary), Cancellation));
        var inMemory = await MachineAsync(store.Store, service, online: true, bootImage: true);
        Assert.Equal(HttpStatusCode.Created, (await service.SendAsync(HttpMethod.Post, $"/api/v1/machines/dc1/{inMemory}/shell", null, "alice")).Status);
        var found = (await service.SendAsync(HttpMethod.Get, "/api/v1/machines?q=boot_image:false", null, "alice")).Body.GetProperty("items").EnumerateArray().Select(machine => machine.GetProperty("sn").GetString());
        Assert.Equal([ordinary], found);
    }

    [Fact]
    public async Task Its_end_comes_by_itself_when_the_agent_never_does_or_its_time_is_over()
    {
        var time = new ManualTime();
        await using var store = TemporaryStore.Embedded();
        await using var service = await StartAsync(store.Store, time);
        var sn = await MachineAsync(store.Store, service, online: true);
        // Timers are set by others as it goes: time passes until the end has come. Where it passes so fast that the service gives up writing the end, its watcher does that.
        async Task<string> UntilEndedAsync(string id)
        {
            while (true)
            {
                if (JsonSerializer.Deserialize((await store.Store.GetAsync(Keys.Shell("dc1", sn), Cancellation))!.Value.Span, CoreJson.Default.ShellSession) is { EndReason: { } reason } session && session.Id == id)
                    return reason;
                time.Advance(TimeSpan.FromSeconds(5));
                await Task.Delay(20, Cancellation);
            }
        }
        async Task<string> EndAsync(bool withAgent)
        {
            var opened = await service.SendAsync(HttpMethod.Post, $"/api/v1/machines/dc1/{sn}/shell", $$"""{"minutes":{{(withAgent ? 3 : 60)}}}""", "alice");
            var id = opened.Body.GetProperty("id").GetString()!;
            using var terminal = await ConnectAsync(service, sn, id, "alice");
            if (withAgent)
            {
                Assert.NotNull(await new ShellSessions(store.Store, service.State, time).TakeAsync("dc1", sn, id, agent: true, Cancellation));
                await PutAsync(store.Store, Keys.ShellOutput("dc1", sn, id) + "0000000001", [ShellFrame.Ready]);
                Assert.Equal(new byte[] { ShellFrame.Ready }, await ReceiveAsync(terminal));
            }
            var ending = ReceiveAsync(terminal);
            var stored = await UntilEndedAsync(id);
            Assert.Equal(stored, ShellFrame.ReadEnd(await ending));
            return stored;
        }
        Assert.Equal(ShellEnds.AgentNeverCame, await EndAsync(withAgent: false));
        Assert.Equal(ShellEnds.TimeOver, await EndAsync(withAgent: true));

        // Nobody came at all, and no service is there that would have ended it.
        var last = await service.SendAsync(HttpMethod.Post, $"/api/v1/machines/dc1/{sn}/shell", null, "alice");
        Assert.Equal(ShellEnds.OperatorNeverCame, await UntilEndedAsync(last.Body.GetProperty("id").GetString()!));
    }

    private static async Task<RunningTasksService> StartAsync(IStateStore store, TimeProvider? time = null)
    {
        await People.PutAsync(store, People.User("admin", People.Grant(Role.Administrator)), People.Token("admin", "admin"), People.User("alice", People.Grant(Role.Operator)), People.Token("alice", "alice"),
            People.User("bob", People.Grant(Role.Operator)), People.Token("bob", "bob"), People.User("elsewhere", People.Grant(Role.Administrator, "dc2")), People.Token("elsewhere", "elsewhere"));
        await People.PutAsync(store, [.. new[] { Role.Viewer, Role.Approver, Role.Auditor }.SelectMany(role => new[] { People.User(role.ToString().ToLowerInvariant(), People.Grant(role)), People.Token(role.ToString().ToLowerInvariant(), role.ToString().ToLowerInvariant()) })]);
        return await RunningTasksService.StartAsync(store, time, "--Auth:Mode=users");
    }

    private static async Task<string> MachineAsync(IStateStore store, RunningTasksService service, bool online, bool? bootImage = null)
    {
        var (sn, mac) = Samples.Machine();
        await PutAsync(store, Keys.Meta("dc1", sn), JsonSerializer.SerializeToUtf8Bytes(Samples.Hardware(sn, mac) with { BootImage = bootImage }, Contracts.ContractsJson.Default.Inventory));
        var revision = online ? await PutAsync(store, Keys.Lease("dc1", sn), "{}"u8.ToArray()) : 0;
        await service.State.CatchUpAsync(Keys.Lease("dc1", sn), revision, Cancellation);
        return sn;
    }

    private static async Task<long> PutAsync(IStateStore store, string key, byte[] value) => (await store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Put(key, value)] }, Cancellation)).Revision;

    private static async Task<ClientWebSocket> ConnectAsync(RunningTasksService service, string sn, string session, string? token, string? origin = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (token is not null)
            socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        if (origin is not null)
            socket.Options.SetRequestHeader("Origin", origin);
        try
        {
            await socket.ConnectAsync(new UriBuilder(service.Address) { Scheme = "ws", Path = $"/api/v1/machines/dc1/{sn}/shell/terminal", Query = $"session={session}" }.Uri, Cancellation);
            return socket;
        }
        catch (WebSocketException e)
        {
            var status = socket.HttpStatusCode;
            socket.Dispose();
            throw new HttpRequestException(e.Message, e, status);
        }
    }

    private static async Task<byte[]> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[ShellFrame.Longest];
        var message = await socket.ReceiveAsync(buffer.AsMemory(), Cancellation);
        Assert.Equal(WebSocketMessageType.Binary, message.MessageType);
        return buffer[..message.Count];
    }
}
