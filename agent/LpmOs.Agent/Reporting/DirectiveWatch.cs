using System.Net;
using LpmOs.Contracts.Agents;

namespace LpmOs.Agent.Reporting;

/// <summary>Holds a call open while an attempt is worked on, so that an abort takes effect at once: progress alone would bring it seconds later.</summary>
internal sealed class DirectiveWatch(RegionalClient regional, ProgressReporter progress, TimeProvider time)
{
    private const string TaskNotFound = "task_not_found";
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(30);
    /// <summary>A service that does not hold the call is not asked again at once.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromSeconds(30);

    /// <summary>Watches until the attempt is aborted or the watch cancelled; ends quietly in both cases.</summary>
    public async Task RunAsync(TaskIdentity task, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var asked = time.GetTimestamp();
                var answer = await regional.DirectiveAsync(task, Held, cancellationToken).ConfigureAwait(false);
                if (answer.Value?.Directive == Directives.Abort || answer is { Status: HttpStatusCode.NotFound, Problem.Code: TaskNotFound })
                {
                    progress.Abort(task, answer.Value?.Message ?? answer.Problem?.Detail);
                    return;
                }
                var rest = (answer.Value is null ? AfterRefusal : Shortest) - time.GetElapsedTime(asked);
                if (rest > TimeSpan.Zero)
                    await Task.Delay(Backoff.Jitter(rest), time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The attempt has ended by itself.
        }
    }
}
