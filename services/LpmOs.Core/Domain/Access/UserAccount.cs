namespace LpmOs.Core.Domain.Access;

/// <summary>A person, or a service that calls the API: the value of <c>/os/.access/users/{name}</c>. Never an answer.</summary>
public sealed record UserAccount
{
    public required string Name { get; init; }
    public string? DisplayName { get; init; }
    /// <summary>Of the framework's PasswordHasher; null: nobody logs in by password, tokens alone are used.</summary>
    public string? PasswordHash { get; init; }
    /// <summary>Issuer and subject (<c>issuer#sub</c>) of a person who logs in by OpenID Connect; their roles come with each login. Null: one of our own.</summary>
    public string? ExternalId { get; init; }
    /// <summary>The password came from somebody else: until it is changed nothing else is allowed.</summary>
    public bool MustChangePassword { get; init; }
    public IReadOnlyList<RoleGrant> Roles { get; init => field = value ?? []; } = [];
    public bool Disabled { get; init; }
    /// <summary>Wrong passwords in a row.</summary>
    public int WrongPasswords { get; init; }
    public DateTimeOffset? LockedUntil { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    public DateTimeOffset? PasswordChangedAt { get; init; }
}
