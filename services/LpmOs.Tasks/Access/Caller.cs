using System.Security.Claims;
using LpmOs.Core.Domain.Access;

namespace LpmOs.Tasks.Access;

/// <summary>How somebody showed who they are.</summary>
internal enum CallerKind
{
    /// <summary>Not at all: the service listens on loopback alone and asks nobody.</summary>
    Local,
    /// <summary>By the cookie of a login.</summary>
    Session,
    /// <summary>By an API token.</summary>
    Token,
    /// <summary>By a client's certificate in TLS.</summary>
    Certificate,
}

/// <summary>Whoever sent a request.</summary>
internal sealed record Caller
{
    /// <summary>The name of those who did not say who they are.</summary>
    public const string Anybody = "operator";

    public required string Name { get; init; }
    public required CallerKind Kind { get; init; }
    public required Rights Rights { get; init; }
    public bool MustChangePassword { get; init; }
    /// <summary>Of the session or the token.</summary>
    public string? CredentialId { get; init; }
    /// <summary>What a changing request with a cookie must bring in <c>X-CSRF-Token</c>.</summary>
    public string? CsrfToken { get; init; }

    public static Caller? Of(HttpContext context) => (context.User.Identity as CallerIdentity)?.Caller;

    public ClaimsPrincipal Principal(string scheme) => new(new CallerIdentity(this, scheme));

    private sealed class CallerIdentity(Caller caller, string scheme) : ClaimsIdentity([new Claim(ClaimTypes.Name, caller.Name)], scheme)
    {
        public Caller Caller => caller;
    }
}
