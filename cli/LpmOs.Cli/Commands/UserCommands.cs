using System.CommandLine;
using System.Globalization;
using LpmOs.Cli.Client;
using LpmOs.Cli.Output;
using LpmOs.Cli.Session;
using LpmOs.Cli.Texts;

namespace LpmOs.Cli.Commands;

/// <summary><c>lpmosctl users …, tokens …, sessions …</c>.</summary>
internal static class UserCommands
{
    public static IEnumerable<Command> Build(Shell shell) => [Users(shell), Tokens(shell), Sessions(shell)];

    /// <summary><c>operator@dc1, approver</c></summary>
    public static string Text(IEnumerable<RoleGrant>? roles) => string.Join(", ", (roles ?? []).Select(grant => Name(grant.Role) + (grant.Idc is { } idc ? "@" + idc : "")));

    private static Command Users(Shell shell)
    {
        var words = shell.Words;
        Argument<string> Name() => new("name") { Description = words.UserArgument, HelpName = "NAME" };
        Option<string[]> Roles(bool required) => new("--role", "-r") { Description = words.RoleOption, HelpName = "ROLE[@IDC]", Required = required };
        var (created, display, service, first) = (Name(), Shell.Option<string?>("--display-name", words.DisplayNameOption), Shell.Option<bool>("--service", words.ServiceOption), Roles(false));
        var (changed, roles) = (Name(), Roles(true));
        var (disabled, enabled, reset, deleted) = (Name(), Name(), Name(), Name());
        return new Command("users", words.Users)
        {
            shell.Command("list", words.UsersList, [], async (_, session, cancellationToken) =>
            {
                var list = await session.Api.ListUsersAsync(cancellationToken);
                session.Print.List(list, list.Items.ToList(), Columns(session), words.NoEntries);
                return ExitCodes.Ok;
            }),
            shell.Command("create", words.UsersCreate, [created, first, display, service], async (parsed, session, cancellationToken) => Given(await session.Api.CreateUserAsync(new UserRequest
            {
                Name = parsed.GetValue(created), Display_name = parsed.GetValue(display), Service = parsed.GetValue(service) ? true : null, Roles = Read(parsed.GetValue(first), words),
            }, cancellationToken), session)),
            shell.Command("roles", words.UsersRoles, [changed, roles], async (parsed, session, cancellationToken) =>
                Shown(await session.Api.PutUserAsync(parsed.GetValue(changed)!, new UserRequest { Roles = Read(parsed.GetValue(roles), words) }, cancellationToken), session)),
            shell.Command("disable", words.UsersDisable, [disabled], async (parsed, session, cancellationToken) => Shown(await session.Api.PutUserAsync(parsed.GetValue(disabled)!, new UserRequest { Disabled = true }, cancellationToken), session)),
            shell.Command("enable", words.UsersEnable, [enabled], async (parsed, session, cancellationToken) => Shown(await session.Api.PutUserAsync(parsed.GetValue(enabled)!, new UserRequest { Disabled = false }, cancellationToken), session)),
            shell.Command("reset-password", words.UsersReset, [reset], async (parsed, session, cancellationToken) => Given(await session.Api.ResetPasswordAsync(parsed.GetValue(reset)!, cancellationToken), session)),
            shell.Command("delete", words.UsersDelete, [deleted], async (parsed, session, cancellationToken) =>
            {
                await session.Api.DeleteUserAsync(parsed.GetValue(deleted)!, cancellationToken);
                return ExitCodes.Ok;
            }),
        };
    }

    private static Command Tokens(Shell shell)
    {
        var words = shell.Words;
        var all = Shell.Option<bool>("--all", words.EverybodysOption);
        var user = new Argument<string>("user") { Description = words.UserArgument, HelpName = "NAME" };
        var description = new Option<string>("--description", "-d") { Description = words.TokenDescription, Required = true };
        var (role, days) = (new Option<string[]>("--role", "-r") { Description = words.RoleOption, HelpName = "ROLE[@IDC]" }, Shell.Option<int?>("--days", words.DaysOption));
        var id = new Argument<string>("id") { Description = words.IdArgument, HelpName = "ID" };
        var ofAll = Shell.Option<bool>("--all", words.EverybodysOption);
        return new Command("tokens", words.Tokens)
        {
            shell.Command("list", words.TokensList, [all], async (parsed, session, cancellationToken) =>
            {
                var list = parsed.GetValue(all) ? await session.Api.ListTokensAsync(cancellationToken) : await session.Api.ListOwnTokensAsync(cancellationToken);
                session.Print.List(list, list.Items.ToList(),
                [
                    new("id", "ID", token => token.Id), new("user", words.UserColumn, token => token.User), new("description", words.DescriptionColumn, token => token.Description),
                    new("roles", words.RolesColumn, token => token.Roles is null ? "*" : Text(token.Roles)), new("expires", words.ExpiresColumn, token => Day(token.Expires_at)),
                ], words.NoEntries);
                return ExitCodes.Ok;
            }),
            shell.Command("create", words.TokensCreate, [user, description, role, days], async (parsed, session, cancellationToken) =>
            {
                var made = await session.Api.CreateUserTokenAsync(parsed.GetValue(user)!, new TokenRequest
                {
                    Description = parsed.GetValue(description)!, Roles = parsed.GetValue(role) is { Length: > 0 } given ? Read(given, words) : null,
                    Expires_at = parsed.GetValue(days) is { } count ? session.Terminal.Time.GetUtcNow().AddDays(count) : null,
                }, cancellationToken);
                // Alone on its line in every format that a script reads.
                if (session.Print.Format == OutputFormat.Table)
                    await session.Terminal.Out.WriteLineAsync(made.Secret);
                else
                    session.Print.Facts(made, [new("id", "ID", token => token.Token.Id), new("secret", "TOKEN", token => token.Secret)]);
                return ExitCodes.Ok;
            }),
            shell.Command("revoke", words.TokensRevoke, [id, ofAll], async (parsed, session, cancellationToken) =>
            {
                await (parsed.GetValue(ofAll) ? session.Api.RevokeTokenAsync(parsed.GetValue(id)!, cancellationToken) : session.Api.RevokeOwnTokenAsync(parsed.GetValue(id)!, cancellationToken));
                return ExitCodes.Ok;
            }),
        };
    }

    private static Command Sessions(Shell shell)
    {
        var words = shell.Words;
        var (all, ofAll) = (Shell.Option<bool>("--all", words.EverybodysOption), Shell.Option<bool>("--all", words.EverybodysOption));
        var id = new Argument<string>("id") { Description = words.IdArgument, HelpName = "ID" };
        return new Command("sessions", words.Sessions)
        {
            shell.Command("list", words.SessionsList, [all], async (parsed, session, cancellationToken) =>
            {
                var list = parsed.GetValue(all) ? await session.Api.ListSessionsAsync(cancellationToken) : await session.Api.ListOwnSessionsAsync(cancellationToken);
                session.Print.List(list, list.Items.ToList(),
                [
                    new("id", "ID", one => one.Id), new("user", words.UserColumn, one => one.User), new("from", words.FromColumn, one => one.From ?? ""), new("expires", words.ExpiresColumn, one => Day(one.Expires_at)),
                ], words.NoEntries);
                return ExitCodes.Ok;
            }),
            shell.Command("revoke", words.SessionsRevoke, [id, ofAll], async (parsed, session, cancellationToken) =>
            {
                await (parsed.GetValue(ofAll) ? session.Api.RevokeSessionAsync(parsed.GetValue(id)!, cancellationToken) : session.Api.RevokeOwnSessionAsync(parsed.GetValue(id)!, cancellationToken));
                return ExitCodes.Ok;
            }),
        };
    }

    private static int Given(UserWithPassword made, CliSession session)
    {
        if (made.Password is { } password && session.Print.Format == OutputFormat.Table)
            session.Terminal.Out.WriteLine(session.Words.GivenPassword(SafeText.Of(made.User.Name), password));
        else
            session.Print.Facts(made, [new("user", session.Words.UserColumn, one => one.User.Name), new("roles", session.Words.RolesColumn, one => Text(one.User.Roles)), new("password", "PASSWORD", one => one.Password ?? "")]);
        return ExitCodes.Ok;
    }

    private static int Shown(UserAnswer user, CliSession session)
    {
        session.Print.List(user, [user], Columns(session), session.Words.NoEntries);
        return ExitCodes.Ok;
    }

    private static Column<UserAnswer>[] Columns(CliSession session) =>
    [
        new("user", session.Words.UserColumn, user => user.Name), new("display_name", session.Words.NameColumn, user => user.Display_name ?? ""), new("roles", session.Words.RolesColumn, user => Text(user.Roles)),
        new("state", session.Words.StatusColumn, user => session.Words.StateOfUser(user.Disabled, user.Locked_until > session.Terminal.Time.GetUtcNow(), user.Must_change_password, !user.Has_password)),
    ];

    private static List<RoleGrant> Read(string[]? texts, Words words) => [.. (texts ?? []).Select(text =>
    {
        var parts = text.Split('@', 2);
        var role = Enum.GetValues<Role>().Cast<Role?>().FirstOrDefault(role => Name(role!.Value) == parts[0]) ?? throw new UsageException(words.RoleNotAllowed(SafeText.Of(text)));
        return new RoleGrant { Role = role, Idc = parts.ElementAtOrDefault(1) };
    })];

    // The generator capitalizes the document's names and leaves their underscores.
    private static string Name(Role role) => role.ToString().ToLowerInvariant();

    private static string Day(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture) ?? "";
}
