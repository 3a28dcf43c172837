namespace LpmOs.Core.Domain.Shells;

/// <summary>Runs the parts of one end of a shell until the first of them has a reason to end it.</summary>
public static class ShellRelay
{
    /// <param name="parts">Each ends with its reason; one that is cancelled or breaks has none of its own.</param>
    /// <param name="cancelled">Said where all are cancelled.</param>
    /// <param name="broken">Said where a part breaks.</param>
    public static async Task<string> UntilFirstAsync(IReadOnlyList<Func<CancellationToken, Task<string>>> parts, string cancelled, string broken, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = parts.Select(part => Task.Run(() => part(over.Token), CancellationToken.None)).ToList();
        var first = await Task.WhenAny(running).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await ((Task)Task.WhenAll(running)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return first.IsCompletedSuccessfully ? await first.ConfigureAwait(false) : cancellationToken.IsCancellationRequested ? cancelled : broken;
    }

    /// <summary>Ends when the session's time is over.</summary>
    public static async Task<string> TimeOverAsync(ShellSession session, TimeProvider time, CancellationToken cancellationToken)
    {
        var left = session.ExpiresAt - time.GetUtcNow();
        await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, cancellationToken).ConfigureAwait(false);
        return ShellEnds.TimeOver;
    }
}
