using LpmOs.Bench.Report;
using LpmOs.Core.Store;
using LpmOs.Testing;

namespace LpmOs.Bench.Layout;

/// <summary>Bytes that regional services are sent while machines are installed: each following everything, as before, or its own IDC's part, as ours do.</summary>
internal static class WatchTraffic
{
    private const int Machines = 1_000, Reports = 12, AtOnce = 32;

    public static async Task RunAsync(BenchReport report, IReadOnlyList<(int Sites, int Rounds)> sizes)
    {
        foreach (var (count, rounds) in sizes)
        {
            var results = new List<(double Ours, double Theirs)>();
            for (var round = 0; round < rounds; round++)
                results.Add((await MeasureAsync(count, own: true), await MeasureAsync(count, own: false)));
            report.Add(Row.Of($"{Machines:N0} machines installed in {count} IDCs with a regional service each: sent to all of them", "MB", "everybody follows everything", "part less", results, (ours, theirs) => 1 - (ours / theirs)) with { AtLeast = 0.9 });
        }
    }

    private static async Task<double> MeasureAsync(int sites, bool own)
    {
        await using var etcd = await EtcdProcess.StartAsync(new EtcdSettings { Flags = ["--quota-backend-bytes", "8589934592"] });
        await using var writer = TemporaryStore.Etcd(etcd.Endpoint);
        await using var relay = new ByteRelay(etcd.Endpoint);
        using var stop = new CancellationTokenSource();
        var started = (await writer.Store.ListAsync("/os/", null, 1, 0, default)).Revision;
        var watchers = new List<(TemporaryStore Store, Task Work)>();
        // What a regional service follows of its IDC, and what of all.
        string[] parts = own ? ["machines/", "servers/"] : [""];
        var seen = new long[sites * parts.Length]; // Of each watch: one may be behind the other.
        for (var site = 0; site < sites; site++)
        {
            var store = TemporaryStore.Etcd(relay.Address);
            var number = site;
            watchers.AddRange(parts.Select((part, n) => (store, FollowAsync(store.Store, own ? $"/os/dc{number}/{part}" : "/os/", started + 1, revision => Interlocked.Exchange(ref seen[(number * parts.Length) + n], revision), stop.Token))));
        }
        var last = new long[sites];
        var layouts = new ISiteLayout[sites];
        for (var site = 0; site < sites; site++)
            layouts[site] = own ? await KeyLayout.StartAsync(writer.Store, $"dc{site}") : new ListLayout(writer.Store, $"dc{site}");
        await Parallel.ForEachAsync(Enumerable.Range(0, Machines), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (n, _) =>
        {
            var (site, sn) = (layouts[n % sites], $"SN{n:D6}");
            await site.RegisterAsync(sn);
            await site.CreateTaskAsync(sn);
            for (var progress = 0; progress < Reports; progress++)
                await site.ProgressAsync(sn, progress);
        });
        // A last change in each IDC: who has been sent that has been sent all before it.
        for (var site = 0; site < sites; site++)
            last[site] = (await writer.Store.CommitAsync(new StoreTransaction { Writes = [.. parts.Select(part => StoreWrite.Put($"/os/dc{site}/{part}last", "{}"u8.ToArray()))] }, default)).Revision;
        while (Enumerable.Range(0, seen.Length).Any(n => Interlocked.Read(ref seen[n]) < last[n / parts.Length]))
            await Task.Delay(20);
        await stop.CancelAsync();
        await Task.WhenAll(watchers.Select(watcher => watcher.Work)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var layout in layouts)
            await layout.DisposeAsync();
        foreach (var store in watchers.Select(watcher => watcher.Store).Distinct())
            await store.DisposeAsync();
        return relay.Received / 1e6;
    }

    private static async Task FollowAsync(IStateStore store, string prefix, long from, Action<long> seen, CancellationToken cancellationToken)
    {
        await foreach (var batch in store.WatchAsync(prefix, from, cancellationToken))
        {
            if (batch.Events.Count > 0)
                seen(batch.Revision);
        }
    }
}
