using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;

namespace LpmOs.Tasks.Access;

/// <summary>Body of <c>POST /api/v1/login</c>.</summary>
internal sealed record LoginRequest
{
    public required string User { get; init; }
    public required string Password { get; init; }
}

/// <summary>How people log in here.</summary>
internal sealed record LoginWays
{
    /// <summary>By name and password; false: nobody has to log in.</summary>
    public required bool Password { get; init; }
    /// <summary>With the company's provider of OpenID Connect; absent: none is set.</summary>
    public OidcWay? Oidc { get; init; }
}

/// <summary>A provider of OpenID Connect.</summary>
internal sealed record OidcWay
{
    /// <summary>What it is called (setting Auth:Oidc:DisplayName).</summary>
    public required string Name { get; init; }
    /// <summary>Where a browser is sent to begin.</summary>
    public required string Url { get; init; }
}

/// <summary>Body of <c>POST /api/v1/me/password</c>.</summary>
internal sealed record PasswordRequest
{
    public required string OldPassword { get; init; }
    /// <summary>12 to 256 characters.</summary>
    public required string NewPassword { get; init; }
}

/// <summary>Who you are and what you may do.</summary>
internal sealed record Me
{
    public required string Name { get; init; }
    /// <summary><c>session</c>: logged in; <c>token</c>: by an API token; <c>local</c>: nobody has to log in, since the service listens on loopback addresses alone.</summary>
    public required string Kind { get; init; }
    /// <summary>Until <c>POST /api/v1/me/password</c> nothing else is allowed.</summary>
    public required bool MustChangePassword { get; init; }
    public required IReadOnlyList<RoleGrant> Roles { get; init; }
    /// <summary>Permission to the IDCs where you have it; <c>*</c>: everywhere. What is not here is refused.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Permissions { get; init; }
    /// <summary>With a session: to be sent as <c>X-CSRF-Token</c> with every change.</summary>
    public string? CsrfToken { get; init; }
    /// <summary>Of your session or token.</summary>
    public string? CredentialId { get; init; }

    public static Me Of(Caller caller) => new()
    {
        Name = caller.Name, Kind = caller.Kind switch { CallerKind.Session => "session", CallerKind.Token => "token", CallerKind.Certificate => "certificate", _ => "local" }, MustChangePassword = caller.MustChangePassword,
        Roles = caller.Rights.Grants, CsrfToken = caller.CsrfToken, CredentialId = caller.CredentialId,
        Permissions = Enum.GetValues<Permission>().Where(permission => permission is not (Permission.Anonymous or Permission.Machine or Permission.SignedIn) && caller.Rights.CanSomewhere(permission))
            .ToDictionary(EndpointPermission.Name, permission => (IReadOnlyList<string>)(caller.Rights.Sites(permission) is { } sites ? [.. sites.Order(StringComparer.Ordinal)] : ["*"])),
    };
}

/// <summary>Body of <c>POST</c> and <c>PUT</c> of users.</summary>
internal sealed record UserRequest
{
    /// <summary>With <c>POST</c> alone.</summary>
    public string? Name { get; init; }
    /// <summary>At most 100 characters.</summary>
    public string? DisplayName { get; init; }
    /// <summary>Replaces them with <c>PUT</c>; left out: none with <c>POST</c>, as they are with <c>PUT</c>.</summary>
    public IReadOnlyList<RoleGrant>? Roles { get; init; }
    /// <summary>With <c>POST</c>: no password; a program that uses tokens.</summary>
    public bool? Service { get; init; }
    /// <summary>With <c>PUT</c>: no login, no token and no session of theirs works any more.</summary>
    public bool? Disabled { get; init; }
}

/// <summary>A user without what they log in with.</summary>
internal sealed record UserAnswer
{
    public required string Name { get; init; }
    public string? DisplayName { get; init; }
    public required IReadOnlyList<RoleGrant> Roles { get; init; }
    /// <summary>Issuer and subject of a person who logs in by OpenID Connect; their roles come with each login.</summary>
    public string? ExternalId { get; init; }
    /// <summary>Logs in by password; false: tokens alone, or by OpenID Connect.</summary>
    public required bool HasPassword { get; init; }
    public required bool MustChangePassword { get; init; }
    public required bool Disabled { get; init; }
    public DateTimeOffset? LockedUntil { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    public DateTimeOffset? PasswordChangedAt { get; init; }

    public static UserAnswer Of(UserAccount user) => new()
    {
        Name = user.Name, DisplayName = user.DisplayName, ExternalId = user.ExternalId, Roles = user.Roles, HasPassword = user.PasswordHash is not null, MustChangePassword = user.MustChangePassword, Disabled = user.Disabled,
        LockedUntil = user.LockedUntil, CreatedAt = user.CreatedAt, CreatedBy = user.CreatedBy, PasswordChangedAt = user.PasswordChangedAt,
    };
}

internal sealed record UserList
{
    /// <summary>By name.</summary>
    public required IReadOnlyList<UserAnswer> Items { get; init; }
}

/// <summary>A user, and a password that is shown this once and must be changed at the next login.</summary>
internal sealed record UserWithPassword
{
    public required UserAnswer User { get; init; }
    /// <summary>Absent with services.</summary>
    public string? Password { get; init; }
}

/// <summary>Body of <c>POST</c> of tokens.</summary>
internal sealed record TokenRequest
{
    /// <summary>What it is for, 1 to 200 characters.</summary>
    public required string Description { get; init; }
    /// <summary>Narrower than its user's; left out: all that its user may do.</summary>
    public IReadOnlyList<RoleGrant>? Roles { get; init; }
    /// <summary>Default: in 90 days; at most the setting Auth:TokenLifetime.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>A token without itself.</summary>
internal sealed record TokenAnswer
{
    public required string Id { get; init; }
    public required string User { get; init; }
    public required string Description { get; init; }
    /// <summary>Absent: all that its user may do.</summary>
    public IReadOnlyList<RoleGrant>? Roles { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }

    public static TokenAnswer Of(ApiToken token) => new()
    {
        Id = token.Id, User = token.User, Description = token.Description, Roles = token.Roles, CreatedAt = token.CreatedAt, CreatedBy = token.CreatedBy, ExpiresAt = token.ExpiresAt,
    };
}

internal sealed record TokenList
{
    /// <summary>The newest first.</summary>
    public required IReadOnlyList<TokenAnswer> Items { get; init; }

    public static TokenList Of(IEnumerable<ApiToken> tokens) => new() { Items = [.. tokens.OrderByDescending(token => token.CreatedAt).ThenBy(token => token.Id, StringComparer.Ordinal).Select(TokenAnswer.Of)] };
}

/// <summary>A new token, shown this once.</summary>
internal sealed record NewToken
{
    public required TokenAnswer Token { get; init; }
    /// <summary>To be sent as <c>Authorization: Bearer</c>. It is not kept and cannot be shown again.</summary>
    public required string Secret { get; init; }
}

/// <summary>A browser that is logged in.</summary>
internal sealed record SessionAnswer
{
    public required string Id { get; init; }
    public required string User { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    /// <summary>Address that the login came from.</summary>
    public string? From { get; init; }
    /// <summary>What the browser calls itself.</summary>
    public string? Agent { get; init; }
    /// <summary>The one of this request.</summary>
    public required bool Current { get; init; }
}

internal sealed record SessionList
{
    /// <summary>The newest first.</summary>
    public required IReadOnlyList<SessionAnswer> Items { get; init; }

    public static SessionList Of(IEnumerable<LoginSession> sessions, string? current) => new()
    {
        Items = [.. sessions.OrderByDescending(session => session.CreatedAt).ThenBy(session => session.Id, StringComparer.Ordinal).Select(session => new SessionAnswer
        {
            Id = session.Id, User = session.User, CreatedAt = session.CreatedAt, ExpiresAt = session.ExpiresAt, From = session.From, Agent = session.Agent, Current = session.Id == current,
        })],
    };
}

/// <summary>What a role may do.</summary>
internal sealed record RoleAnswer
{
    public required Role Role { get; init; }
    public required IReadOnlyList<Permission> Permissions { get; init; }
}

internal sealed record RoleList
{
    public required IReadOnlyList<RoleAnswer> Items { get; init; }
}
