using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace LpmOs.Tasks.Access;

/// <summary>Names of the ways to say who one is.</summary>
internal static class AccessSchemes
{
    /// <summary>Chooses among the others by what the request brings.</summary>
    public const string Any = "any";
    public const string Token = "token";
    public const string Session = "session";
    public const string Certificate = "certificate";
    public const string Local = "local";
}

/// <summary><c>Authorization: Bearer</c> with an API token.</summary>
internal sealed class TokenHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, AccessBook book)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    private const string Bearer = "Bearer ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        var caller = header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? book.OfToken(header[Bearer.Length..].Trim()) : null;
        return Task.FromResult(caller is null ? AuthenticateResult.Fail("invalid token") : AuthenticateResult.Success(new AuthenticationTicket(caller.Principal(AccessSchemes.Token), AccessSchemes.Token)));
    }
}

/// <summary>Nobody is asked: everybody on this host is "operator" and may do everything.</summary>
internal sealed class LocalHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    private static readonly AuthenticationTicket Everybody =
        new(new Caller { Name = Caller.Anybody, Kind = CallerKind.Local, Rights = Core.Domain.Access.Rights.All }.Principal(AccessSchemes.Local), AccessSchemes.Local);

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(AuthenticateResult.Success(Everybody));
}
