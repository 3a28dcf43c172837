using LpmOs.Core.Domain.Access;
using LpmOs.Core.Security;
using LpmOs.Core.Snapshot;

namespace LpmOs.Tasks.Access;

/// <summary>Whom a token or a cookie belongs to, from the watched copy: a change of roles and a revocation hold with the next request.</summary>
internal sealed class AccessBook(WatchedState state, TimeProvider time)
{
    /// <summary>Null: nobody's, expired, or its user is gone or disabled.</summary>
    public Caller? OfToken(string? shown)
    {
        if (BearerSecret.DigestOfShown(shown) is not { } digest || state.Current is not { } now || now.ApiTokens.GetValueOrDefault(BearerSecret.Id(digest)) is not { } token
            || !BearerSecret.Same(token.Digest, digest) || token.ExpiresAt <= time.GetUtcNow() || User(now, token.User) is not { } user)
            return null;
        return new Caller { Name = user.Name, Kind = CallerKind.Token, Rights = new Rights(user.Roles, token.Roles), CredentialId = token.Id };
    }

    public Caller? OfSession(string? shown)
    {
        if (BearerSecret.DigestOfShown(shown) is not { } digest || state.Current is not { } now || now.Sessions.GetValueOrDefault(BearerSecret.Id(digest)) is not { } session
            || !BearerSecret.Same(session.Digest, digest) || session.ExpiresAt <= time.GetUtcNow() || User(now, session.User) is not { } user)
            return null;
        return OfSession(session, user, shown!);
    }

    /// <param name="name">Common name of a certificate that holds.</param>
    /// <returns>Null: there is no such user, or they are disabled.</returns>
    public Caller? OfCertificate(string name, string thumbprint) =>
        User(state.Current, name) is { } user ? new Caller { Name = user.Name, Kind = CallerKind.Certificate, Rights = new Rights(user.Roles), CredentialId = thumbprint } : null;

    public static Caller OfSession(LoginSession session, UserAccount user, string cookie) => new()
    {
        // From the cookie, which other sites cannot read: nothing more is to be kept for it.
        Name = user.Name, Kind = CallerKind.Session, Rights = new Rights(user.Roles), MustChangePassword = user.MustChangePassword, CredentialId = session.Id, CsrfToken = BearerSecret.Digest("csrf:" + cookie),
    };

    /// <summary>What somebody may do now; null: their session or token is no longer valid.</summary>
    public Rights? RightsNow(Caller caller)
    {
        var now = state.Current;
        return caller switch
        {
            { Kind: CallerKind.Local } => caller.Rights,
            { Kind: CallerKind.Certificate } => User(now, caller.Name) is { } holder ? new Rights(holder.Roles) : null,
            { Kind: CallerKind.Session, CredentialId: { } id } => now.Sessions.GetValueOrDefault(id) is { } session && session.ExpiresAt > time.GetUtcNow() && User(now, session.User) is { } user ? new Rights(user.Roles) : null,
            { CredentialId: { } id } => now.ApiTokens.GetValueOrDefault(id) is { } token && !(token.ExpiresAt <= time.GetUtcNow()) && User(now, token.User) is { } owner ? new Rights(owner.Roles, token.Roles) : null,
            _ => null,
        };
    }

    private static UserAccount? User(StateSnapshot now, string name) => now.Users.GetValueOrDefault(name) is { Disabled: false } user ? user : null;
}
