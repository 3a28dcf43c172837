using LpmOs.Core.Domain.Shells;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;

namespace LpmOs.Tasks.Shells;

/// <summary>Ends sessions that nobody else does: their services have died, or one of the two ends never came. Any number of tasks services may do it.</summary>
internal sealed class ShellWatcher(WatchedState state, ShellSessions sessions, TimeProvider time, ILogger<ShellWatcher> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await state.Ready.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(Pause, time);
        do
        {
            foreach (var session in state.Current.Machines.Values.Select(machine => machine.Shell).OfType<ShellSession>().Where(session => session.EndedAt is null).ToList())
            {
                if (WhyOver(session, time.GetUtcNow()) is { } reason)
                    await EndAsync(session, reason, stoppingToken);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static string? WhyOver(ShellSession session, DateTimeOffset now) =>
        now >= session.ExpiresAt + Grace ? ShellEnds.TimeOver
        : now < session.StartedAt + Grace ? null
        : session.OperatorAt is null ? ShellEnds.OperatorNeverCame
        : session.AgentAt is null ? ShellEnds.AgentNeverCame : null;

    private async Task EndAsync(ShellSession session, string reason, CancellationToken cancellationToken)
    {
        try
        {
            await sessions.EndAsync(session.Idc, session.Sn, session.Id, reason, null, null, cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            Log.ShellNotEnded(logger, session.Idc, session.Sn, e.Message);
        }
    }
}
