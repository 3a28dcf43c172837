using System.Threading.Channels;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Lifecycle;
using LpmOs.Core.Domain.Planning;
using LpmOs.Core.Domain.Sites;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Tasks.Tasks;

namespace LpmOs.Tasks.Approvals;

/// <summary>
/// What happens to tasks without a person: an approval whose plan has become another one is void (the regional service checks the same before the first operation;
/// this tells people early), a rule of the IDC approves, a time limit ends what stands still. Any number of services may watch: each change is one compare-and-swap.
/// </summary>
internal sealed class TaskWatcher(WatchedState state, TaskStore tasks, TaskPlans plans, TimeProvider time, ILogger<TaskWatcher> logger) : BackgroundService
{
    private const int MostChangesBehind = 10_000;
    private const int MostRefusedInARow = 3;
    private static readonly TimeSpan ClockBeat = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await state.Ready.WaitAsync(stoppingToken);
        // Neither ends by itself: if one does, the service is to end and say why, not to go on with half of it.
        await await Task.WhenAny(AgainAndAgainAsync(FollowAsync, stoppingToken), AgainAndAgainAsync(WatchClockAsync, stoppingToken));
    }

    private async Task AgainAndAgainAsync(Func<CancellationToken, Task> watch, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await watch(cancellationToken);
            }
            catch (ChannelClosedException)
            {
                // Too far behind: everything is looked at again.
            }
            catch (StoreUnavailableException e)
            {
                Log.TaskCheckDelayed(logger, e.Message);
                await Task.Delay(TimeSpan.FromSeconds(2), time, cancellationToken);
            }
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        // Followed before the look at everything, so that nothing falls in between.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var changes = state.FollowAsync(MostChangesBehind, stop.Token).GetAsyncEnumerator(stop.Token);
        var next = changes.MoveNextAsync().AsTask();
        try
        {
            await CheckAsync(state.Current.Machines.Values, ByPlan, cancellationToken);
            while (await next)
            {
                await CheckAsync(Touched(changes.Current), ByPlan, cancellationToken);
                next = changes.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            // An enumerator that still waits refuses to be disposed, and its complaint would take the place of the failure that led here.
            await stop.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WatchClockAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(ClockBeat, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
            await CheckAsync(state.Current.Machines.Values, ByClock, cancellationToken);
    }

    private static IEnumerable<MachineView> Touched(SnapshotChange change)
    {
        if (change.Events.Any(storeEvent => storeEvent.Key.Contains("/images/", StringComparison.Ordinal) || storeEvent.Key.Contains("/assets/", StringComparison.Ordinal) || storeEvent.Key.Contains("/templates/", StringComparison.Ordinal) || storeEvent.Key.EndsWith("/settings", StringComparison.Ordinal)))
            return change.Snapshot.Machines.Values;
        // Hardware may be that of a task under another serial number.
        return change.Machines.Select(change.Snapshot.Machines.GetValueOrDefault).OfType<MachineView>()
            .SelectMany(machine => machine.Macs().SelectMany(mac => change.Snapshot.WithMac(machine.Key.Idc, mac)).Prepend(machine)).Distinct();
    }

    /// <exception cref="StoreUnavailableException">Some could not be changed; all the others were looked at.</exception>
    private async Task CheckAsync(IEnumerable<MachineView> machines, Func<InstallTask, InstallTask?> judge, CancellationToken cancellationToken)
    {
        StoreUnavailableException? unavailable = null;
        var refusedInARow = 0;
        foreach (var machine in machines)
        {
            try
            {
                await CheckAsync(machine, judge, cancellationToken);
                refusedInARow = 0;
            }
            catch (StoreUnavailableException e)
            {
                // One task may be fought over by others; where nothing goes through, the store is away.
                unavailable = e;
                if (++refusedInARow == MostRefusedInARow)
                    break;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // What is odd about one machine must not leave the tasks of all the others unwatched.
                Log.TaskCheckFailed(logger, e, machine.Key, machine.Task?.TaskId ?? "-");
            }
        }
        if (unavailable is not null)
            throw unavailable;
    }

    private async Task CheckAsync(MachineView machine, Func<InstallTask, InstallTask?> judge, CancellationToken cancellationToken)
    {
        if (machine.Task is null || judge(machine.Task) is null)
            return;
        var changed = await tasks.ChangeAsync(machine.Key.Idc, machine.Key.Sn, task =>
        {
            var after = task is null ? null : judge(task);
            return new TaskDecision<InstallTask?>(after, after);
        }, cancellationToken);
        if (changed is not null)
            Log.TaskMoved(logger, changed.TaskId, TaskText.State(changed.Status), changed.Failure?.Message ?? (changed.Status == machine.Task.Status ? changed.Message : null) ?? (changed.StatusHistory.Count > 0 ? changed.StatusHistory[^1].Reason : null) ?? "");
    }

    private InstallTask? ByPlan(InstallTask task)
    {
        if (task is { Status: TaskState.Approved, Approval.PlanHash: not null })
            return PlanDrift.Since(task, plans.Compute(task)) is { } drift ? TaskTransitions.VoidApproval(task, drift, time.GetUtcNow()) : null;
        var settings = state.Current.Settings(task.Idc);
        if (task.Status != TaskState.Pending || settings.AutoApproval.Count == 0)
            return null;
        return plans.Compute(task, out var hardware).Plan is { } plan && AutoApproval.Find(settings, task, plan, hardware!.Inventory!) is { } rule
            ? TaskTransitions.Approve(task, $"rule {rule.Name}", "Approved by a rule of the IDC", time.GetUtcNow(), plan, hardware!.Key.Sn)
            : null;
    }

    private InstallTask? ByClock(InstallTask task)
    {
        if (TaskLifecycle.IsOver(task.Status))
            return null;
        var snapshot = state.Current;
        var hardware = snapshot.FindHardware(task);
        var boot = snapshot.LastBoot(task.Idc, [task.Mac, .. hardware?.Macs() ?? []]);
        return TimeLimits.Enforce(task, hardware?.Online ?? false, SiteContact.Of(snapshot, task.Idc), snapshot.Settings(task.Idc), time.GetUtcNow(), boot);
    }
}
