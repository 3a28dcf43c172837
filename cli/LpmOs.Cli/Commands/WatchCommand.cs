using System.CommandLine;
using LpmOs.Cli.Client;
using LpmOs.Cli.Output;
using LpmOs.Cli.Session;
using LpmOs.Cli.Watching;

namespace LpmOs.Cli.Commands;

/// <summary><c>lpmosctl tasks watch</c>: moving bars at a terminal, a line for each change elsewhere, JSON lines with <c>-o json</c>.</summary>
internal static class WatchCommand
{
    private const string Active = "pending,approved,installing";

    public static Command Build(Shell shell)
    {
        var words = shell.Words;
        var machines = new Argument<string[]>("machine") { Description = words.MachineArgument, HelpName = "IDC/SN…", Arity = ArgumentArity.ZeroOrMore };
        var idc = Shell.Option<string?>("--idc", words.IdcOption);
        var tag = Shell.Option<string?>("--tag", words.TagOption);
        return shell.Command("watch", words.TasksWatch, [machines, idc, tag], async (parsed, session, cancellationToken) =>
        {
            var watched = await WatchedAsync(parsed.GetValue(machines) ?? [], parsed.GetValue(idc), parsed.GetValue(tag), session, cancellationToken);
            if (watched.Count == 0)
            {
                await session.Terminal.Error.WriteLineAsync(words.NoActiveTasks);
                return ExitCodes.Ok;
            }
            var last = new Dictionary<string, InstallTask>();
            if (session.Terminal.Interactive && session.Print.Format == OutputFormat.Table)
            {
                await ProgressBoard.Columns(session.Print.Console).StartAsync(context =>
                {
                    var board = new ProgressBoard(context, words);
                    return FollowAsync(board.Show);
                });
            }
            else
                await FollowAsync(task => Print(task, session));

            var completed = last.Values.Count(task => task.Status == TaskState.Completed);
            await session.Terminal.Error.WriteLineAsync(words.Ended(completed, last.Count - completed));
            return completed == last.Count ? ExitCodes.Ok : ExitCodes.Failed;

            async Task FollowAsync(Action<InstallTask> show)
            {
                await foreach (var task in new TaskFollower(session).FollowAsync(watched, cancellationToken))
                {
                    last[TaskViews.Machine(task)] = task;
                    show(task);
                }
            }
        });
    }

    private static async Task<IReadOnlyCollection<(string, string)>> WatchedAsync(string[] named, string? idc, string? tag, CliSession session, CancellationToken cancellationToken)
    {
        var watched = new HashSet<(string, string)>();
        foreach (var name in named)
            watched.Add(await session.MachineAsync(name, cancellationToken));
        if (named.Length > 0)
            return watched;
        string? cursor = null;
        do
        {
            var page = await session.Api.ListTasksAsync(idc: idc, status: Active, tag: tag, sort: "created_at", limit: 1000, cursor: cursor, cancellationToken: cancellationToken);
            watched.UnionWith(page.Items.Select(task => (task.Idc, task.Sn)));
            cursor = page.Next_cursor;
        }
        while (cursor is not null);
        return watched;
    }

    private static void Print(InstallTask task, CliSession session)
    {
        if (session.Print.Format == OutputFormat.Table)
            session.Print.Line($"{Show.Time(task.Updated_at)}  {TaskViews.Machine(task)}  {Show.Name(task.Status),-10}  {task.Percent ?? 0,3}%  {TaskViews.Now(task, session.Words)}".TrimEnd());
        else
            session.Print.JsonLine(task);
    }
}
