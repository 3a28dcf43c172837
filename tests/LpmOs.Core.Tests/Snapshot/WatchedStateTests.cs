using System.Globalization;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace LpmOs.Core.Tests.Snapshot;

public sealed class WatchedStateTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_store_that_is_away_makes_the_copy_stale_until_it_is_back()
    {
        await using var etcd = await EtcdProcess.StartAsync();
        await using var store = TemporaryStore.Etcd(etcd.Endpoint);
        await PutAsync(store.Store, "sn-001", TaskState.Pending);
        using var state = await StartAsync(store.Store);
        Assert.Null(state.StaleSince);

        await etcd.KillAsync();
        await UntilAsync(() => state.StaleSince is not null);
        Assert.Equal(TaskState.Pending, Status(state, "sn-001"));

        await etcd.StartAsync();
        await UntilAsync(() => state.StaleSince is null);
        await etcd.CtlAsync("del", Keys.Task("dc1", "sn-001"));
        await UntilAsync(() => state.Current.Machine("dc1", "sn-001") is null);
        await state.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_store_that_was_restored_from_a_backup_is_followed_as_it_is_now()
    {
        using var folder = new TemporaryFolder();
        await using var etcd = await EtcdProcess.StartAsync();
        await using var store = TemporaryStore.Etcd(etcd.Endpoint);
        await PutAsync(store.Store, "sn-kept", TaskState.Pending);
        await etcd.CtlAsync("snapshot", "save", folder.File("backup"));
        // After the backup: one changes, one comes. Neither is in it.
        await PutAsync(store.Store, "sn-kept", TaskState.Approved);
        await PutAsync(store.Store, "sn-later", TaskState.Pending);
        using var state = await StartAsync(store.Store);
        var before = state.Current.Revision;
        var told = FirstChangeAsync(state);

        await etcd.KillAsync();
        await etcd.StartFromBackupAsync(folder.File("backup"));
        await UntilAsync(() => Status(state, "sn-kept") == TaskState.Pending && Status(state, "sn-later") is null);
        Assert.True(state.Current.Revision < before);
        Assert.True((await told).Anew);

        // The same revisions come a second time, with other content.
        await PutAsync(store.Store, "sn-kept", TaskState.Rejected);
        await UntilAsync(() => Status(state, "sn-kept") == TaskState.Rejected);
        await state.StopAsync(Cancellation);
    }

    [Fact]
    public async Task An_observer_that_fails_takes_nobody_with_it()
    {
        await using var store = TemporaryStore.Embedded();
        using var state = Make(store.Store);
        var seen = new HashSet<MachineKey>();
        state.Observe((_, _, touched) => throw new InvalidOperationException($"I cannot bear {touched.Count} machines"));
        state.Observe((_, _, touched) => seen.UnionWith(touched));
        await state.StartAsync(Cancellation);
        await state.Ready.WaitAsync(Cancellation);
        using var waiter = state.Signals.Register("dc1", "sn-001");
        await PutAsync(store.Store, "sn-001", TaskState.Pending);
        await waiter.Changed.WaitAsync(Cancellation);
        Assert.Equal(TaskState.Pending, Status(state, "sn-001"));
        Assert.Contains(new MachineKey("dc1", "sn-001"), seen);
        await state.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_listing_passes_over_logs_and_audit_and_finds_what_lies_behind_them()
    {
        await using var store = TemporaryStore.Embedded();
        foreach (var folder in (string[])["logs/sn-001/task-00000001", "audit"])
        {
            for (var chunk = 0; chunk < 40; chunk++)
                await store.Store.CommitAsync(new StoreTransaction { Writes = [.. Enumerable.Range(0, 100).Select(n => StoreWrite.Put($"/os/dc1/{folder}/{(chunk * 100) + n:D10}", "{}"u8.ToArray()))] }, Cancellation);
        }
        await PutAsync(store.Store, "sn-001", TaskState.Pending);
        await store.Store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Put(Keys.Lease("zz", "sn-002"), "{}"u8.ToArray())] }, Cancellation);

        var counting = new FaultyStore(store.Store);
        using var state = await StartAsync(counting);
        Assert.True(state.Current.Machine("zz", "sn-002")?.Online);
        Assert.Equal(TaskState.Pending, Status(state, "sn-001"));
        Assert.True(counting.EntriesListed < 8000, string.Create(CultureInfo.InvariantCulture, $"{counting.EntriesListed} entries were read."));
        await state.StopAsync(Cancellation);
    }

    private static WatchedState Make(IStateStore store) => new(store, new WatchedPrefixes([Keys.Root]), TimeProvider.System, NullLogger<WatchedState>.Instance);

    private static async Task<WatchedState> StartAsync(IStateStore store)
    {
        var state = Make(store);
        await state.StartAsync(Cancellation);
        await state.Ready.WaitAsync(Cancellation);
        return state;
    }

    private static async Task<SnapshotChange> FirstChangeAsync(WatchedState state)
    {
        await foreach (var change in state.FollowAsync(1000, Cancellation))
            return change;
        throw new InvalidOperationException("The changes ended.");
    }

    private static TaskState? Status(WatchedState state, string sn) => state.Current.Machine("dc1", sn)?.Task?.Status;

    private static async Task PutAsync(IStateStore store, string sn, TaskState status)
    {
        var task = Samples.Task(sn) with { Status = status };
        await store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Put(Keys.Task("dc1", sn), TaskStore.Serialize(task))] }, Cancellation);
    }

    /// <summary>The copy's state outside of changes (stale or not) makes no event to wait for.</summary>
    private static async Task UntilAsync(Func<bool> holds)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(120));
        while (!holds())
            await Task.Delay(20, limit.Token);
    }
}
