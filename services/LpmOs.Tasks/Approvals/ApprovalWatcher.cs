using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Lifecycle;
using LpmOs.Core.Domain.Planning;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Tasks.Tasks;

namespace LpmOs.Tasks.Approvals;

/// <summary>
/// Watches what plans are made of, hardware and images, and voids an approval whose plan has become another one. The regional service checks the same
/// before it hands out the first operation; this tells people early.
/// </summary>
internal sealed class ApprovalWatcher(WatchedState state, TaskStore tasks, TaskPlans plans, TimeProvider time, ILogger<ApprovalWatcher> logger) : BackgroundService
{
    private const int MostChangesBehind = 10_000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await state.Ready.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // What changed while nobody followed.
                await CheckAsync(state.Current.Machines.Values, stoppingToken);
                await foreach (var change in state.FollowAsync(MostChangesBehind, stoppingToken))
                    await CheckAsync(Touched(change), stoppingToken);
            }
            catch (System.Threading.Channels.ChannelClosedException)
            {
                // Too far behind: everything is looked at again.
            }
            catch (StoreUnavailableException e)
            {
                Log.ApprovalCheckDelayed(logger, e.Message);
                await Task.Delay(TimeSpan.FromSeconds(2), time, stoppingToken);
            }
        }
    }

    private static IEnumerable<MachineView> Touched(SnapshotChange change)
    {
        if (change.Events.Any(storeEvent => storeEvent.Key.Contains("/images/", StringComparison.Ordinal)))
            return change.Snapshot.Machines.Values;
        // Hardware may be that of a task under another serial number.
        return change.Machines.Select(change.Snapshot.Machines.GetValueOrDefault).OfType<MachineView>()
            .SelectMany(machine => machine.Macs().SelectMany(mac => change.Snapshot.WithMac(machine.Key.Idc, mac)).Prepend(machine)).Distinct();
    }

    private async Task CheckAsync(IEnumerable<MachineView> machines, CancellationToken cancellationToken)
    {
        foreach (var machine in machines)
        {
            if (machine.Task is not { Status: TaskState.Approved, Approval.PlanHash: not null } approved || PlanDrift.Since(approved, plans.Compute(approved)) is null)
                continue;
            var why = await tasks.ChangeAsync(machine.Key.Idc, machine.Key.Sn, task =>
                task is not null && PlanDrift.Since(task, plans.Compute(task)) is { } drift
                    ? new TaskDecision<string?>(TaskTransitions.VoidApproval(task, drift, time.GetUtcNow()), drift)
                    : new TaskDecision<string?>(null, null), cancellationToken);
            if (why is not null)
                Log.ApprovalVoided(logger, approved.TaskId, why);
        }
    }
}
