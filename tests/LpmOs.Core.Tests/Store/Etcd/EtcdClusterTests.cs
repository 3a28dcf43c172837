using LpmOs.Core.Store;
using LpmOs.Core.Store.Etcd;
using LpmOs.Testing;

namespace LpmOs.Core.Tests.Store.Etcd;

[Collection(nameof(Outages))]
[Trait("Category", "Outage")]
public sealed class EtcdClusterTests : IAsyncLifetime
{
    private EtcdCluster _cluster = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _cluster = await EtcdCluster.StartAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Eight_writers_count_exactly_while_the_cluster_loses_its_leader()
    {
        const int target = 100;
        var stores = Enumerable.Range(0, 4).Select(_ => EtcdStores.Open(_cluster.Endpoints)).ToList();
        try
        {
            var counter = new SharedCounter("/test/counter", 8);
            var watches = stores.Select(s => counter.WatchAsync(s, 1, 8 * target, null, Cancellation)).ToList();
            EtcdProcess? lost = null;
            var outage = counter.WatchAsync(stores[0], 1, 8 * target, async sum =>
            {
                if (sum == 2 * target)
                {
                    lost = await _cluster.LeaderAsync();
                    await lost.KillAsync();
                }

                // It comes back far behind, and the watches that turn to it must not go back in time.
                if (sum == 4 * target)
                    await lost!.StartAsync();
                if (sum == 6 * target)
                    await (await _cluster.LeaderAsync()).KillAsync();
            }, Cancellation);
            await counter.WriteAllAsync(stores, target, Cancellation);
            var seen = await outage;
            foreach (var watch in watches)
                Assert.Equal(seen.Select(e => e.ModRevision), (await watch).Select(e => e.ModRevision));

            var told = await EtcdCtl.RunAsync(_cluster.Endpoints, null, "get", counter.Key, "--print-value-only");
            Assert.StartsWith("800:100,100,100,100,100,100,100,100", told, StringComparison.Ordinal);
            TestContext.Current.TestOutputHelper!.WriteLine($"unknown outcomes, failed calls: {counter.Failures}");
        }
        finally
        {
            stores.ForEach(s => s.Dispose());
        }
    }

    [Fact]
    public async Task A_frozen_member_is_left_for_one_that_answers()
    {
        var leader = await _cluster.LeaderAsync();
        var frozen = _cluster.Members.First(m => m != leader);
        // Each store begins with a member of its own choice; among twelve some begin with the one that freezes.
        var stores = Enumerable.Range(0, 12).Select(_ => EtcdStores.Open(frozen.Endpoint, leader.Endpoint)).ToList();
        try
        {
            var counter = new SharedCounter("/test/counter", 12);
            var watches = stores.Select(s => counter.WatchAsync(s, 1, 24, null, Cancellation)).ToList();
            await counter.WriteAllAsync(stores, 1, Cancellation);
            frozen.Freeze();
            Assert.Equal(24, 12 + SharedCounter.Sum((await stores[0].GetAsync(counter.Key, Cancellation))!.Value));
            await counter.WriteAllAsync(stores, 2, Cancellation);
            foreach (var watch in watches)
                Assert.Equal(24, (await watch).Count);
        }
        finally
        {
            frozen.Thaw();
            stores.ForEach(s => s.Dispose());
        }
    }

    [Fact]
    public async Task A_member_that_lost_the_others_is_not_believed()
    {
        var leader = await _cluster.LeaderAsync();
        var others = _cluster.Members.Where(m => m != leader).ToList();
        using var alone = EtcdStores.Open(new EtcdOptions { Endpoints = [others[0].Endpoint], CallTimeout = TimeSpan.FromSeconds(6) });
        await using var watch = alone.WatchAsync("/test/", 1, Cancellation).GetAsyncEnumerator(Cancellation);
        var moving = watch.MoveNextAsync();
        await leader.KillAsync();
        await others[1].KillAsync();
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await alone.GetAsync("/test/a", Cancellation));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await alone.CommitAsync(StoreTransaction.PutIf("/test/a", 0, new byte[] { 1 }), Cancellation));
        Assert.True(await EndedAWatchAsync(others[0]), "The member without a leader must end the watch: it would hear nothing and not know it.");

        await leader.StartAsync();
        await WriteUntilAppliedAsync(alone);
        Assert.True(await moving);
        // Meanwhile it said that it was cut off, and that it is not any more.
        Assert.True(watch.Current.Interrupted);
        while (watch.Current.Events.Count == 0)
            Assert.True(await watch.MoveNextAsync());
    }

    /// <summary>As etcd counts it.</summary>
    private static async Task<bool> EndedAWatchAsync(EtcdProcess member)
    {
        using var http = new HttpClient();
        for (var i = 0; i < 100; i++)
        {
            var metrics = await http.GetStringAsync(new Uri(member.Endpoint, "/metrics"), Cancellation);
            if (metrics.Split('\n').Any(line => line.StartsWith("grpc_server_handled_total{grpc_code=\"Unavailable\",grpc_method=\"Watch\"", StringComparison.Ordinal) && !line.EndsWith(" 0", StringComparison.Ordinal)))
                return true;
            await Task.Delay(TimeSpan.FromMilliseconds(200), Cancellation);
        }

        return false;
    }

    private static async Task WriteUntilAppliedAsync(EtcdStore store)
    {
        while (true)
        {
            try
            {
                await store.CommitAsync(new() { Writes = [StoreWrite.Put("/test/a", new byte[] { 2 })] }, Cancellation);
                return;
            }
            catch (StoreUnavailableException)
            {
                // The members are electing.
            }
        }
    }
}
