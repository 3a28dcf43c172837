using System.Threading.RateLimiting;

namespace LpmOs.Regional.Assignments;

/// <summary>
/// When thousands of tasks are approved at one moment their machines begin as fast as those that have begun are served. Otherwise all take each step together, every one waits
/// for all others, and at the end all restart together, which is more than the patience of their firmware bears. One approval, or some dozens, wait for nobody; how many may be
/// installed at once is another matter, and the operator's (<c>max_installations</c>).
/// </summary>
/// <param name="crowded">Have those that have begun enough to wait for?</param>
internal sealed class StartPace(Func<bool> crowded) : BackgroundService
{
    /// <summary>Begin at once, and in every beat that is not crowded; after a crowd what its beats would have let in, as many as at once at most.</summary>
    internal const int AtOnce = 64, InBeat = 16;
    private const int Waiting = 20_000;
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);

    private readonly TokenBucketRateLimiter _turns = new(new()
    {
        TokenLimit = AtOnce, TokensPerPeriod = InBeat, ReplenishmentPeriod = Beat, AutoReplenishment = false, QueueLimit = Waiting, QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>Takes a turn, if one is free.</summary>
    public bool TryBegin() => _turns.AttemptAcquire().IsAcquired;

    /// <summary>Waits for a turn.</summary>
    /// <param name="stopping">The service ends: nobody waits any longer.</param>
    /// <returns>Whether it came in time.</returns>
    /// <exception cref="OperationCanceledException">Who asked has gone.</exception>
    public async Task<bool> BeginAsync(TimeSpan patience, CancellationToken stopping, CancellationToken cancellationToken)
    {
        if (patience <= TimeSpan.Zero)
            return false;
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
        wait.CancelAfter(patience);
        try
        {
            return (await _turns.AcquireAsync(1, wait.Token)).IsAcquired;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    public override void Dispose()
    {
        _turns.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Beat);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (!crowded())
                _turns.TryReplenish();
        }
    }
}
