using System.Diagnostics;
using LpmOs.Core.Store;
using LpmOs.Core.Store.Embedded;
using LpmOs.Core.Tests.Store.Etcd;
using LpmOs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace LpmOs.Core.Tests.Store;

/// <summary>Measures and prints; judges nothing. Runs only when asked for: <c>-explicit only</c>.</summary>
[Collection(nameof(Outages))]
[Trait("Category", "Benchmark")]
public sealed class StoreThroughput(ITestOutputHelper output)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task Etcd()
    {
        await using var etcd = await EtcdProcess.StartAsync();
        using var store = EtcdStores.Open(etcd.Endpoint);
        await MeasureAsync("etcd", store);
    }

    [Fact(Explicit = true)]
    public async Task Embedded()
    {
        using var folder = new TemporaryFolder();
        await using var store = new EmbeddedStore(new EmbeddedOptions { Path = folder.File("store.db") }, TimeProvider.System, NullLogger<EmbeddedStore>.Instance);
        await MeasureAsync("embedded", store);
    }

    private async Task MeasureAsync(string name, IStateStore store)
    {
        var value = new byte[1024];
        await RunAsync(4, 200, i => store.CommitAsync(new() { Writes = [StoreWrite.Put($"/warm/{i % 100}", value)] }, Cancellation).AsTask());
        foreach (var (writers, each) in new[] { (1, 4000), (64, 500) })
        {
            var puts = await RunAsync(writers, each, i => store.CommitAsync(new() { Writes = [StoreWrite.Put($"/bench/{i % 5000}", value)] }, Cancellation).AsTask());
            var gets = await RunAsync(writers, each, i => store.GetAsync($"/bench/{i % 5000}", Cancellation).AsTask());
            output.WriteLine($"{name}, {writers} at once, 1 KiB: {puts:0} puts/s, {gets:0} gets/s");
        }

        var from = (await store.ListAsync("/bench/", null, 10_000, 0, Cancellation)).Revision + 1;
        var watch = Task.Run(async () =>
        {
            var count = 0;
            var clock = Stopwatch.StartNew();
            await foreach (var batch in store.WatchAsync("/bench/", 2, Cancellation))
            {
                count += batch.Events.Count;
                if (batch.Revision >= from - 1)
                    break;
            }

            return (Count: count, clock.Elapsed.TotalSeconds);
        });
        var (events, seconds) = await watch;
        output.WriteLine($"{name}, a watch replays {events} events: {events / seconds:0} events/s");
    }

    private static async Task<double> RunAsync(int tasks, int each, Func<int, Task> act)
    {
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, tasks).Select(t => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++)
                await act((t * each) + i);
        })));
        return tasks * each / clock.Elapsed.TotalSeconds;
    }
}
