using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;

namespace LpmOs.Tasks.Access;

/// <summary>All users, from the watched copy.</summary>
internal sealed class WatchedUsers(WatchedState state, AuthOptions options, TimeProvider time)
{
    public int Count => state.Current.Users.Count;

    public IEnumerable<UserAccount> ByName() => state.Current.Users.Values.OrderBy(user => user.Name, StringComparer.Ordinal);

    /// <exception cref="RefusedRequestException">409: nobody would be left who can give roles.</exception>
    public void KeepAnAdministrator(UserAccount before, UserAccount? after)
    {
        if (IsAdministrator(before) && !(after is not null && IsAdministrator(after)) && !state.Current.Users.Values.Any(user => user.Name != before.Name && IsAdministrator(user) && GetsIn(user)))
            throw new RefusedRequestException(StatusCodes.Status409Conflict, "last_administrator", "This is the last administrator", $"Without {before.Name} nobody could give roles any more. Make another administrator first.");
    }

    /// <summary>By a password, with the provider, or by a token that may give roles: one that nobody can use is no administrator to be left with.</summary>
    private bool GetsIn(UserAccount user) => user.PasswordHash is not null || (user.ExternalId is not null && options.Oidc is not null)
        || state.Current.ApiTokens.Values.Any(token => token.User == user.Name && !(token.ExpiresAt <= time.GetUtcNow()) && new Rights(user.Roles, token.Roles).CanEverywhere(Permission.ManageAccess));

    private static bool IsAdministrator(UserAccount user) => !user.Disabled && new Rights(user.Roles).CanEverywhere(Permission.ManageAccess);
}
