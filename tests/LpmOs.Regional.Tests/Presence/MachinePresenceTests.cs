using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Regional.Presence;
using LpmOs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace LpmOs.Regional.Tests.Presence;

/// <summary>Presence over a store that does not always answer, judged by the key in the store.</summary>
public sealed class MachinePresenceTests
{
    private static readonly string Key = Keys.Lease("dc1", "SN-1");

    [Fact]
    public async Task A_machine_that_is_gone_does_not_stay_online_because_the_store_did_not_answer_once()
    {
        var time = new ManualTime();
        // The store's clock stands: what takes the key away is the service, never the store's own lease.
        await using var temporary = TemporaryStore.Embedded(new ManualTime());
        var store = new FaultyStore(temporary.Store);
        using var state = new WatchedState(temporary.Store, new WatchedPrefixes(["/os/"]), TimeProvider.System, NullLogger<WatchedState>.Instance);
        await state.StartAsync(TestContext.Current.CancellationToken);
        using var presence = new MachinePresence(store, state, new Site("dc1"), time, NullLogger<MachinePresence>.Instance);
        await presence.StartAsync(TestContext.Current.CancellationToken);
        presence.Contact("SN-1");
        Assert.NotNull(await NextAsync(temporary.Store, from: 1));
        var put = (await temporary.Store.GetAsync(Key, CancellationToken.None))!.ModRevision;

        store.CommitsFail = transaction => transaction.Writes.Any(write => write.Value is null);
        // From here on time passes: one Advance could come before the service has its timer.
        using var beats = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var beating = BeatAsync(time, beats.Token);
        await store.RefusedAsync(TestContext.Current.CancellationToken);
        store.CommitsFail = _ => false;
        Assert.Null(await NextAsync(temporary.Store, put + 1));
        await beats.CancelAsync();
        await beating;
        await presence.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_machine_stays_online_though_another_service_put_its_key_once_and_took_it_away()
    {
        var time = new ManualTime();
        await using var temporary = TemporaryStore.Embedded(new ManualTime());
        using var state = new WatchedState(temporary.Store, new WatchedPrefixes(["/os/"]), TimeProvider.System, NullLogger<WatchedState>.Instance);
        await state.StartAsync(TestContext.Current.CancellationToken);
        using var presence = new MachinePresence(temporary.Store, state, new Site("dc1"), time, NullLogger<MachinePresence>.Instance);
        await presence.StartAsync(TestContext.Current.CancellationToken);
        using var call = presence.Hold("SN-1");
        Assert.NotNull(await NextAsync(temporary.Store, from: 1));
        var gone = await temporary.Store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Delete(Key)] }, TestContext.Current.CancellationToken);

        using var beats = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var beating = BeatAsync(time, beats.Token);
        Assert.NotNull(await NextAsync(temporary.Store, gone.Revision + 1));

        await beats.CancelAsync();
        await beating;
        await presence.StopAsync(CancellationToken.None);
    }

    private static async Task BeatAsync(ManualTime time, CancellationToken cancellationToken)
    {
        for (; !cancellationToken.IsCancellationRequested; await Task.Delay(1, CancellationToken.None))
            time.Advance(TimeSpan.FromSeconds(5));
    }

    /// <summary>Value of the key after its next change; null where it was deleted.</summary>
    private static async Task<ReadOnlyMemory<byte>?> NextAsync(IStateStore store, long from)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        await foreach (var batch in store.WatchAsync(Key, from, limit.Token))
        {
            if (batch.Events.Count > 0)
                return batch.Events[^1].Value;
        }
        throw new InvalidOperationException("The watch ended.");
    }
}
