namespace LpmOs.Regional.Tests;

/// <summary>When the collector is asked for more than it does by itself.</summary>
public sealed class OldGarbageTests
{
    private const long Megabyte = 1024 * 1024;
    private readonly OldGarbage _garbage = new(TimeProvider.System);
    private long _allocated, _holes;

    [Fact]
    public void A_service_that_stands_idle_is_left_alone() => Assert.All(Beats(100, 0), work => Assert.Equal(OldGarbage.Work.Nothing, work));

    [Fact]
    public void What_held_calls_leave_is_looked_for_every_third_beat_and_not_in_a_storm()
    {
        Assert.Equal(4, Beats(12, 35).Count(work => work == OldGarbage.Work.LookThrough));
        Assert.All(Beats(50, 500), work => Assert.Equal(OldGarbage.Work.Nothing, work));
    }

    [Fact]
    public void After_a_storm_all_is_moved_together_once_and_never_in_it()
    {
        _holes = 100 * Megabyte;
        Assert.DoesNotContain(OldGarbage.Work.MoveTogether, Beats(50, 500));
        // Not in a pause of it either.
        Assert.DoesNotContain(OldGarbage.Work.MoveTogether, Beats(3, 10));
        Assert.DoesNotContain(OldGarbage.Work.MoveTogether, Beats(10, 70));
        Assert.Single(Beats(200, 35), OldGarbage.Work.MoveTogether);
        Beats(1, 500);
        Assert.Single(Beats(200, 35), OldGarbage.Work.MoveTogether);
        _holes = 10 * Megabyte;
        Beats(1, 500);
        Assert.DoesNotContain(OldGarbage.Work.MoveTogether, Beats(200, 35));
    }

    private List<OldGarbage.Work> Beats(int count, long megabytes) => [.. Enumerable.Range(0, count).Select(_ => _garbage.Next(_allocated += megabytes * Megabyte, () => _holes))];
}
