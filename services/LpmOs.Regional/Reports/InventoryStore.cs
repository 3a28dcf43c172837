using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Audit;
using LpmOs.Core.Domain.Hardware;
using LpmOs.Core.Domain.Lifecycle;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;

namespace LpmOs.Regional.Reports;

/// <summary>
/// Stores what machines report; a report that says nothing new is not written again. Where the hardware is another than before,
/// the former report goes into the machine's history in the same transaction.
/// </summary>
internal sealed class InventoryStore(IStateStore store, WatchedState state, TimeProvider time)
{
    private const int MostRounds = 10;
    /// <summary>A mainboard that was replaced never reports again; its successor is not called a double for ever.</summary>
    private static readonly TimeSpan ConflictKept = TimeSpan.FromDays(7);

    /// <exception cref="InvalidRequestException">The inventory is too large to be kept.</exception>
    /// <exception cref="RefusedRequestException">409: another machine has this serial number, and its task is under way; what that one reported stays.</exception>
    /// <exception cref="StoreUnavailableException">It is not known to be stored; the agent sends it again.</exception>
    public async Task PutAsync(string idc, HardwareReport report, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var key = Keys.Meta(idc, report.Sn);
        var view = state.Current.Machine(idc, report.Sn);
        var (known, revision) = view?.Inventory is { } read ? (read, view.InventoryRevision) : (null, 0);
        for (var round = 0; round < MostRounds; round++)
        {
            var isOther = known is not null && MachineIdentity.Of(known).IsOtherByMac(MachineIdentity.Of(report.Hardware));
            if (isOther && Task(idc, report.Sn) is { } task && MachineIdentity.Of(known!).Knows(task.Mac) && !MachineIdentity.Of(report.Hardware).Knows(task.Mac))
                throw await RefusedAsync(idc, known!, revision, report.Hardware, task, cancellationToken);
            var conflict = isOther ? new SerialConflict { Machine = MachineIdentity.Of(known!), SeenAt = known!.ReportedAt ?? now } : known?.SerialConflict is { } kept && now - kept.SeenAt < ConflictKept ? kept : null;
            var hardware = report.Hardware with { SerialConflict = conflict, FirstReportedAt = isOther ? now : known?.FirstReportedAt ?? known?.ReportedAt ?? now };
            if (known is not null && Json(known with { ReportedAt = null, FirstReportedAt = null }).AsSpan().SequenceEqual(Json(hardware with { ReportedAt = null, FirstReportedAt = null })))
                return;
            var value = Json(hardware with { ReportedAt = now });
            if (value.Length > InventoryBounds.Bytes)
                throw new InvalidRequestException("hardware", $"Takes {value.Length} bytes; at most {InventoryBounds.Bytes} are kept.");
            var transaction = StoreTransaction.PutIf(key, revision, value);
            if (isOther)
                transaction = transaction with { Writes = [.. transaction.Writes, Audit(idc, report.Sn, known!, report.Hardware, now)] };
            if (known is not null && HardwareDifferences.Between(known, report.Hardware).Count > 0)
                transaction = transaction with { Writes = [.. transaction.Writes, .. await HistoryAsync(idc, report.Sn, known, cancellationToken)] };
            var result = await store.CommitAsync(transaction, cancellationToken);
            if (result.Applied)
            {
                await state.CatchUpAsync(key, result.Revision, cancellationToken);
                return;
            }
            // Another regional service was faster, or the copy lags: what the store holds decides.
            var entry = await store.GetAsync(key, cancellationToken);
            (known, revision) = entry is null ? (null, 0) : (Read(entry.Value), entry.ModRevision);
        }
        throw new StoreUnavailableException($"The hardware of {report.Sn} is being written by too many others at once.", outcomeUnknown: false);
    }

    /// <summary>The record stays that of the machine that the task is for, and says that there is another; once, not with each of its reports.</summary>
    private async Task<RefusedRequestException> RefusedAsync(string idc, Inventory known, long revision, Inventory other, InstallTask task, CancellationToken cancellationToken)
    {
        var (now, machine) = (time.GetUtcNow(), MachineIdentity.Of(other));
        if (known.SerialConflict is not { } told || told.Machine.IsOtherByMac(machine))
        {
            var put = StoreTransaction.PutIf(Keys.Meta(idc, known.SerialNumber), revision, Json(known with { SerialConflict = new SerialConflict { Machine = machine, SeenAt = now } }));
            var result = await store.CommitAsync(put with { Writes = [.. put.Writes, Audit(idc, known.SerialNumber, known, other, now)] }, cancellationToken);
            await state.CatchUpAsync(Keys.Meta(idc, known.SerialNumber), result.Revision, cancellationToken);
        }
        return new RefusedRequestException(StatusCodes.Status409Conflict, AgentProblems.SerialNumberConflict, "Two machines have the same serial number",
            $"{known.SerialNumber} is on record as the machine with MAC {known.MacAddress}, for which {task.TaskId} is under way; this one has {other.MacAddress}. "
            + "Give each machine a serial number of its own (BIOS setup, or the vendor's tool), then restart it.");
    }

    private static StoreWrite Audit(string idc, string sn, Inventory known, Inventory other, DateTimeOffset now) => AuditTrail.Of(
        "machine.serial_conflict", idc, sn, "lpmos", null, now, Json(MachineIdentity.Of(known)), Json(MachineIdentity.Of(other)), "Another machine reported the same serial number.");

    private InstallTask? Task(string idc, string sn) => state.Current.Machine(idc, sn)?.Task is { } task && !TaskLifecycle.IsOver(task.Status) ? task : null;

    private async Task<IEnumerable<StoreWrite>> HistoryAsync(string idc, string sn, Inventory former, CancellationToken cancellationToken)
    {
        var key = Keys.Inventory(idc, sn, InventoryHistory.Id(former));
        var page = await store.ListAsync(Keys.Inventories(idc, sn), null, 10 * InventoryHistory.Kept, 0, cancellationToken);
        var outdated = page.Entries.Select(entry => entry.Key).Where(old => old != key).OrderDescending(StringComparer.Ordinal).Skip(InventoryHistory.Kept - 1);
        return outdated.Select(StoreWrite.Delete).Prepend(StoreWrite.Put(key, Json(former)));
    }

    // A value that is not ours to read is replaced, and has no place in the history.
    private static Inventory? Read(ReadOnlyMemory<byte> value)
    {
        try
        {
            return JsonSerializer.Deserialize(value.Span, ContractsJson.Default.Inventory);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[] Json(Inventory inventory) => JsonSerializer.SerializeToUtf8Bytes(inventory, ContractsJson.Default.Inventory);

    private static byte[] Json(MachineIdentity identity) => JsonSerializer.SerializeToUtf8Bytes(identity, ContractsJson.Default.MachineIdentity);
}
