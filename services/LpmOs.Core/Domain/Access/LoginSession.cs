namespace LpmOs.Core.Domain.Access;

/// <summary>A browser that is logged in: the value of <c>/os/.access/sessions/{id}</c>, bound to a lease, so that it ends by itself. The cookie itself is not kept.</summary>
public sealed record LoginSession
{
    /// <summary>The first 16 hexadecimal digits of the cookie's SHA-256.</summary>
    public required string Id { get; init; }
    public required string Digest { get; init; }
    public required string User { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    /// <summary>Address that the login came from.</summary>
    public string? From { get; init; }
    /// <summary>What the browser calls itself, shortened.</summary>
    public string? Agent { get; init; }
}
