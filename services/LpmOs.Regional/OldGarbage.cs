namespace LpmOs.Regional;

/// <summary>
/// A call that is held for half a minute outlives the collector's young generations. What it leaves lies among the old objects, which the collector looks through only when
/// they have grown by a good part of all there is. So this service has it looked through when there is little to do.
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
            if (beats < Between || allocated - before > Quiet || allocated - atLook < Least)
                continue;
            // In the background, never compacting: with all machines of a site at work that would stop this service for seconds, and their calls with it.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false, compacting: false);
            (atLook, beats) = (allocated, 0);
        }
    }
}
