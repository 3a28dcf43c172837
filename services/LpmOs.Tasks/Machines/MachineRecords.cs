using System.Text.Json;
using LpmOs.Core;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Audit;
using LpmOs.Core.Domain.Lifecycle;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Tasks.Requests;
using LpmOs.Tasks.Tasks;

namespace LpmOs.Tasks.Machines;

/// <summary>Changes what operators say of a machine, each by one compare-and-swap.</summary>
internal sealed class MachineRecords(IStateStore store, WatchedState state, TimeProvider time)
{
    private const int MostRounds = 20;

    public Task EditAsync(MachineKey machine, Func<MachineRecord, MachineRecord> edit, Actor actor, CancellationToken cancellationToken) =>
        ChangeAsync(machine, edit, _ => [], actor, cancellationToken);

    /// <summary>Takes the machine out of service. Doing it twice is harmless.</summary>
    /// <exception cref="RefusedRequestException">409: a task is active, its own or one linked by a MAC.</exception>
    public Task DecommissionAsync(MachineKey machine, string? reason, Actor actor, CancellationToken cancellationToken) => ChangeAsync(
        machine,
        record => record.Decommissioned is null ? record with { Decommissioned = new Decommission { At = time.GetUtcNow(), By = actor.Name, Reason = reason } } : record,
        view => TasksAsTheyAre(view), actor, cancellationToken);

    public Task RecommissionAsync(MachineKey machine, Actor actor, CancellationToken cancellationToken) =>
        ChangeAsync(machine, record => record with { Decommissioned = null }, _ => [], actor, cancellationToken);

    /// <exception cref="RefusedRequestException">404 "Machine not found".</exception>
    public static MachineView Find(StateSnapshot snapshot, MachineKey machine) => snapshot.Machines.GetValueOrDefault(machine)
        ?? throw new RefusedRequestException(StatusCodes.Status404NotFound, "machine_not_found", "Machine not found", $"{machine.Idc} knows no machine with the serial number {machine.Sn}. GET /api/v1/machines?idc={machine.Idc} lists what there is.");

    private async Task ChangeAsync(
        MachineKey machine, Func<MachineRecord, MachineRecord> edit, Func<MachineView, IReadOnlyList<StoreCompare>> requires, Actor actor, CancellationToken cancellationToken)
    {
        var key = Keys.Record(machine.Idc, machine.Sn);
        for (var round = 0; round < MostRounds; round++)
        {
            var view = Find(state.Current, machine);
            var compares = requires(view);
            var before = view.Record ?? MachineRecord.Empty;
            var after = edit(before);
            if (after == before)
                return;
            var value = JsonSerializer.SerializeToUtf8Bytes(after with { UpdatedAt = time.GetUtcNow(), UpdatedBy = actor.Name }, CoreJson.Default.MachineRecord);
            var put = StoreTransaction.PutIf(key, view.RecordRevision, value);
            var former = view.Record is null ? [] : JsonSerializer.SerializeToUtf8Bytes(view.Record, CoreJson.Default.MachineRecord);
            var audit = AuditTrail.Of(Action(before, after), machine.Idc, machine.Sn, actor.Name, actor.From, time.GetUtcNow(), former, value, after.Decommissioned?.Reason);
            var result = await store.CommitAsync(put with { Compares = [.. put.Compares, .. compares], Writes = [.. put.Writes, audit] }, cancellationToken);
            await state.CatchUpAsync(key, result.Revision, cancellationToken);
            if (result.Applied)
                return;
        }
        throw new StoreUnavailableException($"The record of {machine} is being changed by too many others at once, or the copy of the store lags behind.", outcomeUnknown: false);
    }

    private static string Action(MachineRecord before, MachineRecord after) => (before.Decommissioned is null, after.Decommissioned is null) switch
    {
        (true, false) => "machine.decommissioned",
        (false, true) => "machine.recommissioned",
        _ => "machine.edited",
    };

    /// <summary>The tasks by which this machine could be asked to install, as they must still be when it is taken out of service.</summary>
    private IReadOnlyList<StoreCompare> TasksAsTheyAre(MachineView view)
    {
        var snapshot = state.Current;
        var (idc, sn) = (view.Key.Idc, view.Key.Sn);
        var linked = view.Macs().SelectMany(mac => snapshot.WithMac(idc, mac)).Where(other => other.Key == view.Key || (other.Task is { } task && view.Macs().Contains(task.Mac))).Distinct().ToList();
        foreach (var task in linked.Append(view).Select(other => other.Task).OfType<Contracts.Tasks.InstallTask>())
        {
            if (!TaskLifecycle.IsOver(task.Status))
                throw new RefusedRequestException(StatusCodes.Status409Conflict, "active_task_exists", "The machine has an active task",
                    $"{task.TaskId} of {idc}/{task.Sn} is {TaskText.State(task.Status)}. Wait for its end or cancel it first (POST /api/v1/tasks/{idc}/{task.Sn}/cancel).");
        }
        return [.. linked.Append(view).DistinctBy(other => other.Key).Take(100).Select(other => new StoreCompare(Keys.Task(idc, other.Key.Sn), other.TaskRevision))];
    }
}
