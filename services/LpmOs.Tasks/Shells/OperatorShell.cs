using LpmOs.Contracts.Agents;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Domain.Shells;
using LpmOs.Core.Store;

namespace LpmOs.Tasks.Shells;

/// <summary>The operator's end of a rescue shell: what is typed goes into the store, what the machine's terminal shows comes from there.</summary>
/// <param name="rightsNow">What the operator may do now; null: the login or token is no longer valid.</param>
internal sealed class OperatorShell(ShellSocket socket, ShellSession session, Func<Rights?> rightsNow, IStateStore store, ShellSessions sessions, TimeProvider time)
{
    /// <summary>An agent that waits for its task is told at once, one at work with its next call, within ten seconds.</summary>
    private static readonly TimeSpan AgentLimit = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan RightsPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);
    /// <summary>The machine's end says why behind all that the terminal showed; if nothing comes it has gone.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(3);

    private readonly ShellPipe _input = new(store, Keys.ShellInput(session.Idc, session.Sn, session.Id), time);
    private readonly ShellPipe _output = new(store, Keys.ShellOutput(session.Idc, session.Sn, session.Id), time);
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _shown;

    public async Task RunAsync(CancellationToken stopping)
    {
        var reason = await ShellRelay.UntilFirstAsync([FromOperatorAsync, ToOperatorAsync, EndedAsync, AgentComesAsync, MayAsync, token => ShellRelay.TimeOverAsync(session, time, token)], ShellEnds.ServiceEnds, ShellEnds.StoreAway, stopping);
        using var limit = new CancellationTokenSource(EndLimit, time);
        try
        {
            await sessions.EndAsync(session.Idc, session.Sn, session.Id, reason, _input.Bytes, _shown, limit.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or StoreUnavailableException)
        {
            // The machine's end, or the next look for sessions that ran out, ends it.
        }
        await socket.EndAsync(reason);
    }

    private async Task<string> FromOperatorAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (await socket.ReceiveAsync(cancellationToken) is not { } message)
                    return ShellEnds.OperatorLeft;
                if (message.Span[0] != ShellFrame.Data && ShellFrame.ReadSize(message.Span) is null)
                    return ShellEnds.BadMessage;
                await _input.WriteAsync(message, cancellationToken);
            }
            catch (InvalidDataException)
            {
                return ShellEnds.BadMessage;
            }
        }
    }

    private async Task<string> ToOperatorAsync(CancellationToken cancellationToken)
    {
        await foreach (var (_, message) in _output.ReadAsync(cancellationToken))
        {
            if (message.Length == 0)
                continue;
            if (message.Span[0] == ShellFrame.End)
                return ShellFrame.ReadEnd(message.Span);
            if (message.Span[0] == ShellFrame.Ready)
                _ready.TrySetResult();
            else
                _shown += message.Length - 1;
            if (!await socket.SendAsync(message, cancellationToken))
                return ShellEnds.OperatorLeft;
        }
        return ShellEnds.StoreAway;
    }

    private async Task<string> EndedAsync(CancellationToken cancellationToken)
    {
        var reason = await sessions.UntilEndedAsync(session.Idc, session.Sn, session.Id, cancellationToken);
        await Task.Delay(LastWords, time, cancellationToken);
        return reason;
    }

    private async Task<string> AgentComesAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAny(_ready.Task, Task.Delay(AgentLimit, time, cancellationToken));
        if (!_ready.Task.IsCompleted)
            return ShellEnds.AgentNeverCame;
        await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
        return ShellEnds.TimeOver;
    }

    private async Task<string> MayAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(RightsPause, time);
        while (rightsNow()?.CanIn(Permission.OpenShells, session.Idc) == true)
            await timer.WaitForNextTickAsync(cancellationToken);
        return ShellEnds.RightsTaken;
    }
}
