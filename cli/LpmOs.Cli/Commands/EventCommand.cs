using System.CommandLine;
using LpmOs.Cli.Client;
using LpmOs.Cli.Session;
using LpmOs.Cli.Watching;

namespace LpmOs.Cli.Commands;

/// <summary><c>lpmosctl events</c>: the stream as JSON lines, whatever <c>-o</c> says.</summary>
internal static class EventCommand
{
    public static Command Build(Shell shell)
    {
        var idc = Shell.Option<string?>("--idc", shell.Words.IdcOption);
        var since = Shell.Option<long?>("--since", shell.Words.SinceOption);
        var most = Shell.Option<int?>("--limit", shell.Words.EventLimitOption);
        return shell.Command("events", shell.Words.Events, [idc, since, most], async (parsed, session, cancellationToken) =>
        {
            var left = parsed.GetValue(most) ?? int.MaxValue;
            try
            {
                await foreach (var message in new EventFeed(session).FollowAsync(parsed.GetValue(idc), parsed.GetValue(since), cancellationToken))
                {
                    session.Print.JsonLine(message);
                    if (--left == 0)
                        break;
                }
            }
            catch (LpmOsProblemException e) when (e.StatusCode == 404)
            {
                throw new UsageException(shell.Words.TooNew("/api/v1/events"));
            }
            catch (FeedGapException)
            {
                await session.Terminal.Error.WriteLineAsync(shell.Words.Gap);
                return ExitCodes.Failed;
            }
            return ExitCodes.Ok;
        });
    }
}
