using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Requests;

namespace LpmOs.Tasks.Access;

/// <summary>Checks a name and a password; counts what is wrong, and locks the account for a while.</summary>
internal sealed class PasswordCheck(UserStore users, Passwords passwords, AuthOptions options, RefusalLog refusals, TimeProvider time) : IDisposable
{
    /// <summary>Hashing is made slow on purpose: so many at once, and nobody brings the service down with logins.</summary>
    private readonly SemaphoreSlim _atOnce = new(Math.Max(1, Environment.ProcessorCount - 1));

    /// <exception cref="RefusedRequestException">401, in the same words whatever is wrong: who asks learns neither which names exist nor which are locked.</exception>
    public async Task<UserAccount> RequireAsync(string name, string password, string? from, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var user = users.Find(name);
        bool right;
        await _atOnce.WaitAsync(cancellationToken);
        try
        {
            right = passwords.Verify(user, password);
        }
        finally
        {
            _atOnce.Release();
        }
        var locked = user?.LockedUntil > now;
        if (right && !locked && !user!.Disabled)
        {
            if (user.WrongPasswords > 0)
                user = await users.ChangeAsync(name, found => found is null ? null : found with { WrongPasswords = 0, LockedUntil = null }, null, new Actor(name, from), null, cancellationToken);
            return user ?? throw Wrong();
        }
        if (user is not null && !locked && !right)
            await CountAsync(user.Name, now, from, cancellationToken);
        await refusals.NoteAsync("login.failed", user?.Name ?? "nobody", from,
            user is null ? "unknown user" : locked ? "the account is locked" : user.Disabled ? "the account is disabled" : "wrong password", cancellationToken);
        throw Wrong();
    }

    public void Dispose() => _atOnce.Dispose();

    private async Task CountAsync(string name, DateTimeOffset now, string? from, CancellationToken cancellationToken)
    {
        var changed = await users.ChangeAsync(name, found =>
        {
            if (found is null || found.LockedUntil > now)
                return found;
            var wrong = found.WrongPasswords + 1;
            return wrong >= options.WrongPasswords ? found with { WrongPasswords = 0, LockedUntil = now + options.LockTime } : found with { WrongPasswords = wrong };
        }, null, new Actor(name, from), null, cancellationToken);
        if (changed?.LockedUntil == now + options.LockTime)
            await users.RecordAsync("user.locked", name, from, $"{options.WrongPasswords} wrong passwords in a row; until {changed.LockedUntil:yyyy-MM-ddTHH:mm:ssZ}", cancellationToken);
    }

    private static RefusedRequestException Wrong() => new(StatusCodes.Status401Unauthorized, "invalid_credentials", "Name or password is wrong",
        "After several wrong passwords an account is locked for some minutes; an administrator can give a new password.");
}
