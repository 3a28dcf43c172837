using LpmOs.Contracts.Agents;

namespace LpmOs.Agent.Reporting;

/// <summary>Sends the log in numbered batches once a task is known; a batch keeps its number through all repeats, so the service can tell a replay.</summary>
internal sealed class LogStreamer(RegionalClient regional, AgentLog log, TimeProvider time)
{
    private const int LongestBatch = 500;
    private static readonly TimeSpan Gather = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private TaskIdentity? _task;
    private long _nextLine;
    private TaskCompletionSource _wanted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _flush;

    /// <summary>Lines belong to this attempt from now on; what was said before a task was known comes first.</summary>
    public void Begin(TaskIdentity task)
    {
        lock (_gate)
        {
            _task = task;
            // Rising over restarts of the agent within one attempt.
            _nextLine = Math.Max(_nextLine, time.GetUtcNow().ToUnixTimeMilliseconds());
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
            TaskIdentity? task;
            Task wanted;
            TaskCompletionSource? flush;
            lock (_gate)
                (task, wanted, flush) = (_task, _wanted.Task, _flush);
            var lines = task is null ? [] : log.Take(LongestBatch);
            if (lines.Count > 0)
            {
                await SendAsync(task!, lines, cancellationToken).ConfigureAwait(false);
                continue;
            }
            lock (_gate)
            {
                if (flush is not null && flush == _flush)
                {
                    flush.TrySetResult();
                    _flush = null;
                }
                if (_flush is null && _wanted.Task.IsCompleted)
                    wanted = (_wanted = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
            await (task is null ? wanted : Task.WhenAny(wanted, log.ArrivedAsync())).WaitAsync(cancellationToken).ConfigureAwait(false);
            if (!wanted.IsCompleted)
                await Task.WhenAny(wanted, Task.Delay(Gather, time, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private async Task SendAsync(TaskIdentity task, IReadOnlyList<string> lines, CancellationToken cancellationToken)
    {
        var batch = new LogBatch { Sn = task.Sn, TaskId = task.TaskId, Attempt = task.Attempt, Lines = lines, FirstLine = _nextLine };
        await regional.LogsAsync(batch, cancellationToken).ConfigureAwait(false);
        // A refused batch is let go: it would be refused again, and the console has it.
        _nextLine += lines.Count;
    }
}
