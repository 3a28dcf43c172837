using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Hardware;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Hardware;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;

namespace LpmOs.Tasks.Machines;

/// <summary>Present and former hardware reports of a machine.</summary>
internal sealed class InventoryReader(IStateStore store, WatchedState state)
{
    /// <summary>The present one first, then the former ones, the newest first.</summary>
    /// <exception cref="RefusedRequestException">404: there is no such machine; 409: it has not reported.</exception>
    public async Task<IReadOnlyList<Inventory>> ListAsync(MachineKey machine, CancellationToken cancellationToken)
    {
        var present = MachineRecords.Find(state.Current, machine).Inventory
            ?? throw new RefusedRequestException(StatusCodes.Status409Conflict, "no_hardware", "The machine has not reported its hardware", $"{machine} is known by its task alone. Switch it on with network boot.");
        var page = await store.ListAsync(Keys.Inventories(machine.Idc, machine.Sn), null, 10 * InventoryHistory.Kept, 0, cancellationToken);
        var former = page.Entries.OrderByDescending(entry => entry.Key, StringComparer.Ordinal).Select(entry => JsonSerializer.Deserialize(entry.Value.Span, ContractsJson.Default.Inventory)!);
        // While the copy lags, the present report may be in the history already.
        return [present, .. former.Where(report => report.ReportedAt != present.ReportedAt)];
    }

    /// <summary>Place of a report in the list; null where no such one is kept.</summary>
    public static int? Find(IReadOnlyList<Inventory> reports, string id) => id == InventoryHistory.Current ? 0
        : reports.Index().Where(report => InventoryHistory.Id(report.Item) == id).Select(report => (int?)report.Index).FirstOrDefault();

    public static InventoryVersion Version(IReadOnlyList<Inventory> reports, int index, bool withChanges) => new()
    {
        Id = InventoryHistory.Id(reports[index]), ReportedAt = reports[index].ReportedAt, Current = index == 0,
        Changes = withChanges && index + 1 < reports.Count ? HardwareDifferences.Between(reports[index + 1], reports[index]) : null,
    };
}
