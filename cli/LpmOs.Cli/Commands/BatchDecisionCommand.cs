using System.CommandLine;
using LpmOs.Cli.Client;
using LpmOs.Cli.Output;
using LpmOs.Cli.Session;

namespace LpmOs.Cli.Commands;

/// <summary>
/// <c>lpmosctl tasks decide MOVE</c>: on all tasks of a filter. Without <c>--expect</c> it only tells which tasks it would be, so that nobody decides on more than was looked at.
/// </summary>
internal static class BatchDecisionCommand
{
    public static Command Build(Shell shell)
    {
        var words = shell.Words;
        var move = new Argument<string>("move") { Description = words.MoveArgument };
        move.AcceptOnlyFromAmong("approve", "reject", "cancel");
        var (idc, tag, text) = (Shell.Option<string?>("--idc", words.IdcOption), Shell.Option<string?>("--tag", words.TagOption), Shell.Option<string?>("--query", words.TextOption, "-q"));
        var (reason, expect) = (Shell.Option<string?>("--reason", words.ReasonOption), Shell.Option<int?>("--expect", words.ExpectOption));
        return shell.Command("decide", words.TasksDecide, [move, idc, tag, text, reason, expect], async (parsed, session, cancellationToken) =>
        {
            var expected = parsed.GetValue(expect);
            var body = new BatchDecisionBody { Idc = parsed.GetValue(idc), Tag = parsed.GetValue(tag), Q = parsed.GetValue(text), Reason = parsed.GetValue(reason), Expected = expected, Dry_run = expected is null };
            var result = await DecideAsync(parsed.GetValue(move)!, body, session.Api, cancellationToken);
            session.Print.List(result, result.Results.ToList(), ImportCommand.Columns(words), words.NoTasks);
            if (session.Print.Format == OutputFormat.Table && expected is null)
                await session.Terminal.Error.WriteLineAsync(words.NothingDecided(result.Succeeded));
            return result.Succeeded == result.Total ? ExitCodes.Ok : ExitCodes.Failed;
        });
    }

    private static Task<BatchResult> DecideAsync(string move, BatchDecisionBody body, LpmOsClient api, CancellationToken cancellationToken) => move switch
    {
        "approve" => api.ApproveTasksAsync(body, cancellationToken),
        "reject" => api.RejectTasksAsync(body, cancellationToken),
        _ => api.CancelTasksAsync(body, cancellationToken),
    };
}
