using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using LpmOs.Core.Store;
using LpmOs.Testing;

namespace LpmOs.Tasks.Tests.Events;

/// <summary>What a real etcd no longer knows, nobody can be told of: the client must hear that, and load its lists again.</summary>
public sealed class ResumeOverEtcdTests
{
    private const int LoadAgain = 4410;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_comes_back_after_a_compaction_is_told_to_load_the_lists_again()
    {
        await using var etcd = await EtcdProcess.StartAsync();
        await using var store = TemporaryStore.Etcd(etcd.Endpoint);
        long seen, last;
        await using (var first = await RunningTasksService.StartAsync(store.Store))
        {
            seen = await CreateAsync(first, store.Store, "sn-1");
            await DecideAsync(first, "sn-1", "approve");
            await DecideAsync(first, "sn-1", "cancel");
            last = (await store.Store.GetAsync(Keys.Task("dc1", "sn-1"), Cancellation))!.ModRevision;
        }
        await etcd.CtlAsync("compact", last.ToString(CultureInfo.InvariantCulture));

        await using var second = await RunningTasksService.StartAsync(store.Store);
        Assert.Equal(LoadAgain, await CloseCodeAsync(second, seen));
        Assert.Contains("event: dropped\ndata: {\"reason\":\"compacted\"}\n\n", await StreamAsync(second, seen), StringComparison.Ordinal);

        // What is still kept is told, in order.
        using var current = await ConnectAsync(second, last);
        await CreateAsync(second, store.Store, "sn-2");
        await UntilAsync(current, "\"sn\":\"sn-2\"");
    }

    [Fact]
    public async Task A_store_that_was_restored_from_a_backup_sends_everybody_to_the_lists()
    {
        using var folder = new TemporaryFolder();
        await using var etcd = await EtcdProcess.StartAsync();
        await using var store = TemporaryStore.Etcd(etcd.Endpoint);
        await using var service = await RunningTasksService.StartAsync(store.Store);
        await CreateAsync(service, store.Store, "sn-1");
        await etcd.CtlAsync("snapshot", "save", folder.File("backup"));
        await DecideAsync(service, "sn-1", "approve");
        // Statistics are written now and then, so the store is some revisions further than the backup.
        var seen = 0L;
        for (var n = 0; n < 20; n++)
            seen = (await store.Store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Put(Keys.Lease("dc1", "sn-1"), "{}"u8.ToArray())] }, Cancellation)).Revision;
        using var open = await ConnectAsync(service, null);

        await etcd.KillAsync();
        var away = await ReadyAsync(service, HttpStatusCode.ServiceUnavailable);
        Assert.Contains("The store is away since", away, StringComparison.Ordinal);
        var page = await service.Http.GetStringAsync(new Uri("/api/v1/tasks/dc1/sn-1", UriKind.Relative), Cancellation);
        Assert.Contains("\"status\":\"approved\"", page, StringComparison.Ordinal);
        await etcd.StartFromBackupAsync(folder.File("backup"));

        await EndAsync(open);
        Assert.Equal(LoadAgain, (int?)open.CloseStatus);
        Assert.Equal(LoadAgain, await CloseCodeAsync(service, seen));
        Assert.StartsWith("Healthy\n", await ReadyAsync(service, HttpStatusCode.OK), StringComparison.Ordinal);
        page = await service.Http.GetStringAsync(new Uri("/api/v1/tasks/dc1/sn-1", UriKind.Relative), Cancellation);
        Assert.Contains("\"status\":\"pending\"", page, StringComparison.Ordinal);
    }

    private static async Task<long> CreateAsync(RunningTasksService service, IStateStore store, string sn)
    {
        var (_, mac) = Samples.Machine();
        using var answer = await service.Http.PostAsync("/api/v1/tasks", new StringContent(Samples.Task(sn, mac)), Cancellation);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await store.GetAsync(Keys.Task("dc1", sn), Cancellation))!.ModRevision;
    }

    private static async Task DecideAsync(RunningTasksService service, string sn, string decision)
    {
        using var answer = await service.Http.PostAsync($"/api/v1/tasks/dc1/{sn}/{decision}", null, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task<ClientWebSocket> ConnectAsync(RunningTasksService service, long? since)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{service.Address.Authority}/ws{(since is null ? "" : $"?since={since}")}"), Cancellation);
        return socket;
    }

    private static async Task<int?> CloseCodeAsync(RunningTasksService service, long since)
    {
        using var socket = await ConnectAsync(service, since);
        await EndAsync(socket);
        return (int?)socket.CloseStatus;
    }

    private static async Task EndAsync(ClientWebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        while ((await socket.ReceiveAsync(buffer.AsMemory(), Cancellation)).MessageType != WebSocketMessageType.Close)
        {
        }
    }

    private static async Task UntilAsync(ClientWebSocket socket, string text)
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), Cancellation);
            Assert.Equal(WebSocketMessageType.Text, part.MessageType);
            if (System.Text.Encoding.UTF8.GetString(buffer, 0, part.Count).Contains(text, StringComparison.Ordinal))
                return;
        }
    }

    /// <summary>All that the service sends before it ends the stream.</summary>
    private static async Task<string> StreamAsync(RunningTasksService service, long lastEventId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/events");
        request.Headers.Add("Last-Event-ID", lastEventId.ToString(CultureInfo.InvariantCulture));
        using var answer = await service.Http.SendAsync(request, Cancellation);
        return await answer.Content.ReadAsStringAsync(Cancellation);
    }

    private static async Task<string> ReadyAsync(RunningTasksService service, HttpStatusCode expected)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(120));
        while (true)
        {
            using var answer = await service.Http.GetAsync("/readyz", limit.Token);
            if (answer.StatusCode == expected)
                return await answer.Content.ReadAsStringAsync(limit.Token);
            await Task.Delay(20, limit.Token);
        }
    }
}
