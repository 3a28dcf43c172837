using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Hardware;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;

namespace LpmOs.Regional.Reports;

/// <summary>Stores what machines report; a report that says nothing new is not written again.</summary>
internal sealed class InventoryStore(IStateStore store, WatchedState state, TimeProvider time)
{
    /// <summary>Well under etcd's limit of a request (1.5 MiB) and of what a page can show.</summary>
    private const int LongestBytes = 512 * 1024;

    /// <exception cref="InvalidRequestException">The inventory is too large to be kept.</exception>
    public async Task PutAsync(string idc, HardwareReport report, CancellationToken cancellationToken)
    {
        if (state.Current.Machine(idc, report.Sn)?.Inventory is { } known && Json(known with { ReportedAt = null }).AsSpan().SequenceEqual(Json(report.Hardware with { ReportedAt = null })))
            return;
        var value = Json(report.Hardware with { ReportedAt = time.GetUtcNow() });
        if (value.Length > LongestBytes)
            throw new InvalidRequestException("hardware", $"Takes {value.Length} bytes; at most {LongestBytes} are kept.");
        var key = Keys.Meta(idc, report.Sn);
        var result = await store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Put(key, value)] }, cancellationToken);
        await state.CatchUpAsync(key, result.Revision, cancellationToken);
    }

    private static byte[] Json(Inventory inventory) => JsonSerializer.SerializeToUtf8Bytes(inventory, ContractsJson.Default.Inventory);
}
