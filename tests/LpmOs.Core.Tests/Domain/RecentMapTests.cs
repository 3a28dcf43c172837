using LpmOs.Core.Domain;

namespace LpmOs.Core.Tests.Domain;

public sealed class RecentMapTests
{
    [Fact]
    public void It_never_holds_more_than_it_may_and_always_the_last_half()
    {
        var map = new RecentMap<int, int>(100);
        for (var i = 0; i < 10_000; i++)
        {
            map.Set(i, -i);
            Assert.InRange(map.Count, 1, 100);
            for (var back = 0; back < Math.Min(50, i); back += 7)
                Assert.True(map.TryGet(i - back, out var value) && value == back - i);
        }
        Assert.False(map.TryGet(9_000, out _));
    }

    [Fact]
    public void What_is_set_again_stays_and_is_there_once()
    {
        var map = new RecentMap<string, int>(10);
        for (var i = 0; i < 1000; i++)
        {
            map.Set("kept", i);
            map.Set($"other {i}", i);
            Assert.True(map.TryGet("kept", out var value) && value == i);
        }
        Assert.True(map.Remove("kept", out var last) && last == 999);
        Assert.False(map.TryGet("kept", out _));
        Assert.False(map.Remove("kept", out _));
    }
}
