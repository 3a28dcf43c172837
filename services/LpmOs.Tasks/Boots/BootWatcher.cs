using System.Text.Json;
using LpmOs.Core;
using LpmOs.Core.Domain.Boots;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;

namespace LpmOs.Tasks.Boots;

/// <summary>
/// Writes the code of a stall to the boot's record once it shows, so that all who follow the events hear of it: a boot that stands still changes nothing by itself.
/// Any number of services may watch: each change is one compare-and-swap.
/// </summary>
internal sealed class BootWatcher(IStateStore store, WatchedState state, BootReader boots, TimeProvider time, ILogger<BootWatcher> logger) : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);
    /// <summary>What has stood still for so long has been told, or never will.</summary>
    private static readonly TimeSpan Old = TimeSpan.FromHours(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await state.Ready.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(Beat, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await CheckAsync(stoppingToken);
            }
            catch (StoreUnavailableException e)
            {
                Log.BootCheckDelayed(logger, e.Message);
            }
        }
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        foreach (var ((idc, mac), signs) in state.Current.Boots)
        {
            if (now - signs.UpdatedAt > Old || boots.Stall(idc, signs) == signs.Stall)
                continue;
            var key = Keys.Boot(idc, mac);
            if (await store.GetAsync(key, cancellationToken) is not { } entry || Read(entry) is not { } boot)
                continue;
            var fresh = BootSigns.Of(boot);
            var stall = boots.Stall(idc, fresh);
            if (stall == boot.Stall)
                continue;
            // Where it has changed meanwhile, the next beat looks again.
            var result = await store.CommitAsync(StoreTransaction.PutIf(key, entry.ModRevision, JsonSerializer.SerializeToUtf8Bytes(boot with { Stall = stall }, CoreJson.Default.BootRecord)), cancellationToken);
            if (result.Applied && stall is not null)
                Log.BootStalled(logger, idc, mac, boot.Sn, StallTexts.English(stall, fresh).Title);
        }
    }

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
