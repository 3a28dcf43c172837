using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LpmOs.Core.Store;
using LpmOs.Core.Store.Etcd;
using LpmOs.Testing;

namespace LpmOs.Core.Tests.Store.Etcd;

/// <summary>One at a time: they kill servers and fill the machine.</summary>
[CollectionDefinition(nameof(Outages), DisableParallelization = true)]
public sealed class Outages;

[Collection(nameof(Outages))]
[Trait("Category", "Outage")]
public sealed class EtcdOutageTests
{
    private static readonly TimeSpan FreezeTime = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Writers_and_watches_live_through_restarts(bool killed)
    {
        await using var etcd = await EtcdProcess.StartAsync();
        using var store = EtcdStores.Open(etcd.Endpoint);
        var counter = new SharedCounter("/test/counter", 4);
        var watches = Enumerable.Range(0, 3).Select(_ => counter.WatchAsync(store, 1, 400, null, Cancellation)).ToList();
        var outages = counter.WatchAsync(store, 1, 400, async sum =>
        {
            if (sum is not (100 or 200 or 300))
                return;
            await (killed ? etcd.KillAsync() : etcd.TerminateAsync());
            await etcd.StartAsync();
        }, Cancellation);
        await counter.WriteAllAsync([store], 100, Cancellation);
        var seen = await outages;
        foreach (var watch in watches)
            Assert.Equal(seen.Select(e => e.ModRevision), (await watch).Select(e => e.ModRevision));
        Assert.StartsWith("400:100,100,100,100", await etcd.CtlAsync("get", counter.Key, "--print-value-only"), StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper!.WriteLine($"unknown outcomes, failed calls: {counter.Failures}");
    }

    [Fact]
    public async Task A_frozen_server_fails_calls_by_their_deadline_and_watches_go_on_after_it()
    {
        await using var etcd = await EtcdProcess.StartAsync();
        using var store = EtcdStores.Open(etcd.Endpoint);
        var counter = new SharedCounter("/test/counter", 2);
        var watch = counter.WatchAsync(store, 1, 40, null, Cancellation);
        await counter.WriteAllAsync([store], 10, Cancellation);

        var frozen = Task.Delay(FreezeTime, Cancellation);
        etcd.Freeze();
        try
        {
            var read = Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.GetAsync(counter.Key, Cancellation));
            var write = Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.CommitAsync(new() { Writes = [StoreWrite.Put("/test/other", new byte[] { 1 })] }, Cancellation));
            Assert.False((await read).OutcomeUnknown);
            Assert.True((await write).OutcomeUnknown);
            Assert.False(frozen.IsCompleted, "The calls must fail by themselves, while the server is still frozen.");
            await frozen;
        }
        finally
        {
            etcd.Thaw();
        }

        await counter.WriteAllAsync([store], 20, Cancellation);
        Assert.Equal(40, (await watch).Count);
    }

    [Fact]
    public async Task No_write_is_ever_sent_twice()
    {
        // Without comparisons: etcd itself would not notice a second time.
        await using var etcd = await EtcdProcess.StartAsync();
        using var store = EtcdStores.Open(etcd.Endpoint);
        var acknowledged = new ConcurrentBag<string>();
        var outages = Task.Run(async () =>
        {
            for (var kills = 1; kills <= 4; kills++)
            {
                while (acknowledged.Count < kills * 200)
                    await Task.Delay(5, Cancellation);
                await etcd.KillAsync();
                await etcd.StartAsync();
            }
        }, Cancellation);
        var unknown = 0;
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async writer =>
        {
            for (var n = 0; n < 100 || !outages.IsCompleted; n++)
            {
                var name = $"{writer}-{n}";
                try
                {
                    await store.CommitAsync(new() { Writes = [StoreWrite.Put($"/test/{name}", Encoding.UTF8.GetBytes(name))] }, Cancellation);
                    acknowledged.Add(name);
                }
                catch (StoreUnavailableException e)
                {
                    if (e.OutcomeUnknown)
                        Interlocked.Increment(ref unknown);
                }
            }
        }));
        await outages;
        var last = await PutAsync(store, "end");
        var written = new List<string>();
        await foreach (var batch in store.WatchAsync("/test/", 1, Cancellation))
        {
            written.AddRange(batch.Events.Select(e => e.Key["/test/".Length..]));
            if (batch.Revision >= last)
                break;
        }

        Assert.Equal(written.Count, written.Distinct().Count());
        Assert.Empty(acknowledged.Except(written));
        Assert.InRange(written.Count, acknowledged.Count, acknowledged.Count + unknown + 1);
        TestContext.Current.TestOutputHelper!.WriteLine($"{acknowledged.Count} acknowledged, {unknown} unknown, {written.Count - 1} written");
    }

    [Fact]
    public async Task A_write_goes_to_the_next_member_if_the_first_does_not_even_connect()
    {
        await using var etcd = await EtcdProcess.StartAsync();
        // A listener whose queue is full leaves connection attempts without any answer, as a cut cable does.
        using var deaf = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        deaf.Bind(new IPEndPoint(IPAddress.Loopback, LoopbackPorts.Next()));
        deaf.Listen(0);
        var full = Enumerable.Range(0, 2).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToList();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var connecting = new List<Task>();
        foreach (var socket in full)
            connecting.Add(socket.ConnectAsync(deaf.LocalEndPoint!, ending.Token).AsTask());
        Uri[] endpoints = [new($"http://{deaf.LocalEndPoint}"), new($"http://127.0.0.1:{LoopbackPorts.Next()}"), etcd.Endpoint];
        // Each store begins with a member of its own choice.
        await Task.WhenAll(Enumerable.Range(0, 12).Select(async i =>
        {
            using var store = EtcdStores.Open(endpoints);
            Assert.True((await store.CommitAsync(StoreTransaction.PutIf($"/test/{i}", 0, new byte[] { 1 }), Cancellation)).Applied);
        }));
        await ending.CancelAsync();
        await Task.WhenAll(connecting).ContinueWith(_ => full.ForEach(s => s.Dispose()), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    [Fact]
    public async Task A_write_to_a_server_that_is_gone_is_known_to_be_nothing()
    {
        await using var etcd = await EtcdProcess.StartAsync();
        using var store = EtcdStores.Open(new EtcdOptions { Endpoints = [etcd.Endpoint], CallTimeout = TimeSpan.FromSeconds(1) });
        await etcd.KillAsync();
        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.CommitAsync(new() { Writes = [StoreWrite.Put("/a", new byte[] { 1 })] }, Cancellation));
        Assert.False(refused.OutcomeUnknown);
        Assert.Contains(etcd.Endpoint.ToString(), refused.Message, StringComparison.Ordinal);
        Assert.Contains("Store:Etcd:Endpoints", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_that_compaction_overtook_says_so()
    {
        await using var etcd = await EtcdProcess.StartAsync();
        using var store = EtcdStores.Open(etcd.Endpoint);
        var first = await PutAsync(store, "0");
        await using var left = store.WatchAsync("/test/", first, Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await left.MoveNextAsync());
        // The watch's stream dies; before it opens the next one, what it has not seen is compacted away.
        await etcd.KillAsync();
        await etcd.StartAsync();
        var last = 0L;
        for (var i = 1; i <= 10; i++)
            last = await PutAsync(store, $"{i}");
        await etcd.CtlAsync("compact", $"{last}");

        var compacted = await Assert.ThrowsAsync<StoreCompactedException>(async () => await ToItsEndAsync(left));
        Assert.Equal(last, compacted.CompactedRevision);
        Assert.False(compacted.AnotherHistory);
        await Assert.ThrowsAsync<StoreCompactedException>(async () => await store.ListAsync("/test/", null, 10, first, Cancellation));
        // What the message asks for: list again, and watch from there.
        var page = await store.ListAsync("/test/", null, 10, 0, Cancellation);
        await using var again = store.WatchAsync("/test/", page.Revision + 1, Cancellation).GetAsyncEnumerator(Cancellation);
        var next = await PutAsync(store, "next");
        Assert.True(await again.MoveNextAsync());
        Assert.Equal(next, again.Current.Revision);
    }

    [Fact]
    public async Task A_watch_notices_that_etcd_lost_its_data()
    {
        await using var etcd = await EtcdProcess.StartAsync();
        using var store = EtcdStores.Open(etcd.Endpoint);
        for (var i = 0; i < 5; i++)
            await PutAsync(store, $"{i}");
        await using var watch = store.WatchAsync("/test/", 1, Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await watch.MoveNextAsync());
        await etcd.KillAsync();
        await etcd.StartEmptyAsync();
        var lost = await Assert.ThrowsAsync<StoreCompactedException>(async () => await ToItsEndAsync(watch));
        Assert.True(lost.AnotherHistory);
        Assert.Empty((await store.ListAsync("/test/", null, 10, 0, Cancellation)).Entries);
    }

    [Fact]
    public async Task A_watch_that_is_up_to_date_does_not_mind_compaction()
    {
        await using var etcd = await EtcdProcess.StartAsync();
        using var store = EtcdStores.Open(etcd.Endpoint);
        await using var watch = store.WatchAsync("/test/", 1, Cancellation).GetAsyncEnumerator(Cancellation);
        for (var i = 0; i < 5; i++)
        {
            var revision = await PutAsync(store, $"{i}");
            Assert.True(await watch.MoveNextAsync());
            Assert.Equal(revision, watch.Current.Revision);
            await etcd.CtlAsync("compact", $"{revision}");
        }
    }

    [Fact]
    public async Task A_quiet_watch_is_told_how_far_it_has_come()
    {
        await using var etcd = await EtcdProcess.StartAsync(new() { Flags = ["--experimental-watch-progress-notify-interval", "1s"] });
        using var store = EtcdStores.Open(etcd.Endpoint);
        var revision = 0L;
        for (var i = 0; i < 10; i++)
            revision = await PutAsync(store, $"{i}");
        await foreach (var batch in store.WatchAsync("/elsewhere/", 1, Cancellation))
        {
            Assert.Empty(batch.Events);
            Assert.Equal(revision, batch.Revision);
            break;
        }
    }

    [Fact]
    public async Task A_watch_that_heard_nothing_for_long_asks_and_stays_in_place()
    {
        await using var etcd = await EtcdProcess.StartAsync();
        // It asks three times, and etcd has two seconds for each answer.
        using var store = EtcdStores.Open(new EtcdOptions { Endpoints = [etcd.Endpoint], WatchIdle = TimeSpan.FromSeconds(2) });
        await using var watch = store.WatchAsync("/test/", 1, Cancellation).GetAsyncEnumerator(Cancellation);
        var moving = watch.MoveNextAsync();
        await Task.Delay(TimeSpan.FromSeconds(7), Cancellation);
        var revision = await PutAsync(store, "1");
        Assert.True(await moving);
        Assert.Equal(revision, Assert.Single(watch.Current.Events).ModRevision);
        // One stream was opened in all this time: etcd counts them.
        using var http = new HttpClient();
        var metrics = await http.GetStringAsync(new Uri(etcd.Endpoint, "/metrics"), Cancellation);
        Assert.Contains("grpc_server_started_total{grpc_method=\"Watch\",grpc_service=\"etcdserverpb.Watch\",grpc_type=\"bidi_stream\"} 1\n", metrics, StringComparison.Ordinal);
    }

    private static async Task<long> PutAsync(EtcdStore store, string value) =>
        (await store.CommitAsync(new() { Writes = [StoreWrite.Put("/test/key", Encoding.UTF8.GetBytes(value))] }, Cancellation)).Revision;

    private static async Task ToItsEndAsync(IAsyncEnumerator<WatchBatch> watch)
    {
        while (await watch.MoveNextAsync())
        {
        }
    }
}
