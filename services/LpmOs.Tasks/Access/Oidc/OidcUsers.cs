using System.Security.Claims;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Requests;

namespace LpmOs.Tasks.Access.Oidc;

/// <summary>
/// Makes the provider's people users of ours. A person is who the provider says by issuer and subject, whatever they are called;
/// their roles are those of their groups, anew with each login.
/// </summary>
internal sealed class OidcUsers(OidcOptions options, UserStore users, WatchedUsers all, TimeProvider time)
{
    private const int LongestDisplayName = 100;

    /// <exception cref="RefusedRequestException">403: no group gives a role, the name is another user's or cannot be one, or the user is disabled.</exception>
    public async Task<UserAccount> RequireAsync(ClaimsPrincipal person, string? from, CancellationToken cancellationToken)
    {
        var (issuer, subject, name) = (person.FindFirstValue("iss"), person.FindFirstValue("sub"), person.FindFirstValue(options.NameClaim));
        if (string.IsNullOrEmpty(issuer) || string.IsNullOrEmpty(subject))
            throw Refused("oidc_failed", "the provider did not say who this is (iss, sub)");
        if (!UserNames.IsName(name))
            throw Refused("oidc_name", $"the claim {options.NameClaim} is no name that a user may have ({UserNames.Allowed})");
        var grants = person.FindAll(options.GroupClaim).SelectMany(group => options.Roles.GetValueOrDefault(group.Value, [])).Distinct().ToList();
        var known = $"{issuer}#{subject}";
        if (grants.Count == 0)
        {
            // Their tokens and other sessions have what the account has.
            if (users.Find(name!)?.ExternalId == known)
                await users.ChangeAsync(name!, found => found is { Roles.Count: > 0 } && found.ExternalId == known ? found with { Roles = [] } : found, "user.changed", new Actor(name!, from), $"{name}, groups of {options.Authority.Host}", cancellationToken);
            throw Refused("oidc_no_role", $"none of the groups of {name} has a role (claim {options.GroupClaim}, setting Auth:Oidc:Roles)");
        }
        // Names that differ in case alone would be taken for one another.
        if (all.ByName().FirstOrDefault(user => user.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } same && (same.ExternalId != known || same.Name != name))
            throw Refused("oidc_name", $"there is another user {same.Name}");
        if (all.ByName().FirstOrDefault(user => user.ExternalId == known && user.Name != name) is { } former)
            throw Refused("oidc_name", $"this person is the user {former.Name} here; an administrator has to delete that one first");
        var display = person.FindFirstValue("name") is { Length: > 0 and <= LongestDisplayName } shown && !shown.Any(char.IsControl) ? shown : null;
        var account = await users.ChangeAsync(name!, found => found switch
        {
            null => new UserAccount { Name = name!, DisplayName = display, ExternalId = known, Roles = grants, CreatedAt = time.GetUtcNow(), CreatedBy = "lpmos" },
            _ when found.ExternalId != known => throw Refused("oidc_name", $"there is another user {found.Name}"),
            _ when found.Roles.SequenceEqual(grants) && (display is null || found.DisplayName == display) => found,
            _ => found with { Roles = grants, DisplayName = display ?? found.DisplayName },
        }, "user.changed", new Actor(name!, from), $"{name}, groups of {options.Authority.Host}", cancellationToken);
        return account is { Disabled: false } ? account : throw Refused("oidc_disabled", $"the user {name} is disabled");
    }

    private static RefusedRequestException Refused(string code, string why) => new(StatusCodes.Status403Forbidden, code, "The login was refused", why);
}
