using System.Text.Json;
using LpmOs.Core;
using LpmOs.Core.Domain.Boots;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;

namespace LpmOs.Tasks.Boots;

/// <summary>Timelines from the store; the watched copy holds each machine's last boot in short.</summary>
internal sealed class BootReader(IStateStore store, WatchedState state, TimeProvider time)
{
    /// <summary>Boots of these MACs, the newest first.</summary>
    public async Task<IReadOnlyList<BootDetail>> ReadAsync(string idc, IEnumerable<string> macs, CancellationToken cancellationToken)
    {
        var boots = new List<BootDetail>();
        foreach (var mac in macs.Distinct().Where(mac => state.Current.Boots.ContainsKey((idc, mac))))
        {
            if (await store.GetAsync(Keys.Boot(idc, mac), cancellationToken) is { } present && Read(present) is { } boot)
                boots.Add(Present(boot));
            var page = await store.ListAsync(Keys.FormerBoots(idc, mac), null, 2 * BootRecord.Kept, 0, cancellationToken);
            boots.AddRange(page.Entries.Select(Read).OfType<BootRecord>().Select(Former));
        }
        return [.. boots.OrderByDescending(boot => boot.StartedAt)];
    }

    /// <summary>The stall that shows now.</summary>
    public string? Stall(string idc, BootSigns signs) => BootDiagnosis.IsDone(signs) ? null : BootDiagnosis.Find(signs, time.GetUtcNow(), ended: false, Online(idc, signs));

    /// <summary>Null: not known.</summary>
    public bool? Online(string idc, BootSigns signs) => signs.Sn is { } sn ? state.Current.Machine(idc, sn)?.Online : null;

    private BootDetail Present(BootRecord boot)
    {
        var signs = BootSigns.Of(boot);
        return BootViews.Detail(boot, signs, current: true, Stall(boot.Idc, signs), time.GetUtcNow());
    }

    private BootDetail Former(BootRecord boot) => BootViews.Detail(boot, BootSigns.Of(boot), current: false, boot.Stall, time.GetUtcNow());

    private static BootRecord? Read(StoreEntry entry)
    {
        try
        {
            return JsonSerializer.Deserialize(entry.Value.Span, CoreJson.Default.BootRecord);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
