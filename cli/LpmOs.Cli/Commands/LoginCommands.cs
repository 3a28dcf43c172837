using System.CommandLine;
using System.Net;
using LpmOs.Cli.Client;
using LpmOs.Cli.Session;
using LpmOs.Cli.Texts;

namespace LpmOs.Cli.Commands;

/// <summary><c>lpmosctl login, logout, whoami, password</c>. Passwords are asked for, never taken from the command line, where every user of the machine could read them.</summary>
internal static class LoginCommands
{
    public static IEnumerable<Command> Build(Shell shell)
    {
        var words = shell.Words;
        var user = Shell.Option<string?>("--user", words.UserOption, "-u");
        yield return shell.Command("login", words.Login, [user], (parsed, session, cancellationToken) => LoginAsync(parsed.GetValue(user), session, cancellationToken));
        yield return shell.Command("logout", words.Logout, [], async (_, session, cancellationToken) =>
        {
            var me = await session.Api.GetMeAsync(cancellationToken);
            if (me.Kind == "token")
                await session.Api.RevokeOwnTokenAsync(me.Credential_id!, cancellationToken);
            ConfigFile.SetToken(session.Terminal, words, null, null);
            await session.Terminal.Out.WriteLineAsync(words.LoggedOut);
            return ExitCodes.Ok;
        });
        yield return shell.Command("whoami", words.WhoAmI, [], async (_, session, cancellationToken) =>
        {
            var me = await session.Api.GetMeAsync(cancellationToken);
            session.Print.Facts(me,
            [
                new("user", words.UserColumn, me => me.Name), new("kind", words.What, me => me.Kind), new("roles", words.RolesColumn, me => UserCommands.Text(me.Roles)),
                new("permissions", words.ValueColumn, me => string.Join(", ", me.Permissions.Select(permission => permission.Value.Contains("*") ? permission.Key : $"{permission.Key}@{string.Join('/', permission.Value)}"))),
            ]);
            if (me.Kind == "local")
                await session.Terminal.Error.WriteLineAsync(words.NobodyLogsIn);
            return ExitCodes.Ok;
        });
        var own = Shell.Option<string?>("--user", words.UserOption, "-u");
        yield return shell.Command("password", words.PasswordCommand, [own], async (parsed, session, cancellationToken) =>
        {
            using var browser = new LoginSession(session.Settings);
            var (name, password) = (parsed.GetValue(own) ?? Ask(session, words.AskUser), Secret(session, words.AskOldPassword));
            await browser.LoginAsync(name, password, cancellationToken);
            await ChangeAsync(session, browser, password, cancellationToken);
            await browser.Api.LogoutAsync(cancellationToken);
            return ExitCodes.Ok;
        });
    }

    private static async Task<int> LoginAsync(string? user, CliSession session, CancellationToken cancellationToken)
    {
        var words = session.Words;
        var path = ConfigFile.Path(session.Terminal.Environment) ?? throw new UsageException(words.NoConfigPath);
        using var browser = new LoginSession(session.Settings);
        var (name, password) = (user ?? Ask(session, words.AskUser), Secret(session, words.AskPassword));
        var me = await browser.LoginAsync(name, password, cancellationToken);
        if (me.Must_change_password)
        {
            await session.Terminal.Error.WriteLineAsync(words.MustChange);
            await ChangeAsync(session, browser, password, cancellationToken);
        }
        var token = await browser.Api.CreateOwnTokenAsync(new TokenRequest { Description = $"lpmosctl on {Dns.GetHostName()}" }, cancellationToken);
        ConfigFile.SetToken(session.Terminal, words, session.Settings.Server, token.Secret);
        await browser.Api.LogoutAsync(cancellationToken);
        await session.Terminal.Out.WriteLineAsync(words.LoggedIn(Output.SafeText.Of(me.Name), path));
        return ExitCodes.Ok;
    }

    private static async Task ChangeAsync(CliSession session, LoginSession browser, string old, CancellationToken cancellationToken)
    {
        var next = Secret(session, session.Words.AskNewPassword);
        if (Secret(session, session.Words.AskAgain) != next)
            throw new UsageException(session.Words.NotTheSame);
        await browser.Api.ChangePasswordAsync(new PasswordRequest { Old_password = old, New_password = next }, cancellationToken);
        await session.Terminal.Error.WriteLineAsync(session.Words.PasswordChanged);
    }

    private static string Ask(CliSession session, string question)
    {
        session.Terminal.Error.Write(question);
        return session.Terminal.In.ReadLine()?.Trim() is { Length: > 0 } answer ? answer : throw new UsageException(session.Words.NoInput);
    }

    private static string Secret(CliSession session, string question)
    {
        session.Terminal.Error.Write(question);
        return session.Terminal.ReadSecret() is { Length: > 0 } answer ? answer : throw new UsageException(session.Words.NoInput);
    }
}
