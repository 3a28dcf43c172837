using System.Net;
using LpmOs.Agent.Reporting;
using LpmOs.Agent.Settings;
using LpmOs.Contracts.Agents;

namespace LpmOs.Agent.Workflow;

/// <summary>Stage 3: asks for a task until there is one that is approved.</summary>
internal sealed class TaskPoller(RegionalClient regional, AgentLog log, AgentSettings settings, TimeProvider time)
{
    /// <summary>The service may hold a poll so long; then the task is known the moment it is approved.</summary>
    private static readonly TimeSpan HeldPoll = TimeSpan.FromSeconds(30);

    /// <returns>The task, or null after <see cref="AgentSettings.MaxPolls"/> polls.</returns>
    public async Task<AssignedTask?> PollAsync(string sn, CancellationToken cancellationToken)
    {
        for (var attempt = 1; settings.MaxPolls == 0 || attempt <= settings.MaxPolls; attempt++)
        {
            log.Line(settings.MaxPolls == 0 ? $"Polling for task (attempt {attempt})..." : $"Polling for task (attempt {attempt}/{settings.MaxPolls})...");
            var asked = time.GetTimestamp();
            var answer = await regional.TaskAsync(sn, HeldPoll, cancellationToken).ConfigureAwait(false);
            if (answer.Value is { } task)
            {
                log.Line("Task found and approved!");
                return task;
            }
            log.Line(answer.Status switch
            {
                HttpStatusCode.NotFound => "No task assigned yet",
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => $"The regional service refuses our token ({answer.Refusal}). A restart of this machine brings a new one.",
                _ => $"The regional service refused the poll: {answer.Refusal}",
            });
            // A service that held the poll has done the waiting; one that answered at once is not asked again at once.
            var rest = settings.PollInterval - time.GetElapsedTime(asked);
            if (rest > TimeSpan.Zero)
                await Task.Delay(Backoff.Jitter(rest), time, cancellationToken).ConfigureAwait(false);
        }
        return null;
    }
}
