using System.CommandLine;
using LpmOs.Cli.Client;
using LpmOs.Cli.Output;
using LpmOs.Cli.Session;
using LpmOs.Cli.Watching;

namespace LpmOs.Cli.Commands;

/// <summary><c>lpmosctl shell</c>: a root shell on a machine that runs the boot image.</summary>
internal static class MachineShellCommand
{
    public static Command Build(Shell shell)
    {
        var words = shell.Words;
        var machine = shell.Machine();
        var minutes = Shell.Option<int?>("--minutes", words.ShellMinutesOption);
        var reason = Shell.Option<string?>("--reason", words.ShellReasonOption);
        var (show, end, transcript) = (Shell.Option<bool>("--show", words.ShellShowOption), Shell.Option<bool>("--end", words.ShellEndOption), Shell.Option<bool>("--transcript", words.ShellTranscriptOption));
        return shell.Command("shell", words.MachineShell, [machine, minutes, reason, show, end, transcript], async (parsed, session, cancellationToken) =>
        {
            var (idc, sn) = await session.MachineAsync(parsed.GetValue(machine)!, cancellationToken);
            if (parsed.GetValue(show))
            {
                session.Print.Facts(await session.Api.GetShellAsync(idc, sn, cancellationToken), Facts);
                return ExitCodes.Ok;
            }
            if (parsed.GetValue(end))
            {
                await session.Api.EndShellAsync(idc, sn, cancellationToken);
                return ExitCodes.Ok;
            }
            if (parsed.GetValue(transcript))
            {
                using var answer = await session.Http.GetAsync($"api/v1/machines/{Uri.EscapeDataString(idc)}/{Uri.EscapeDataString(sn)}/shell/transcript", cancellationToken);
                if (!answer.IsSuccessStatusCode)
                    throw await RawCalls.ProblemAsync(answer, cancellationToken);
                // As it was shown, and harmless all the same: what a machine prints does not move this terminal.
                foreach (var line in (await answer.Content.ReadAsStringAsync(cancellationToken)).ReplaceLineEndings("\n").Split('\n'))
                    await session.Terminal.Out.WriteLineAsync(SafeText.Of(line));
                return ExitCodes.Ok;
            }
            var opened = await session.Api.OpenShellAsync(idc, sn, new ShellRequest { Minutes = parsed.GetValue(minutes), Reason = parsed.GetValue(reason) }, cancellationToken);
            return await ConnectAsync(session, idc, sn, opened, cancellationToken);
        });
    }

    private static async Task<int> ConnectAsync(CliSession session, string idc, string sn, ShellSession opened, CancellationToken cancellationToken)
    {
        var words = session.Words;
        await using var keys = Console.OpenStandardInput();
        await using var screen = Console.OpenStandardOutput();
        using var connection = new ShellConnection(session, keys, screen);
        await session.Terminal.Error.WriteLineAsync(words.ShellConnecting($"{idc}/{sn}", Show.Time(opened.Expires_at) ?? ""));
        string? ended;
        // What a person types to may be shown in a file: then there is no window, though it may be another one.
        using (var raw = RawTerminal.Begin(() => _ = Window() is { } size ? connection.ResizeAsync(size) : Task.CompletedTask))
        {
            if (raw is not null)
                await session.Terminal.Error.WriteAsync(words.ShellEscape + "\r\n");
            ended = await connection.RunAsync(idc, sn, opened.Id, raw is not null, Window, cancellationToken);
        }
        await session.Terminal.Error.WriteLineAsync();
        await session.Terminal.Error.WriteLineAsync(ended is null ? words.ShellLeft : words.ShellEnded(ended));
        return ended is null || ended.StartsWith("the shell ended", StringComparison.Ordinal) ? ExitCodes.Ok : ExitCodes.Failed;
    }

    private static (int Columns, int Rows)? Window() => Console.IsInputRedirected || Console.IsOutputRedirected ? null : (Math.Max(1, Console.WindowWidth), Math.Max(1, Console.WindowHeight));

    private static Column<ShellSession>[] Facts =>
    [
        new("id", "ID", session => session.Id),
        new("by", "by", session => session.By),
        new("reason", "reason", session => session.Reason),
        new("started_at", "started_at", session => Show.Time(session.Started_at)),
        new("expires_at", "expires_at", session => Show.Time(session.Expires_at)),
        new("ended_at", "ended_at", session => Show.Time(session.Ended_at)),
        new("end_reason", "end_reason", session => session.End_reason),
        new("input_bytes", "input_bytes", session => $"{session.Input_bytes}"),
        new("output_bytes", "output_bytes", session => $"{session.Output_bytes}"),
    ];
}
