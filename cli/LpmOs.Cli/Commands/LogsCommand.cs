using System.CommandLine;
using LpmOs.Cli.Client;
using LpmOs.Cli.Output;
using LpmOs.Cli.Session;

namespace LpmOs.Cli.Commands;

/// <summary><c>lpmosctl tasks logs</c>, with <c>-f</c> until the task is over.</summary>
internal static class LogsCommand
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(1);
    /// <summary>So many lines in a row that were printed say where the new ones begin, also when the oldest are no longer kept.</summary>
    private const int Overlap = 20;

    public static Command Build(Shell shell)
    {
        var machine = shell.Machine();
        var follow = Shell.Option<bool>("--follow", shell.Words.FollowOption, "-f");
        return shell.Command("logs", shell.Words.TasksLogs, [machine, follow], async (parsed, session, cancellationToken) =>
        {
            var (idc, sn) = await session.MachineAsync(parsed.GetValue(machine)!, cancellationToken);
            if (!parsed.GetValue(follow))
            {
                var logs = await session.Api.GetTaskLogsAsync(idc, sn, cancellationToken);
                if (!session.Print.Structured(logs))
                    Print(logs.Lines, session);
                return ExitCodes.Ok;
            }
            await FollowAsync(idc, sn, session, cancellationToken);
            return ExitCodes.Ok;
        });
    }

    /// <summary>Lines of <paramref name="now"/> after those of <paramref name="before"/>.</summary>
    public static IEnumerable<string> New(IReadOnlyList<string> before, IReadOnlyList<string> now)
    {
        if (now.Count >= before.Count && before.SequenceEqual(now.Take(before.Count)))
            return now.Skip(before.Count);
        var tail = before.TakeLast(Overlap).ToList();
        for (var end = now.Count; end >= tail.Count; end--)
        {
            if (now.Skip(end - tail.Count).Take(tail.Count).SequenceEqual(tail))
                return now.Skip(end);
        }
        return now;
    }

    private static async Task FollowAsync(string idc, string sn, CliSession session, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> printed = [];
        var reached = false;
        using var timer = new PeriodicTimer(AskEvery, session.Terminal.Time);
        while (true)
        {
            try
            {
                // The state first: the lines that are read after it was over are all there will be.
                var over = TaskViews.IsOver(await session.Api.GetTaskAsync(idc, sn, cancellationToken));
                var lines = (await session.Api.GetTaskLogsAsync(idc, sn, cancellationToken)).Lines;
                Print(New(printed, lines), session);
                (printed, reached) = (lines, true);
                if (over)
                    return;
            }
            catch (Exception e) when (reached && !cancellationToken.IsCancellationRequested && e is HttpRequestException or IOException or OperationCanceledException or LpmOsProblemException { StatusCode: 502 or 503 or 504 })
            {
                // A service that is restarted, or a store that is away: an installation takes longer than that.
            }
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    private static void Print(IEnumerable<string> lines, CliSession session)
    {
        foreach (var line in lines)
        {
            if (session.Print.Format == OutputFormat.Json)
                session.Print.JsonLine(line);
            else
                session.Print.Line(line);
        }
    }
}
