using System.Globalization;
using LpmOs.Core.Domain.Audit;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Tasks.Stats;

namespace LpmOs.Tasks.Audit;

/// <summary>How long records are kept.</summary>
/// <param name="KeepDays">Setting <c>Audit:KeepDays</c>.</param>
/// <param name="KeepRecords">Of one IDC; setting <c>Audit:KeepRecords</c>.</param>
internal sealed record AuditOptions(int KeepDays, int KeepRecords)
{
    public static AuditOptions Read(IConfiguration configuration) => new(
        Number(configuration, "Audit:KeepDays", 365, 1, 36_500), Number(configuration, "Audit:KeepRecords", 100_000, 100, 1_000_000));

    private static int Number(IConfiguration configuration, string key, int fallback, int least, int most)
    {
        if (configuration[key] is not { } text)
            return fallback;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new SettingException(key, text, $"{least} to {most}");
    }
}

/// <summary>Takes away records that are too old or too many. Any number of tasks services may do it.</summary>
internal sealed class AuditRetention(IStateStore store, WatchedState state, SiteCounts counts, AuditOptions options, TimeProvider time, ILogger<AuditRetention> logger) : BackgroundService
{
    private const int Together = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await state.Ready.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(Pause, time);
        do
        {
            try
            {
                foreach (var site in counts.Sites.Keys.Append("global").ToList())
                    await TrimAsync(site, stoppingToken);
            }
            catch (StoreUnavailableException e)
            {
                Log.AuditNotTrimmed(logger, e.Message);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task TrimAsync(string site, CancellationToken cancellationToken)
    {
        var prefix = Keys.Audit(site);
        // The newest come first, so all that follows the first one too many, or too old, may go.
        var oldest = prefix + AuditTrail.Place(time.GetUtcNow() - TimeSpan.FromDays(options.KeepDays));
        string? last = null;
        for (var kept = 0; kept < options.KeepRecords;)
        {
            var page = await store.ListAsync(prefix, last, Math.Min(1000, options.KeepRecords - kept), 0, cancellationToken);
            var young = page.Entries.TakeWhile(entry => string.CompareOrdinal(entry.Key, oldest) < 0).ToList();
            kept += young.Count;
            if (young.Count > 0)
                last = young[^1].Key;
            if (young.Count < page.Entries.Count)
                break;
            if (!page.More)
                return;
        }
        while (true)
        {
            var page = await store.ListAsync(prefix, last, Together, 0, cancellationToken);
            if (page.Entries.Count == 0)
                return;
            await store.CommitAsync(new StoreTransaction { Writes = [.. page.Entries.Select(entry => StoreWrite.Delete(entry.Key))] }, cancellationToken);
        }
    }
}
