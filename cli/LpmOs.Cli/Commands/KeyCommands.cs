using System.CommandLine;
using LpmOs.Cli.Client;
using LpmOs.Cli.Output;

namespace LpmOs.Cli.Commands;

/// <summary><c>lpmosctl keys list, rotate, reseal, retire</c>.</summary>
internal static class KeyCommands
{
    public static Command Build(Shell shell)
    {
        var words = shell.Words;
        var keys = new Command("keys", words.KeysGroup);
        keys.Add(shell.Command("list", words.KeysList, [], async (_, session, cancellationToken) => Shown(session, shell, await session.Api.ListKeysAsync(cancellationToken))));
        keys.Add(shell.Command("rotate", words.KeysRotate, [], async (_, session, cancellationToken) => Shown(session, shell, await session.Api.RotateKeysAsync(cancellationToken))));
        keys.Add(shell.Command("reseal", words.KeysReseal, [], async (_, session, cancellationToken) => Shown(session, shell, await session.Api.ResealSecretsAsync(cancellationToken))));
        var now = Shell.Option<bool>("--now", words.RetireNowOption);
        keys.Add(shell.Command("retire", words.KeysRetire, [now], async (parsed, session, cancellationToken) =>
            Shown(session, shell, await session.Api.RetireKeysAsync(new RetireRequest { Now = parsed.GetValue(now) }, cancellationToken))));
        return keys;
    }

    private static int Shown(Session.CliSession session, Shell shell, ResealResult result)
    {
        if (session.Print.Format != OutputFormat.Table)
        {
            session.Print.Structured(result);
            return ExitCodes.Ok;
        }
        session.Print.Line(shell.Words.Resealed(result.Resealed, result.Waiting, result.Unreadable));
        return Shown(session, shell, result.Keys);
    }

    private static int Shown(Session.CliSession session, Shell shell, KeyList keys)
    {
        var words = shell.Words;
        session.Print.List(keys, keys.Items.ToList(), [new("fingerprint", words.FingerprintColumn, key => key.Fingerprint), new("present", words.StatusColumn, key => key.Present ? words.KeyPresent : words.KeyFormer)], words.NoEntries);
        if (session.Print.Format == OutputFormat.Table)
            session.Print.Line(!keys.Sealed_outside ? words.KeysInClear : keys.Key_file is { Count: > 0 } file ? words.KeyFileKeys(string.Join(", ", file)) : words.KeyOutside);
        return ExitCodes.Ok;
    }
}
