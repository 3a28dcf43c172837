using LpmOs.Regional.Assignments;

namespace LpmOs.Regional.Tests;

/// <summary>Thousands that are approved at one moment begin as those before them are served.</summary>
public sealed class StartPaceTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Some_begin_at_once_and_the_others_when_there_is_no_crowd()
    {
        var crowd = true;
        using var pace = new StartPace(() => Volatile.Read(ref crowd));
        var cancellation = TestContext.Current.CancellationToken;
        Assert.All(Enumerable.Range(0, StartPace.AtOnce), _ => Assert.True(pace.TryBegin()));
        Assert.False(pace.TryBegin());
        var waiting = Enumerable.Range(0, 3 * StartPace.InBeat).Select(_ => pace.BeginAsync(Long, CancellationToken.None, cancellation)).ToList();
        await pace.StartAsync(cancellation);
        // In a crowd nobody begins, however long it lasts; whose time is over is told so, and who has gone keeps no place.
        Assert.False(await pace.BeginAsync(TimeSpan.FromSeconds(1), CancellationToken.None, cancellation));
        using var gone = new CancellationTokenSource();
        var left = pace.BeginAsync(Long, CancellationToken.None, gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        // A service that ends does not wait for them.
        using var stopping = new CancellationTokenSource();
        var last = pace.BeginAsync(Long, stopping.Token, cancellation);
        await stopping.CancelAsync();
        Assert.False(await last.WaitAsync(Long, cancellation));
        Assert.All(waiting, wait => Assert.False(wait.IsCompleted));

        Volatile.Write(ref crowd, false);
        Assert.All(await Task.WhenAll(waiting).WaitAsync(Long, cancellation), Assert.True);
        await pace.StopAsync(cancellation);
    }

    [Fact]
    public async Task Nobody_waits_without_patience()
    {
        using var pace = new StartPace(() => true);
        Assert.False(await pace.BeginAsync(TimeSpan.Zero, CancellationToken.None, TestContext.Current.CancellationToken));
    }
}
