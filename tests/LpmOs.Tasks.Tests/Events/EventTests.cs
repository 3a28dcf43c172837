using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using LpmOs.Core.Store;
using LpmOs.Testing;

namespace LpmOs.Tasks.Tests.Events;

public sealed class EventTests(TasksFixture tasks) : IClassFixture<TasksFixture>
{
    [Fact(Timeout = 120_000)]
    public async Task A_WebSocket_shows_each_change_of_its_IDC_as_one_JSON_object()
    {
        using var socket = await ConnectAsync(tasks.Address, "?idc=ws1");
        var (other, otherMac) = Samples.Machine();
        await tasks.CreateAsync(other, otherMac, "ws2");
        var (sn, mac) = Samples.Machine();
        var created = await tasks.CreateAsync(sn, mac, "ws1");
        await tasks.PostAsync($"/api/v1/tasks/ws1/{sn}/approve");

        var states = new List<string?>();
        var revision = 0L;
        while (states.Count < 2)
        {
            var message = await ReceiveAsync(socket);
            Assert.Equal("ws1", message.GetProperty("idc").GetString());
            Assert.True(message.GetProperty("revision").GetInt64() >= revision);
            revision = message.GetProperty("revision").GetInt64();
            if (message.GetProperty("type").GetString() != "task")
                continue;
            Assert.Equal(sn, message.GetProperty("sn").GetString());
            Assert.Equal(created.GetProperty("task_id").GetString(), message.GetProperty("data").GetProperty("task_id").GetString());
            states.Add(message.GetProperty("data").GetProperty("status").GetString());
        }
        Assert.Equal(["pending", "approved"], states);
    }

    [Fact(Timeout = 120_000)]
    public async Task Who_comes_back_with_the_last_revision_misses_nothing()
    {
        var (sn, mac) = Samples.Machine();
        await tasks.CreateAsync(sn, mac, "back");
        var seen = (await tasks.JsonAsync("/api/v1/tasks?idc=back")).GetProperty("revision").GetInt64();
        await tasks.PostAsync($"/api/v1/tasks/back/{sn}/approve");
        await tasks.PostAsync($"/api/v1/tasks/back/{sn}/cancel");
        using var socket = await ConnectAsync(tasks.Address, $"?idc=back&since={seen}");
        Assert.Equal(["approved", "cancelled"], await StatesAsync(socket, 2));
    }

    [Fact(Timeout = 120_000)]
    public async Task What_happened_before_the_service_started_comes_from_the_store()
    {
        await using var store = TemporaryStore.Embedded();
        var (sn, mac) = Samples.Machine();
        long seen;
        await using (var first = await RunningTasksService.StartAsync(store.Store))
        {
            await PostAsync(first, "/api/v1/tasks", Samples.Task(sn, mac));
            seen = (await store.Store.GetAsync(Keys.Task("dc1", sn), CancellationToken.None))!.ModRevision;
            await PostAsync(first, $"/api/v1/tasks/dc1/{sn}/approve", "");
        }
        await using var second = await RunningTasksService.StartAsync(store.Store);
        using var socket = await ConnectAsync(second.Address, $"?since={seen}");
        Assert.Equal(["approved"], await StatesAsync(socket, 1));
        await PostAsync(second, $"/api/v1/tasks/dc1/{sn}/cancel", "");
        Assert.Equal(["cancelled"], await StatesAsync(socket, 1));
    }

    [Fact(Timeout = 120_000)]
    public async Task Secrets_logs_and_history_are_no_events()
    {
        using var socket = await ConnectAsync(tasks.Address, "");
        await tasks.PutAsync(
            StoreWrite.Put(Keys.MachineTokenSecret + "-other", "secret"u8.ToArray()), StoreWrite.Put(Keys.Logs("quiet", "x", "task-00000000") + "1", "{}"u8.ToArray()),
            StoreWrite.Put(Keys.History("quiet", "x", "task-00000000"), "{}"u8.ToArray()));
        var (sn, mac) = Samples.Machine();
        await tasks.CreateAsync(sn, mac, "loud");
        string? idc;
        while ((idc = (await ReceiveAsync(socket)).GetProperty("idc").GetString()) != "loud")
            Assert.DoesNotContain(idc, new[] { "quiet", "global" });
    }

    [Fact(Timeout = 120_000)]
    public async Task Server_sent_events_carry_the_revision_as_id_and_resume_by_it()
    {
        var (sn, mac) = Samples.Machine();
        await tasks.CreateAsync(sn, mac, "sse");
        await tasks.PostAsync($"/api/v1/tasks/sse/{sn}/approve");
        var approved = (await tasks.Store.GetAsync(Keys.Task("sse", sn), CancellationToken.None))!.ModRevision;
        await tasks.PostAsync($"/api/v1/tasks/sse/{sn}/cancel");
        var cancelled = (await tasks.Store.GetAsync(Keys.Task("sse", sn), CancellationToken.None))!.ModRevision;

        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/events?idc=sse");
        request.Headers.Add("Last-Event-ID", approved.ToString(System.Globalization.CultureInfo.InvariantCulture));
        using var answer = await tasks.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        string? line;
        while ((line = await reader.ReadLineAsync(TestContext.Current.CancellationToken)) is not null && !line.StartsWith("id:", StringComparison.Ordinal))
        {
        }
        Assert.Equal($"id: {cancelled}", line);
        var data = JsonDocument.Parse((await reader.ReadLineAsync(TestContext.Current.CancellationToken))!["data: ".Length..]).RootElement;
        Assert.Equal("cancelled", data.GetProperty("data").GetProperty("status").GetString());
    }

    [Fact(Timeout = 120_000)]
    public async Task A_client_that_does_not_read_is_let_go_and_others_go_on()
    {
        using var slow = await ConnectAsync(tasks.Address, "?idc=flood");
        var (first, firstMac) = Samples.Machine();
        await tasks.CreateAsync(first, firstMac, "flood");
        var task = (await tasks.StoredTaskAsync(first, "flood"))! with { Notes = new string('x', 20_000) };
        // More than sockets on the way and the client's share of memory hold, while nobody reads.
        for (var round = 0; round < 50; round++)
            await tasks.PutAsync([.. Enumerable.Range(0, 50).Select(i => StoreWrite.Put(Keys.Task("flood", $"F{i}"), Core.Domain.TaskStore.Serialize(task with { Sn = $"F{i}", TaskId = $"task-{i:x8}", Percent = round })))]);

        var closed = WebSocketState.None;
        try
        {
            var buffer = new byte[1 << 20];
            while ((await slow.ReceiveAsync(buffer.AsMemory(), TestContext.Current.CancellationToken)).MessageType != WebSocketMessageType.Close)
            {
            }
            Assert.Equal(4408, (int?)slow.CloseStatus);
            closed = slow.State;
        }
        catch (WebSocketException)
        {
            // It was so far behind that even the goodbye did not get through.
            closed = WebSocketState.Aborted;
        }
        Assert.NotEqual(WebSocketState.None, closed);

        using var quick = await ConnectAsync(tasks.Address, "?idc=flood2");
        var (sn, mac) = Samples.Machine();
        await tasks.CreateAsync(sn, mac, "flood2");
        Assert.Equal(["pending"], await StatesAsync(quick, 1));
    }

    [Theory]
    [InlineData("/api/v1/events?since=x")]
    [InlineData("/api/v1/events?since=-1")]
    [InlineData("/api/v1/events?idc=a%2fb")]
    [InlineData("/ws")]
    public async Task Bad_requests_are_refused(string path) => Assert.Equal(System.Net.HttpStatusCode.BadRequest, (await tasks.GetAsync(path)).StatusCode);

    private static async Task PostAsync(RunningTasksService service, string path, string body) =>
        Assert.True((await service.Http.PostAsync(path, new StringContent(body), TestContext.Current.CancellationToken)).IsSuccessStatusCode);

    private static async Task<ClientWebSocket> ConnectAsync(Uri address, string query)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{address.Authority}/ws{query}"), TestContext.Current.CancellationToken);
        return socket;
    }

    private static async Task<List<string?>> StatesAsync(ClientWebSocket socket, int count)
    {
        var states = new List<string?>();
        while (states.Count < count)
        {
            var message = await ReceiveAsync(socket);
            if (message.GetProperty("type").GetString() == "task")
                states.Add(message.GetProperty("data").GetProperty("status").GetString());
        }
        return states;
    }

    private static async Task<JsonElement> ReceiveAsync(ClientWebSocket socket)
    {
        var text = new MemoryStream();
        var buffer = new byte[64 * 1024];
        ValueWebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(buffer.AsMemory(), TestContext.Current.CancellationToken);
            Assert.Equal(WebSocketMessageType.Text, part.MessageType);
            text.Write(buffer, 0, part.Count);
        } while (!part.EndOfMessage);
        return JsonDocument.Parse(Encoding.UTF8.GetString(text.ToArray())).RootElement;
    }
}
