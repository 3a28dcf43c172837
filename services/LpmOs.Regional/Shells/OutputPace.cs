namespace LpmOs.Regional.Shells;

/// <summary>
/// How much of a shell's output goes into the store: a burst, such as a kernel log, at once, and then about as much as a serial console shows.
/// What is over waits in the machine's terminal, and the program that prints it with it.
/// </summary>
internal sealed class OutputPace(TimeProvider time)
{
    private const double Burst = 512 * 1024;
    private const double BytesPerSecond = 32 * 1024;
    /// <summary>What a message counts at least: each costs the store a transaction and a key. 2048 of them go at once, then 128 a second; our agent sends 100 at most.</summary>
    private const int LeastBytes = 256;

    private double _left = Burst;
    private long _at = time.GetTimestamp();

    public async Task WaitAsync(int bytes, CancellationToken cancellationToken)
    {
        var now = time.GetTimestamp();
        _left = Math.Min(Burst, _left + (time.GetElapsedTime(_at, now).TotalSeconds * BytesPerSecond)) - Math.Max(bytes, LeastBytes);
        _at = now;
        if (_left < 0)
            await Task.Delay(TimeSpan.FromSeconds(-_left / BytesPerSecond), time, cancellationToken);
    }
}
