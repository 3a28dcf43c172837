using System.Security.Claims;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace LpmOs.Tasks.Access;

/// <summary>
/// Gives the framework's cookie handler its sessions. They lie in the store and are found by the cookie's digest,
/// so that any tasks service knows a login of any other, and taking a session away ends it everywhere.
/// </summary>
internal sealed class SessionTickets(AccessBook book, SessionStore sessions) : ITicketStore
{
    public async Task<string> StoreAsync(AuthenticationTicket ticket) =>
        await sessions.CreateAsync(ticket.Principal.Identity!.Name!, ticket.Properties.Items, CancellationToken.None);

    public Task RenewAsync(string key, AuthenticationTicket ticket) => Task.CompletedTask;

    public Task<AuthenticationTicket?> RetrieveAsync(string key) =>
        Task.FromResult(book.OfSession(key) is { } caller ? new AuthenticationTicket(caller.Principal(AccessSchemes.Session), AccessSchemes.Session) : null);

    /// <summary>What asks nobody who they are, a login above all, begins anew: with a session of the request's the cookie handler would go on with that one, whoever logs in.</summary>
    public Task<AuthenticationTicket?> RetrieveAsync(string key, HttpContext httpContext, CancellationToken cancellationToken) =>
        httpContext.GetEndpoint()?.Metadata.GetMetadata<EndpointPermission>() is { Permission: Permission.Anonymous } || httpContext.Request.Path == Oidc.OidcLogin.CallbackPath ? Task.FromResult<AuthenticationTicket?>(null) : RetrieveAsync(key);

    public Task RemoveAsync(string key) => sessions.RemoveShownAsync(key, CancellationToken.None);
}

/// <summary>The cookie is the session's random name as it is: there is nothing in it to encrypt, and no key that several services would have to share.</summary>
internal sealed class SessionCookieFormat : ISecureDataFormat<AuthenticationTicket>
{
    /// <summary>In which the cookie handler puts what the ticket store named the session.</summary>
    private const string SessionClaim = "Microsoft.AspNetCore.Authentication.Cookies-SessionId";

    public string Protect(AuthenticationTicket data) => Protect(data, null);

    public string Protect(AuthenticationTicket data, string? purpose) => data.Principal.FindFirst(SessionClaim)?.Value ?? throw new InvalidOperationException("The cookie handler did not name the session.");

    public AuthenticationTicket? Unprotect(string? protectedText) => Unprotect(protectedText, null);

    public AuthenticationTicket? Unprotect(string? protectedText, string? purpose) => string.IsNullOrEmpty(protectedText)
        ? null : new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(SessionClaim, protectedText)], CookieAuthenticationDefaults.AuthenticationScheme)), AccessSchemes.Session);
}
