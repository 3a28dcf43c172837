using System.Net;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Reporting;

/// <summary>
/// Progress in order: queued, waiting reports of one step collapsed into the newest, delivered one by one however long the service is away.
/// During an installation the last state is repeated as a heartbeat. An answer may carry the directive to abort.
/// </summary>
internal sealed class ProgressReporter(RegionalClient regional, AgentLog log, TimeProvider time, bool dryRun) : IDisposable
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);
    /// <summary>Several times the steps that there are; an installation that goes to and fro between them while the service is away has the newest told.</summary>
    public const int MostWaiting = 64;

    private readonly Lock _gate = new();
    private readonly LinkedList<ProgressReport> _waiting = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _idle = Completed();
    private bool _sending;
    private TaskIdentity? _task;
    private string _sn = "";
    private string _step = "";
    private int _percent;
    private long _sequence;
    private CancellationTokenSource? _abort;
    private ProgressReport? _last;
    private long _shownAt;

    /// <summary>Name of the machine, known once the hardware is.</summary>
    public void Identify(string sn) => _sn = sn;

    /// <summary>See <see cref="Identify"/>.</summary>
    public string Sn => _sn;

    /// <summary>From here on reports belong to this attempt. The token is cancelled when the service says abort.</summary>
    public CancellationToken Begin(TaskIdentity task)
    {
        lock (_gate)
        {
            _task = task;
            _step = "";
            _percent = 0;
            _last = null;
            // Above whatever an agent before a restart sent in this attempt, or the service would take ours for replays.
            _sequence = Math.Max(_sequence, task.LastSequence);
            _abort?.Dispose();
            _abort = new CancellationTokenSource();
            return _abort.Token;
        }
    }

    /// <summary>The attempt is over for this agent: no more heartbeats, and what waits is not worth sending.</summary>
    public void End()
    {
        lock (_gate)
        {
            _task = null;
            _last = null;
            _percent = 0;
            _step = "";
            _waiting.Clear();
        }
    }

    /// <summary>Step that was reported last in this attempt, and its percentage.</summary>
    public (string Step, int Percent) Reached
    {
        get
        {
            lock (_gate)
                return (_step, _percent);
        }
    }

    /// <summary>Begins a step at its mark.</summary>
    public void Step(string step, string message) => Report(step, ProgressSteps.Percent[step], message);

    /// <summary>States a percentage; it never falls within an attempt. Printed when it moved.</summary>
    public void Report(string step, int percent, string message)
    {
        bool show;
        lock (_gate)
        {
            percent = Math.Max(percent, _percent);
            show = step != _step || percent != _percent;
            if (!show && time.GetElapsedTime(_shownAt) < Heartbeat)
                return;
            _shownAt = time.GetTimestamp();
            _step = step;
            _percent = percent;
            var report = new ProgressReport
            {
                Sn = _sn, TaskId = _task?.TaskId, Attempt = _task?.Attempt, Step = step, Percent = percent, Message = Printable.Clean(message, 500), DryRun = dryRun,
            };
            if (_waiting.Last?.Value.Step == step)
                _waiting.RemoveLast();
            _waiting.AddLast(report);
            if (_waiting.Count > MostWaiting)
                _waiting.RemoveFirst();
            _last = report;
            if (_idle.Task.IsCompleted)
                _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _changed.TrySetResult();
        }
        if (show)
            log.LineLazily($"  Progress: [{percent}%] {step} - {message}");
    }

    /// <summary>Completes when everything reported so far was accepted or refused.</summary>
    public Task DrainAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            return _waiting.Count == 0 && !_sending ? Task.CompletedTask : _idle.Task.WaitAsync(cancellationToken);
    }

    /// <summary>The regional service says in another way that the work on this attempt is to stop.</summary>
    public void Abort(TaskIdentity task, string? why)
    {
        CancellationTokenSource? abort;
        lock (_gate)
            abort = task == _task ? _abort : null;
        if (abort is not null)
            Stop(abort, why);
    }

    /// <summary>Delivers until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var report = Next();
            if (report is null)
            {
                await WaitAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }
            var answer = await regional.ProgressAsync(report, cancellationToken).ConfigureAwait(false);
            Accept(report, answer);
        }
    }

    public void Dispose() => _abort?.Dispose();

    private ProgressReport? Next()
    {
        lock (_gate)
        {
            if (_waiting.First is not { } first)
            {
                _sending = false;
                _idle.TrySetResult();
                if (_changed.Task.IsCompleted)
                    _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
                return null;
            }
            _waiting.RemoveFirst();
            _sending = true;
            return first.Value.TaskId is null ? first.Value : first.Value with { Sequence = ++_sequence };
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        Task changed;
        lock (_gate)
            changed = _changed.Task;
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(changed, Task.Delay(Backoff.Jitter(Heartbeat), time, pause.Token)).ConfigureAwait(false);
        await pause.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (!changed.IsCompleted && _task is not null && _last is not null && _waiting.Count == 0)
                _waiting.AddLast(_last);
        }
    }

    private void Accept(ProgressReport report, ApiAnswer<ProgressAnswer> answer)
    {
        CancellationTokenSource? abort = null;
        lock (_gate)
        {
            var gone = answer.Status is HttpStatusCode.NotFound or HttpStatusCode.Conflict or HttpStatusCode.Gone;
            if (report.TaskId is not null && report.TaskId == _task?.TaskId && (answer.Value?.Directive == Directives.Abort || gone))
                abort = _abort;
        }
        if (answer.Value is null)
            log.Line($"Progress {report.Step} was refused: {answer.Refusal}");
        if (abort is not null)
            Stop(abort, answer.Value?.Message);
    }

    private void Stop(CancellationTokenSource abort, string? why)
    {
        lock (_gate)
        {
            if (abort.IsCancellationRequested || abort != _abort)
                return;
        }
        log.Line($"The regional service says: abort{(why is { Length: > 0 } ? $" ({Printable.Clean(why, 200)})" : "")}.");
        abort.Cancel();
    }

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }
}
