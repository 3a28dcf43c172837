using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Hardware;
using LpmOs.Core.Domain.Hardware;
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
    /// <summary>Well under etcd's limit of a request (1.5 MiB) and of what a page can show; a transaction holds two of them.</summary>
    private const int LongestBytes = 512 * 1024;
    private const int MostRounds = 10;

    /// <exception cref="InvalidRequestException">The inventory is too large to be kept.</exception>
    /// <exception cref="StoreUnavailableException">It is not known to be stored; the agent sends it again.</exception>
    public async Task PutAsync(string idc, HardwareReport report, CancellationToken cancellationToken)
    {
        var value = Json(report.Hardware with { ReportedAt = time.GetUtcNow() });
        if (value.Length > LongestBytes)
            throw new InvalidRequestException("hardware", $"Takes {value.Length} bytes; at most {LongestBytes} are kept.");
        var key = Keys.Meta(idc, report.Sn);
        var view = state.Current.Machine(idc, report.Sn);
        var (known, revision) = view?.Inventory is null ? (null, 0) : (view.Inventory, view.InventoryRevision);
        for (var round = 0; round < MostRounds; round++)
        {
            if (known is not null && Json(known with { ReportedAt = null }).AsSpan().SequenceEqual(Json(report.Hardware with { ReportedAt = null })))
                return;
            var transaction = StoreTransaction.PutIf(key, revision, value);
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
}
