namespace LpmOs.Regional;

/// <summary>
/// A call that is held for half a minute outlives the collector's young generations. What it leaves lies among the old objects, which the collector looks through only when
/// they have grown by a good part of all there is, and whose gaps it keeps: with ten thousand machines that wait, 150 MB. So this service has it looked through when there is little to do.
/// </summary>
internal sealed class OldGarbage(TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);
    /// <summary>Beats between two looks: each costs a millisecond of a processor a megabyte.</summary>
    private const int Between = 3;
    /// <summary>Bytes that are allocated: less since the last look is not worth another; who allocates more in a beat has much to do.</summary>
    private const long Least = 16 * 1024 * 1024, Quiet = 128 * 1024 * 1024;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Beat, time);
        var (allocated, atLook, beats) = (GC.GetTotalAllocatedBytes(), 0L, 0);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var before = allocated;
            allocated = GC.GetTotalAllocatedBytes();
            beats++;
            if (allocated - before > Quiet)
                continue;
            if (HasGaps())
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true); // All stands still for a millisecond or two a megabyte.
            else if (beats >= Between && allocated - atLook > Least)
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
            else
                continue;
            (atLook, beats) = (allocated, 0);
        }
    }

    /// <summary>More is held than a fourth above what the last look found in use, as after a storm. What comes and goes with the calls makes an eighth.</summary>
    private static bool HasGaps()
    {
        var (blocking, background, now) = (GC.GetGCMemoryInfo(GCKind.FullBlocking), GC.GetGCMemoryInfo(GCKind.Background), GC.GetGCMemoryInfo(GCKind.Any));
        return background.Index > blocking.Index && now.TotalCommittedBytes - (2 * Least) > (background.HeapSizeBytes - background.FragmentedBytes) / 4 * 5;
    }
}
