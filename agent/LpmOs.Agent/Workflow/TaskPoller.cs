using System.Net;
using LpmOs.Agent.Reporting;
using LpmOs.Agent.Settings;
using LpmOs.Contracts.Agents;

namespace LpmOs.Agent.Workflow;

/// <summary>The task, or that the machine is to restart; neither: the polls are used up.</summary>
internal readonly record struct PollOutcome(AssignedTask? Task, bool Restart);

/// <summary>Stage 3: asks for a task until there is one that is approved.</summary>
internal sealed class TaskPoller(RegionalClient regional, AgentLog log, AgentSettings settings, TimeProvider time)
{
    /// <summary>The service may hold a poll so long; then the task is known the moment it is approved.</summary>
    private static readonly TimeSpan HeldPoll = TimeSpan.FromSeconds(30);

    /// <summary>Refusals of our token in a row after which the machine starts anew for another one.</summary>
    private const int MostRefusals = 3;

    public async Task<PollOutcome> PollAsync(string sn, string mac, CancellationToken cancellationToken)
    {
        var refusals = 0;
        for (var attempt = 1; settings.MaxPolls == 0 || attempt <= settings.MaxPolls; attempt++)
        {
            Say(attempt, settings.MaxPolls == 0 ? $"Polling for task (attempt {attempt})..." : $"Polling for task (attempt {attempt}/{settings.MaxPolls})...");
            var asked = time.GetTimestamp();
            var answer = await regional.TaskAsync(sn, mac, HeldPoll, cancellationToken).ConfigureAwait(false);
            if (answer.Value is { } task)
            {
                log.Line("Task found and approved!");
                return new(task, false);
            }
            refusals = answer.Status == HttpStatusCode.Unauthorized ? refusals + 1 : 0;
            if (settings is { InBootImage: true, DryRun: false } && (answer.Problem?.Code == AgentProblems.AwaitingFirstBoot || refusals >= MostRefusals))
            {
                // An agent before this one installed the system and ended before it restarted the machine; or our token has expired.
                log.Line($"{answer.Refusal}. This machine starts anew.");
                return new(null, true);
            }
            Say(attempt, answer.Status switch
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
        return default;
    }

    // A machine may wait for days; the log of its next task need not begin with each time that it asked.
    private void Say(int attempt, string text)
    {
        if (attempt == 1)
            log.Line(text);
        else
            log.OnConsole(text);
    }
}
