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
        Attempt attempt;
        bool right;
        await _atOnce.WaitAsync(cancellationToken);
        try
        {
            attempt = users.Find(name) is null ? default : await CountAsync(name, now, from, cancellationToken);
            right = passwords.Verify(attempt.Counted ? attempt.User : null, password);
        }
        finally
        {
            _atOnce.Release();
        }
        if (right && attempt.User is { Disabled: false })
            return await users.ChangeAsync(name, found => found is null or { WrongPasswords: 0, LockedUntil: null } ? found : found with { WrongPasswords = 0, LockedUntil = null }, null, new Actor(name, from), null, cancellationToken) ?? throw Wrong();
        if (attempt is { Counted: true, User: { LockedUntil: { } until } } && !right)
            await users.RecordAsync("user.locked", name, from, $"{options.WrongPasswords} wrong passwords in a row; until {until:yyyy-MM-ddTHH:mm:ssZ}", cancellationToken);
        await refusals.NoteAsync("login.failed", attempt.User?.Name ?? "nobody", from,
            attempt.User is null ? "unknown user" : !attempt.Counted ? "the account is locked" : attempt.User.Disabled ? "the account is disabled" : "wrong password", cancellationToken);
        throw Wrong();
    }

    public void Dispose() => _atOnce.Dispose();

    /// <summary>
    /// Counts the password as wrong before it is looked at, in the store: of guesses at the same time, with one service or with several, no more than the allowed number is
    /// ever compared. A right one takes the count back.
    /// </summary>
    private async Task<Attempt> CountAsync(string name, DateTimeOffset now, string? from, CancellationToken cancellationToken)
    {
        var counted = false;
        var user = await users.ChangeAsync(name, found =>
        {
            counted = found is not null && !(found.LockedUntil > now);
            if (!counted)
                return found;
            var wrong = found!.WrongPasswords + 1;
            return wrong >= options.WrongPasswords ? found with { WrongPasswords = 0, LockedUntil = now + options.LockTime } : found with { WrongPasswords = wrong, LockedUntil = null };
        }, null, new Actor(name, from), null, cancellationToken);
        return new Attempt(user, counted);
    }

    /// <param name="User">As the store has them after the attempt was counted; null: there is nobody of this name.</param>
    /// <param name="Counted">The password may be compared; false: the account was locked before.</param>
    private readonly record struct Attempt(UserAccount? User, bool Counted);

    private static RefusedRequestException Wrong() => new(StatusCodes.Status401Unauthorized, "invalid_credentials", "Name or password is wrong",
        "After several wrong passwords an account is locked for some minutes; an administrator can give a new password.");
}
