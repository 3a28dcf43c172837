namespace LpmOs.Agent.Install.Image;

/// <summary>Lets no more through than so many bits a second, measured from the start, with at most a second made up for.</summary>
internal sealed class Pace(int? megabitsPerSecond, TimeProvider time)
{
    private static readonly TimeSpan MostMadeUpFor = TimeSpan.FromSeconds(1);
    private long _start = time.GetTimestamp();
    private double _bytes;

    public async ValueTask PassAsync(int bytes, CancellationToken cancellationToken)
    {
        if (megabitsPerSecond is not { } rate)
            return;
        _bytes += bytes;
        var wait = TimeSpan.FromSeconds(_bytes / (rate * 125_000.0)) - time.GetElapsedTime(_start);
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
        else if (wait < -MostMadeUpFor)
            (_start, _bytes) = (time.GetTimestamp(), 0);
    }
}
