using System.Runtime.CompilerServices;
using System.Text.Json;
using LpmOs.Cli.Client;
using LpmOs.Cli.Commands;
using LpmOs.Cli.Session;

namespace LpmOs.Cli.Watching;

/// <summary>Follows some machines' tasks until each is over: by events, or by asking where the service has none.</summary>
internal sealed class TaskFollower(CliSession session)
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(2);

    /// <summary>Each task as it is, then each change. Ends when all are over.</summary>
    public async IAsyncEnumerable<InstallTask> FollowAsync(IReadOnlyCollection<(string Idc, string Sn)> machines, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var open = machines.ToHashSet();
        var shown = new Dictionary<(string, string), InstallTask>();
        while (open.Count > 0)
        {
            // The revision before the tasks: what changes in between comes again as an event, and is not missed.
            var since = (await session.Api.ListTasksAsync(limit: 1, cancellationToken: cancellationToken)).Revision;
            foreach (var (idc, sn) in open.ToList())
            {
                if (Changed(await session.Api.GetTaskAsync(idc, sn, cancellationToken)) is { } task)
                    yield return task;
            }
            if (open.Count == 0)
                yield break;
            await using var events = ChangesAsync(open, since, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (open.Count > 0 && await MoveAsync(events))
            {
                if (Changed(events.Current) is { } task)
                    yield return task;
            }
        }

        InstallTask? Changed(InstallTask task)
        {
            var key = (task.Idc, task.Sn);
            if (!open.Contains(key))
                return null;
            // Events from before the first look tell of older states.
            var old = shown.TryGetValue(key, out var last) && last.Task_id == task.Task_id && task.Updated_at <= last.Updated_at;
            if (TaskViews.IsOver(task))
                open.Remove(key);
            if (old)
                return null;
            shown[key] = task;
            return task;
        }
    }

    private async IAsyncEnumerable<InstallTask> ChangesAsync(HashSet<(string Idc, string Sn)> open, long since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var idcs = open.Select(machine => machine.Idc).Distinct().ToList();
        await using var events = new EventFeed(session).FollowAsync(idcs.Count == 1 ? idcs[0] : null, since, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            var message = await NextAsync(events);
            if (message is null)
                break;
            if (message is { Type: "task", Sn: { } sn, Data: JsonElement data } && open.Contains((message.Idc, sn)) && data.Deserialize<InstallTask>(ClientJson.Options) is { } task)
                yield return task;
        }
        using var timer = new PeriodicTimer(AskEvery, session.Terminal.Time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            foreach (var (idc, sn) in open.ToList())
                yield return await session.Api.GetTaskAsync(idc, sn, cancellationToken);
        }
    }

    // Null: this service has no events (404), so it is asked.
    private static async ValueTask<EventMessage?> NextAsync(IAsyncEnumerator<EventMessage> events)
    {
        try
        {
            return await events.MoveNextAsync() ? events.Current : null;
        }
        catch (LpmOsProblemException e) when (e.StatusCode == 404)
        {
            return null;
        }
    }

    // A gap: everything is read again.
    private static async ValueTask<bool> MoveAsync(IAsyncEnumerator<InstallTask> events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (FeedGapException)
        {
            return false;
        }
    }
}
