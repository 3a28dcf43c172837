namespace LpmOs.Regional;

/// <summary>
/// A call that is held for half a minute outlives the collector's young generations. What it leaves lies among the old objects, which the collector looks through only when
/// they have grown by a good part of all there is. So this service has it looked through when there is little to do. And a storm of machines leaves holes, which nothing fills
/// again while they only wait: once after each, when it has been calm for a while, what is left is moved together and the rest given back.
/// </summary>
internal sealed class OldGarbage(TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);
    /// <summary>Beats between two looks: each costs a millisecond of a processor a megabyte.</summary>
    private const int Between = 3;
    /// <summary>Beats with little to do before all is moved together. That stops the service for 1.5 ms a megabyte: with all machines of a site at work for seconds, and their calls with it.</summary>
    private const int Calm = 4;
    /// <summary>Bytes that are allocated: less since the last look is not worth another; who allocates more in a beat has much to do, and half of that is more than ten thousand who only wait.</summary>
    private const long Least = 16 * 1024 * 1024, Quiet = 128 * 1024 * 1024, Still = Quiet / 2;
    /// <summary>Bytes of holes that are worth it.</summary>
    private const long Holes = 32 * 1024 * 1024;

    private long _allocated, _atLook;
    private int _beats, _calm;
    private bool _together;

    /// <summary>What is to be done at a beat.</summary>
    internal enum Work
    {
        Nothing,
        /// <summary>In the background, never compacting.</summary>
        LookThrough,
        MoveTogether,
    }

    /// <param name="allocated">Bytes since the start of the process.</param>
    /// <param name="holes">Bytes that are free between old objects.</param>
    internal Work Next(long allocated, Func<long> holes)
    {
        var inBeat = allocated - _allocated;
        _allocated = allocated;
        _beats++;
        (_calm, _together) = inBeat > Still ? (0, false) : (_calm + 1, _together);
        var work = _calm >= Calm && !_together && holes() >= Holes ? Work.MoveTogether
            : _beats >= Between && inBeat <= Quiet && allocated - _atLook >= Least ? Work.LookThrough : Work.Nothing;
        if (work != Work.Nothing)
            (_atLook, _beats, _together) = (allocated, 0, _together || work == Work.MoveTogether);
        return work;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Beat, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            switch (Next(GC.GetTotalAllocatedBytes(), () => GC.GetGCMemoryInfo(GCKind.Any).FragmentedBytes))
            {
                case Work.LookThrough:
                    GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false, compacting: false);
                    break;
                case Work.MoveTogether:
                    GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                    break;
            }
        }
    }
}
