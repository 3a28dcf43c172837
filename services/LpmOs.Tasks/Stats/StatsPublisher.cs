using System.Text.Json;
using LpmOs.Core;
using LpmOs.Core.Domain;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;

namespace LpmOs.Tasks.Stats;

/// <summary>
/// Writes <c>/os/global/stats/{idc}</c> for those who read the store itself. Every tasks service does it: what they derive is the same,
/// and a value that is there already is not written again.
/// </summary>
internal sealed class StatsPublisher(IStateStore store, WatchedState state, SiteCounts counts, TimeProvider time, ILogger<StatsPublisher> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, SiteStats> _written = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await state.Ready.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(Pause, time);
        StateSnapshot? seen = null;
        do
        {
            // A burst of changes becomes one write a second.
            if (ReferenceEquals(seen, state.Current))
                continue;
            seen = state.Current;
            try
            {
                foreach (var (idc, stats) in counts.Sites)
                    await WriteAsync(idc, stats, stoppingToken);
            }
            catch (StoreUnavailableException e)
            {
                seen = null;
                Log.StatsNotWritten(logger, e.Message);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task WriteAsync(string idc, SiteStats stats, CancellationToken cancellationToken)
    {
        if (_written.GetValueOrDefault(idc) == stats)
            return;
        var key = Keys.Stats(idc);
        var value = JsonSerializer.SerializeToUtf8Bytes(stats, CoreJson.Default.SiteStats);
        var known = await store.GetAsync(key, cancellationToken);
        if (known is null || !known.Value.Span.SequenceEqual(value))
            await store.CommitAsync(StoreTransaction.PutIf(key, known?.ModRevision ?? 0, value), cancellationToken);
        _written[idc] = stats;
    }
}
