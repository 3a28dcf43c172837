using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;
using LpmOs.Core.Security;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Tasks.Requests;

namespace LpmOs.Tasks.Access;

/// <summary>
/// Where people have to log in and nobody can yet: makes "admin", and prints a password that must be changed at the first login.
/// Moves the people of the former setting <c>Tasks:Operators</c> over, with the tokens that they have.
/// </summary>
internal sealed class FirstAdministrator(AuthOptions options, IConfiguration configuration, IStateStore store, WatchedState state, UserStore users, TokenStore tokens, Passwords passwords, TimeProvider time, ILogger<FirstAdministrator> logger)
    : BackgroundService
{
    public const string Name = "admin";
    public const string FormerSetting = "Tasks:Operators";
    private static readonly Actor System = new("lpmos", null);
    private static readonly IReadOnlyList<RoleGrant> Everything = [new RoleGrant { Role = Role.Administrator }];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.LoginNeeded)
            Log.NobodyLogsIn(logger);
        await state.Ready.WaitAsync(stoppingToken);
        while (true)
        {
            try
            {
                await MoveOperatorsAsync(stoppingToken);
                if (options.LoginNeeded)
                    await MakeAsync(stoppingToken);
                return;
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), time, stoppingToken);
            }
        }
    }

    private async Task MakeAsync(CancellationToken cancellationToken)
    {
        // From the store: a copy that lags must not bring an administrator back.
        if ((await store.ListAsync(Keys.Users, null, 1, 0, cancellationToken)).Entries.Count > 0)
            return;
        var password = Passwords.Given();
        var hash = passwords.Hash(password);
        var made = await users.ChangeAsync(Name, found => found ?? new UserAccount
        {
            Name = Name, PasswordHash = hash, MustChangePassword = true, Roles = Everything, CreatedAt = time.GetUtcNow(), CreatedBy = "lpmos",
        }, "user.created", System, null, cancellationToken);
        // Past the log and its providers. Where standard output is kept as well (journald), it is worth nothing from the first login on.
        if (made?.PasswordHash == hash)
            await Console.Out.WriteLineAsync($"LpmOs: first administrator: user {Name}, password {password} (shown this once; it must be changed at the first login)");
    }

    private async Task MoveOperatorsAsync(CancellationToken cancellationToken)
    {
        foreach (var setting in configuration.GetSection(FormerSetting).GetChildren())
        {
            var digest = setting.Value!.ToLowerInvariant();
            await users.ChangeAsync(setting.Key, found => found ?? new UserAccount { Name = setting.Key, Roles = Everything, CreatedAt = time.GetUtcNow(), CreatedBy = "lpmos" }, "user.created", System, $"{setting.Key}, from the setting {FormerSetting}", cancellationToken);
            if (await store.GetAsync(Keys.ApiToken(BearerSecret.Id(digest)), cancellationToken) is null)
            {
                await tokens.WriteAsync(new ApiToken
                {
                    Id = BearerSecret.Id(digest), Digest = digest, User = setting.Key, Description = $"from the setting {FormerSetting}", CreatedAt = time.GetUtcNow(), CreatedBy = "lpmos",
                }, "token.created", System, cancellationToken);
            }
            Log.OperatorMoved(logger, setting.Key);
        }
    }

    /// <exception cref="SettingException">A name or a digest is not allowed.</exception>
    public static void CheckFormer(IConfiguration configuration)
    {
        foreach (var setting in configuration.GetSection(FormerSetting).GetChildren())
        {
            if (!UserNames.IsName(setting.Key))
                throw new SettingException(setting.Path, setting.Key, UserNames.Allowed);
            if (setting.Value?.Length != 64 || !setting.Value.All(char.IsAsciiHexDigit))
                throw new SettingException(setting.Path, "(not shown)", "the SHA-256 of the token, 64 hexadecimal digits; better remove it, and give tokens with lpmosctl tokens create");
        }
    }
}
