using System.CommandLine;
using LpmOs.Cli.Client;

namespace LpmOs.Cli.Commands;

/// <summary><c>lpmosctl tasks …</c>: reading and deciding.</summary>
internal static class TaskCommands
{
    public static Command Build(Shell shell)
    {
        var words = shell.Words;
        return new Command("tasks", words.Tasks)
        {
            CreateCommand.Build(shell),
            List(shell),
            Show(shell),
            PlanCommand.Build(shell),
            Approve(shell),
            Decide(shell, "reject", words.TasksReject, (api, idc, sn, reason, cancellationToken) => api.RejectTaskAsync(idc, sn, reason, cancellationToken)),
            Decide(shell, "cancel", words.TasksCancel, (api, idc, sn, reason, cancellationToken) => api.CancelTaskAsync(idc, sn, reason, cancellationToken)),
            Decide(shell, "retry", words.TasksRetry, (api, idc, sn, reason, cancellationToken) => api.RetryTaskAsync(idc, sn, reason, cancellationToken)),
            BatchDecisionCommand.Build(shell),
            WatchCommand.Build(shell),
            LogsCommand.Build(shell),
            History(shell),
            WipeCommand.Build(shell),
            ImportCommand.Build(shell),
        };
    }

    private static Command List(Shell shell)
    {
        var words = shell.Words;
        var idc = Shell.Option<string?>("--idc", words.IdcOption);
        var status = Shell.Option<string?>("--status", words.StatusOption);
        status.CompletionSources.Add(Enum.GetNames<TaskState>().Select(name => name.ToLowerInvariant()).ToArray());
        var tag = Shell.Option<string?>("--tag", words.TagOption);
        var text = Shell.Option<string?>("--query", words.TextOption, "-q");
        var sort = Shell.Option<string?>("--sort", words.SortOption);
        var (limit, cursor, all) = (Shell.Option<int?>("--limit", words.LimitOption), Shell.Option<string?>("--cursor", words.CursorOption), Shell.Option<bool>("--all", words.AllOption));
        return shell.Command("list", words.TasksList, [idc, status, tag, text, sort, limit, cursor, all], async (parsed, session, cancellationToken) =>
        {
            var everything = parsed.GetValue(all);
            Task<TaskPage> PageAsync(string? from) => session.Api.ListTasksAsync(idc: parsed.GetValue(idc), status: parsed.GetValue(status), q: parsed.GetValue(text), tag: parsed.GetValue(tag), sort: parsed.GetValue(sort),
                limit: parsed.GetValue(limit) ?? (everything ? 1000 : null), cursor: from, cancellationToken: cancellationToken);
            var page = await PageAsync(parsed.GetValue(cursor));
            while (everything && page.Next_cursor is { } next)
            {
                var more = await PageAsync(next);
                page = new TaskPage { Items = [.. page.Items, .. more.Items], Next_cursor = more.Next_cursor, Total = more.Total, Revision = page.Revision };
            }
            session.Print.List(page, page.Items, TaskViews.List(words), words.NoTasks);
            if (session.Print.Format == Output.OutputFormat.Table && page.Next_cursor is { } rest)
                await session.Terminal.Error.WriteLineAsync(words.More(page.Items.Count, page.Total, rest));
            return ExitCodes.Ok;
        });
    }

    private static Command Show(Shell shell)
    {
        var machine = shell.Machine();
        return shell.Command("show", shell.Words.TasksShow, [machine], async (parsed, session, cancellationToken) =>
        {
            var (idc, sn) = await session.MachineAsync(parsed.GetValue(machine)!, cancellationToken);
            session.Print.Facts(await session.Api.GetTaskAsync(idc, sn, cancellationToken), TaskViews.Facts(shell.Words));
            return ExitCodes.Ok;
        });
    }

    private static Command History(Shell shell)
    {
        var machine = shell.Machine();
        return shell.Command("history", shell.Words.TasksHistory, [machine], async (parsed, session, cancellationToken) =>
        {
            var (idc, sn) = await session.MachineAsync(parsed.GetValue(machine)!, cancellationToken);
            var history = await session.Api.GetTaskHistoryAsync(idc, sn, cancellationToken);
            StatusChange[] moves = [.. history.Archived.Reverse().SelectMany(task => task.Status_history ?? []), .. history.Status_history];
            session.Print.List(history, moves, TaskViews.Moves(shell.Words), shell.Words.NoEntries);
            return ExitCodes.Ok;
        });
    }

    private static Command Approve(Shell shell)
    {
        var words = shell.Words;
        var machine = shell.Machine();
        var notes = Shell.Option<string?>("--notes", words.NotesOption);
        var hash = Shell.Option<string?>("--plan-hash", words.PlanHashOption);
        return shell.Command("approve", words.TasksApprove, [machine, notes, hash], async (parsed, session, cancellationToken) =>
        {
            var (idc, sn) = await session.MachineAsync(parsed.GetValue(machine)!, cancellationToken);
            var task = await session.Api.ApproveTaskAsync(idc, sn, new ApproveRequest { Notes = parsed.GetValue(notes), Plan_hash = parsed.GetValue(hash) }, cancellationToken);
            return Moved(session, task);
        });
    }

    private static Command Decide(Shell shell, string name, string description, Func<LpmOsClient, string, string, ReasonRequest, CancellationToken, Task<InstallTask>> decide)
    {
        var machine = shell.Machine();
        var reason = Shell.Option<string?>("--reason", shell.Words.ReasonOption);
        return shell.Command(name, description, [machine, reason], async (parsed, session, cancellationToken) =>
        {
            var (idc, sn) = await session.MachineAsync(parsed.GetValue(machine)!, cancellationToken);
            return Moved(session, await decide(session.Api, idc, sn, new ReasonRequest { Reason = parsed.GetValue(reason) }, cancellationToken));
        });
    }

    private static int Moved(Session.CliSession session, InstallTask task)
    {
        if (session.Print.Format == Output.OutputFormat.Table)
            session.Print.Line(session.Words.Moved(task.Task_id, Output.Show.Name(task.Status)));
        else
            session.Print.Facts(task, TaskViews.Facts(session.Words));
        return ExitCodes.Ok;
    }
}
