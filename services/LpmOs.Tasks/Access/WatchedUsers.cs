using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;

namespace LpmOs.Tasks.Access;

/// <summary>All users, from the watched copy.</summary>
internal sealed class WatchedUsers(WatchedState state)
{
    public int Count => state.Current.Users.Count;

    public IEnumerable<UserAccount> ByName() => state.Current.Users.Values.OrderBy(user => user.Name, StringComparer.Ordinal);

    /// <exception cref="RefusedRequestException">409: nobody would be left who can give roles.</exception>
    public void KeepAnAdministrator(UserAccount before, UserAccount? after)
    {
        if (IsAdministrator(before) && !(after is not null && IsAdministrator(after)) && !state.Current.Users.Values.Any(user => user.Name != before.Name && IsAdministrator(user)))
            throw new RefusedRequestException(StatusCodes.Status409Conflict, "last_administrator", "This is the last administrator", $"Without {before.Name} nobody could give roles any more. Make another administrator first.");
    }

    private static bool IsAdministrator(UserAccount user) => !user.Disabled && new Rights(user.Roles).CanEverywhere(Permission.ManageAccess);
}
