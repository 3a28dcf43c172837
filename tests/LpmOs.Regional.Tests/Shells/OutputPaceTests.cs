using LpmOs.Regional.Shells;
using LpmOs.Testing;

namespace LpmOs.Regional.Tests.Shells;

public sealed class OutputPaceTests
{
    [Theory]
    // Half a megabyte goes at once in messages of any size; and 2048 messages, however short they are.
    [InlineData(16 * 1024, 32)]
    [InlineData(512, 1024)]
    [InlineData(256, 2048)]
    [InlineData(2, 2048)]
    public async Task A_burst_goes_at_once_and_what_is_over_waits(int bytes, int burst)
    {
        var time = new ManualTime();
        var pace = new OutputPace(time);
        for (var message = 0; message < burst; message++)
            Assert.True(pace.WaitAsync(bytes, TestContext.Current.CancellationToken).IsCompletedSuccessfully);
        var waiting = pace.WaitAsync(bytes, TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        await waiting;
    }
}
