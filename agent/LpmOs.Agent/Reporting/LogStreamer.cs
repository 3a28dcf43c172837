using LpmOs.Contracts.Agents;

namespace LpmOs.Agent.Reporting;

/// <summary>
/// Sends the log in numbered batches once a task is known; a batch keeps its number through all repeats, so the service can tell a replay.
/// Each batch is a write of the store: after a quiet time a line goes at once, further ones each second, and lines that can wait go with others.
/// </summary>
internal sealed class LogStreamer(RegionalClient regional, AgentLog log, TimeProvider time)
{
    private const int LongestBatch = 500;
    private static readonly TimeSpan Gather = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GatherLazily = TimeSpan.FromSeconds(10);

    private readonly string _run = Guid.NewGuid().ToString("N");

    private readonly Lock _gate = new();
    private TaskIdentity? _task;
    private bool _over;
    private long _nextLine;
    private TaskCompletionSource _wanted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _flush;

    /// <summary>Lines belong to this attempt from now on; what was said before a task was known comes first.</summary>
    public void Begin(TaskIdentity task)
    {
        lock (_gate)
        {
            _task = task;
            _over = false;
            _wanted.TrySetResult();
        }
    }

    /// <summary>The attempt is over: what was said of it is sent; what is said while the machine waits is the next task's.</summary>
    public void End()
    {
        lock (_gate)
        {
            _over = true;
            _wanted.TrySetResult();
        }
    }

    /// <summary>Completes when all lines so far were sent; at once where no task is known.</summary>
    public Task FlushAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_task is null)
                return Task.CompletedTask;
            _flush ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            _wanted.TrySetResult();
            return _flush.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Sends until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await WorthwhileAsync(cancellationToken).ConfigureAwait(false);
            TaskIdentity? task;
            TaskCompletionSource? flush;
            bool over;
            lock (_gate)
            {
                // Read together with the new signal: what is asked for from here on is seen in the next round.
                (task, flush, over) = (_task, _flush, _over);
                if (_wanted.Task.IsCompleted)
                    _wanted = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
            if (task is null)
                continue;
            while (log.Take(LongestBatch) is { Count: > 0 } lines)
                await SendAsync(task, lines, cancellationToken).ConfigureAwait(false);
            Task wanted;
            lock (_gate)
            {
                if (over && _over && _task == task)
                    (_task, _over) = (null, false);
                if (flush is not null && flush == _flush)
                {
                    flush.TrySetResult();
                    _flush = null;
                }
                wanted = _wanted.Task;
            }
            await LongestAsync(Gather, cancellationToken, wanted).ConfigureAwait(false);
        }
    }

    private async Task WorthwhileAsync(CancellationToken cancellationToken)
    {
        bool known;
        Task wanted;
        lock (_gate)
            (known, wanted) = (_task is not null, _wanted.Task);
        await (known ? Task.WhenAny(wanted, log.ArrivedAsync()) : wanted).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (known)
            await LongestAsync(GatherLazily, cancellationToken, wanted, log.UrgentAsync()).ConfigureAwait(false);
    }

    private async Task LongestAsync(TimeSpan limit, CancellationToken cancellationToken, params IEnumerable<Task> events)
    {
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny([.. events, Task.Delay(limit, time, pause.Token)]).ConfigureAwait(false);
        await pause.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task SendAsync(TaskIdentity task, IReadOnlyList<string> lines, CancellationToken cancellationToken)
    {
        var batch = new LogBatch { Sn = task.Sn, TaskId = task.TaskId, Attempt = task.Attempt, Lines = lines, FirstLine = _nextLine, Run = _run };
        await regional.LogsAsync(batch, cancellationToken).ConfigureAwait(false);
        // A refused batch is let go: it would be refused again, and the console has it.
        _nextLine += lines.Count;
    }
}
