using System.CommandLine;
using LpmOs.Cli.Client;
using LpmOs.Cli.Output;
using LpmOs.Cli.Session;

namespace LpmOs.Cli.Commands;

/// <summary><c>lpmosctl tasks logs</c>, with <c>-f</c> until the task is over.</summary>
internal static class LogsCommand
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(1);

    public static Command Build(Shell shell)
    {
        var machine = shell.Machine();
        var follow = Shell.Option<bool>("--follow", shell.Words.FollowOption, "-f");
        return shell.Command("logs", shell.Words.TasksLogs, [machine, follow], async (parsed, session, cancellationToken) =>
        {
            var (idc, sn) = await session.MachineAsync(parsed.GetValue(machine)!, cancellationToken);
            if (!parsed.GetValue(follow))
            {
                var logs = await session.Api.GetTaskLogsAsync(idc, sn, null, cancellationToken);
                if (!session.Print.Structured(logs))
                    Print(logs.Lines, session);
                return ExitCodes.Ok;
            }
            await FollowAsync(idc, sn, session, cancellationToken);
            return ExitCodes.Ok;
        });
    }

    private static async Task FollowAsync(string idc, string sn, CliSession session, CancellationToken cancellationToken)
    {
        string? printed = null;
        var reached = false;
        using var timer = new PeriodicTimer(AskEvery, session.Terminal.Time);
        while (true)
        {
            try
            {
                // The state first: the lines that are read after it was over are all there will be.
                var over = TaskViews.IsOver(await session.Api.GetTaskAsync(idc, sn, cancellationToken));
                var logs = await session.Api.GetTaskLogsAsync(idc, sn, printed, cancellationToken);
                Print(logs.Lines, session);
                (printed, reached) = (logs.Next ?? printed, true);
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
