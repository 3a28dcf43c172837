using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Tasks.Approvals;
using LpmOs.Tasks.Tasks;
using LpmOs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace LpmOs.Tasks.Tests.Approvals;

/// <summary>The watcher over a store that does not take its first change.</summary>
public sealed class TaskWatcherFailureTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_store_that_does_not_answer_at_the_start_does_not_end_the_watch_and_the_change_is_made_later()
    {
        await using var temporary = TemporaryStore.Embedded();
        // Approved for a plan that nothing supports any more: the approval is void as soon as somebody looks.
        var task = new InstallTask
        {
            TaskId = "task-0000000a", Idc = "dc1", Sn = "SN-1", Mac = "52:54:00:00:00:01", OsType = "debian", OsVersion = "12", Status = TaskState.Approved,
            Approval = new Approval { By = "a", At = DateTimeOffset.UnixEpoch, PlanHash = new string('0', 64) },
            Plan = new InstallPlan
            {
                TaskId = "task-0000000a", Attempt = 1, Sn = "SN-1", Operations = ["os_install"], DiskGuid = Guid.Empty.ToString(), Hostname = "a", Network = new NetworkSpec(), Partitions = [],
                Os = new OsPlan { Id = "debian", Version = "12", Name = "Debian 12", InstallMethod = "image" }, Disk = new DiskPlan { Device = "/dev/vda", SizeBytes = 1 },
                Image = new ImagePlan { Url = "/a", Sha256 = "a", SizeBytes = 1, Format = "tar.zst" },
            },
        };
        await temporary.Store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Put(Keys.Task("dc1", "SN-1"), TaskStore.Serialize(task))] }, CancellationToken.None);
        var store = new FaultyStore(temporary.Store) { CommitsFail = transaction => transaction.Writes.Any(write => write.Key == Keys.Task("dc1", "SN-1")) };
        // Alone, so that nothing else changes the store while the watcher waits for a change.
        using var state = new WatchedState(store, new WatchedPrefixes([Keys.Root]), TimeProvider.System, NullLogger<WatchedState>.Instance);
        await state.StartAsync(TestContext.Current.CancellationToken);
        await state.Ready;
        var plans = new TaskPlans(state, OsCatalog.Load(Repository.Templates), new SiteTemplates(Repository.Templates));
        using var watcher = new TaskWatcher(state, new TaskStore(store, state), plans, TimeProvider.System, NullLogger<TaskWatcher>.Instance);
        await watcher.StartAsync(TestContext.Current.CancellationToken);
        await store.RefusedAsync(TestContext.Current.CancellationToken);
        store.CommitsFail = _ => false;

        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var changed = VoidedAsync(temporary.Store, end.Token);
        var first = await Task.WhenAny(changed, watcher.ExecuteTask!);
        if (first != changed)
            await end.CancelAsync();
        await first;
        await watcher.StopAsync(CancellationToken.None);
        await state.StopAsync(CancellationToken.None);
    }

    private static async Task VoidedAsync(IStateStore store, CancellationToken cancellationToken)
    {
        await foreach (var batch in store.WatchAsync(Keys.Task("dc1", "SN-1"), 1, cancellationToken))
        {
            if (batch.Events.Any(change => System.Text.Encoding.UTF8.GetString(change.Value!.Value.Span).Contains("\"status\":\"pending\"", StringComparison.Ordinal)))
                break;
        }
    }
}
