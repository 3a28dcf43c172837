using LpmOs.Contracts.Agents;
using LpmOs.Core.Domain.Shells;
using LpmOs.Core.Store;

namespace LpmOs.Regional.Shells;

/// <summary>The machine's end of a rescue shell: what its terminal shows goes into the store, what was typed comes from there.</summary>
internal sealed class AgentShell(ShellSocket socket, ShellSession session, IStateStore store, ShellSessions sessions, TimeProvider time)
{
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);
    /// <summary>Read messages that still lie in the store: a writer that repeats one whose answer got lost must find it.</summary>
    private const int Left = 32;

    private readonly ShellPipe _input = new(store, Keys.ShellInput(session.Idc, session.Sn, session.Id), time);
    private readonly ShellPipe _output = new(store, Keys.ShellOutput(session.Idc, session.Sn, session.Id), time);
    private readonly OutputPace _pace = new(time);
    private long _typed;
    private long _typedAt = time.GetTimestamp();

    /// <summary>Until the shell, the session or the connection ends.</summary>
    /// <returns>Why it ended.</returns>
    public async Task<string> RunAsync(CancellationToken stopping)
    {
        var reason = await ShellRelay.UntilFirstAsync([FromAgentAsync, ToAgentAsync, token => sessions.UntilEndedAsync(session.Idc, session.Sn, session.Id, token), token => ShellRelay.TimeOverAsync(session, time, token), IdleAsync], ShellEnds.ServiceEnds, ShellEnds.StoreAway, stopping);
        using var limit = new CancellationTokenSource(EndLimit, time);
        try
        {
            // The operator's end reads it behind all that the terminal showed.
            await _output.WriteAsync(ShellFrame.OfEnd(reason), limit.Token);
            await sessions.EndAsync(session.Idc, session.Sn, session.Id, reason, _typed, _output.Bytes, limit.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or StoreUnavailableException)
        {
            // The control plane ends it when its time is over.
        }
        await socket.EndAsync(reason);
        return reason;
    }

    private async Task<string> FromAgentAsync(CancellationToken cancellationToken)
    {
        await _output.WriteAsync(new[] { ShellFrame.Ready }, cancellationToken);
        while (true)
        {
            try
            {
                if (await socket.ReceiveAsync(cancellationToken) is not { } message)
                    return ShellEnds.AgentLeft;
                if (message.Span[0] == ShellFrame.End)
                    return ShellFrame.ReadEnd(message.Span);
                if (message.Span[0] != ShellFrame.Data)
                    return ShellEnds.BadMessage;
                await _pace.WaitAsync(message.Length, cancellationToken);
                await _output.WriteAsync(message, cancellationToken);
            }
            catch (InvalidDataException)
            {
                return ShellEnds.BadMessage;
            }
        }
    }

    private async Task<string> ToAgentAsync(CancellationToken cancellationToken)
    {
        var read = new Queue<string>();
        await foreach (var (key, message) in _input.ReadAsync(cancellationToken))
        {
            if (message.Length > 0 && message.Span[0] == ShellFrame.Data)
                _typed += message.Length - 1;
            _typedAt = time.GetTimestamp();
            if (!await socket.SendAsync(message, cancellationToken))
                return ShellEnds.AgentLeft;
            read.Enqueue(key);
            if (read.Count >= 2 * Left)
                await ForgetAsync([.. Enumerable.Range(0, Left).Select(_ => read.Dequeue())], cancellationToken);
        }
        return ShellEnds.StoreAway;
    }

    private async Task ForgetAsync(IEnumerable<string> keys, CancellationToken cancellationToken)
    {
        try
        {
            await store.CommitAsync(new StoreTransaction { Writes = [.. keys.Select(StoreWrite.Delete)] }, cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            // They go with the rest when the session ends.
        }
    }

    private async Task<string> IdleAsync(CancellationToken cancellationToken)
    {
        while (Idle - time.GetElapsedTime(Interlocked.Read(ref _typedAt)) is { Ticks: > 0 } left)
            await Task.Delay(left, time, cancellationToken);
        return ShellEnds.Idle;
    }
}
