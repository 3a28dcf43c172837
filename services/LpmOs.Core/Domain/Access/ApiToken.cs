namespace LpmOs.Core.Domain.Access;

/// <summary>A token for programs: the value of <c>/os/.access/tokens/{id}</c>. The token itself is shown once and not kept.</summary>
public sealed record ApiToken
{
    /// <summary>The first 16 hexadecimal digits of its SHA-256.</summary>
    public required string Id { get; init; }
    /// <summary>SHA-256 of the token in hexadecimal. It is 256 random bits, so nothing slower is needed against guessing.</summary>
    public required string Digest { get; init; }
    /// <summary>The user that it speaks for.</summary>
    public required string User { get; init; }
    public required string Description { get; init; }
    /// <summary>Absent: all that its user may do.</summary>
    public IReadOnlyList<RoleGrant>? Roles { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    /// <summary>Absent: until it is revoked; only tokens that were moved from the former setting Tasks:Operators.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
