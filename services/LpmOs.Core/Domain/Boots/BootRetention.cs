using System.Text.Json;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LpmOs.Core.Domain.Boots;

/// <summary>Keeps the number of machines whose boots a site remembers in bounds: MACs can be made up, so those of no known machine count apart. Run by boot services.</summary>
public sealed class BootRetention(IStateStore store, WatchedState state, BootRecorder recorder, Site site, TimeProvider time, ILogger<BootRetention> logger) : BackgroundService
{
    /// <summary>Machines of a site whose boots are kept; and of those, MACs of no known machine, whatever serial number somebody told with them.</summary>
    public const int MostMachines = 50_000, MostUnknown = 2_000;
    /// <summary>A machine that has not booted for so long.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(180);

    private const int PageSize = 200;
    /// <summary>New MACs after which it is looked at again.</summary>
    private const int Allowance = 500;
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(30), Longest = TimeSpan.FromHours(6);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Before the machines are known, every MAC would be unknown.
        await state.Ready.WaitAsync(stoppingToken).ConfigureAwait(false);
        var (counted, looked) = (-Allowance, DateTimeOffset.MinValue);
        using var timer = new PeriodicTimer(Beat, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            if (recorder.NewMachines - counted < Allowance && time.GetUtcNow() - looked < Longest)
                continue;
            (counted, looked) = ((int)recorder.NewMachines, time.GetUtcNow());
            try
            {
                await ForgetAsync(MostMachines, MostUnknown, stoppingToken).ConfigureAwait(false);
            }
            catch (StoreUnavailableException e)
            {
                Log.BootsNotWritten(logger, e.Message, Beat);
            }
        }
    }

    /// <summary>Forgets what is too old or too much, the oldest first; returns the number of machines.</summary>
    internal async Task<int> ForgetAsync(int mostMachines, int mostUnknown, CancellationToken cancellationToken)
    {
        var all = new List<(BootRecord Boot, long Revision)>();
        string? after = null;
        while (true)
        {
            var page = await store.ListAsync(Keys.Boots(site.Idc), after, PageSize, 0, cancellationToken).ConfigureAwait(false);
            foreach (var entry in page.Entries)
            {
                if (Read(entry) is { } boot)
                    all.Add((boot with { Events = [] }, entry.ModRevision));
            }
            if (!page.More || page.Entries.Count == 0)
                break;
            after = page.Entries[^1].Key;
        }
        var newest = all.OrderByDescending(kept => kept.Boot.UpdatedAt).ToList();
        var known = state.Current;
        var old = time.GetUtcNow() - Kept;
        var forgotten = newest.Where(kept => kept.Boot.UpdatedAt < old).Union(newest.Where(kept => !known.WithMac(site.Idc, kept.Boot.Mac).Any()).Skip(mostUnknown)).ToList();
        forgotten.AddRange(newest.Except(forgotten).Skip(mostMachines).ToList());
        foreach (var (boot, revision) in forgotten)
        {
            var former = boot.Former.Select(id => StoreWrite.Delete(Keys.FormerBoot(site.Idc, boot.Mac, id)));
            var key = Keys.Boot(site.Idc, boot.Mac);
            await store.CommitAsync(new StoreTransaction { Compares = [new StoreCompare(key, revision)], Writes = [StoreWrite.Delete(key), .. former] }, cancellationToken).ConfigureAwait(false);
        }
        if (forgotten.Count > 0)
            Log.BootsForgotten(logger, site.Idc, forgotten.Count);
        return forgotten.Count;
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
