using System.ComponentModel;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Access.Oidc;
using LpmOs.Tasks.Documents;
using LpmOs.Tasks.Requests;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace LpmOs.Tasks.Access;

/// <summary>Login and logout.</summary>
internal static class LoginEndpoints
{
    private const int LongestPassword = 1000;
    private const string OidcPath = "/login/oidc";

    public static void MapLogin(this RouteGroupBuilder api)
    {
        var access = api.MapGroup("").WithTags(ApiTags.Access);
        access.MapPost("/login", LoginAsync).WithName("login").WithSummary("Log in with name and password")
            .WithDescription("Answers who you are, and sets the cookie of a session (HttpOnly, SameSite=Strict). Every change with that cookie needs the header `X-CSRF-Token`, with the `csrf_token` of the answer. Programs rather use a token.")
            .Allow(Permission.Anonymous).RequireRateLimiting(AccessRegistration.LoginLimit).Accepts<LoginRequest>("application/json").WithExamples(Examples.Login)
            .ProducesProblem(400).ProducesProblem(401).ProducesProblem(429).ProducesProblem(503);
        access.MapGet("/login", Ways).WithName("getLoginWays").WithSummary("How people log in here").WithDescription("For the page, before anybody is known.").Allow(Permission.Anonymous);
        access.MapGet(OidcPath, Oidc).WithName("loginWithProvider").WithSummary("Log in with the company's provider")
            .WithDescription("For browsers: leads to the provider (OpenID Connect, authorization code flow with PKCE), which leads back to `/signin-oidc`; then there is the same session as after a login by password.")
            .Allow(Permission.Anonymous).RequireRateLimiting(AccessRegistration.LoginLimit).Produces(StatusCodes.Status302Found).ProducesProblem(404).ProducesProblem(429);
        access.MapPost("/logout", LogoutAsync).WithName("logout").WithSummary("End this session").WithDescription("The cookie is worth nothing afterwards. With a token nothing happens: revoke it.")
            .Allow(Permission.SignedIn).WithMetadata(new BeforePasswordChange()).ProducesProblem(503);
    }

    private static async Task<Ok<Me>> LoginAsync(HttpContext http, PasswordCheck check, UserStore users, SessionStore sessions, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var json = await JsonFields.ReadAsync(http.Request, errors, optional: false, cancellationToken);
        var (name, password) = (json.Text("user"), json.Text("password"));
        json.RefuseOthers();
        errors.Check("user", !string.IsNullOrEmpty(name), null, "the user's name");
        errors.Check("password", !string.IsNullOrEmpty(password), null, "the user's password");
        errors.Length("password", password, LongestPassword);
        errors.ThrowIfAny();
        var from = http.Connection.RemoteIpAddress?.ToString();
        var user = await check.RequireAsync(name!, password!, from, cancellationToken);
        return TypedResults.Ok(Me.Of(await SessionLogin.EnterAsync(http, user, null, users, sessions, cancellationToken)));
    }

    private static LoginWays Ways(AuthOptions options) => new()
    {
        Password = options.LoginNeeded, Oidc = options.Oidc is { } oidc ? new OidcWay { Name = oidc.DisplayName, Url = "/api/v1" + OidcPath } : null,
    };

    private static Results<ChallengeHttpResult, ProblemHttpResult> Oidc(AuthOptions options, [FromQuery(Name = "return")][Description("Path of this service where the browser is led afterwards.")] string? back) => options.Oidc is null
        ? Problems.Of(StatusCodes.Status404NotFound, "oidc_off", "There is no such login here", "People log in by name and password; the setting Auth:Oidc:Authority names a provider of OpenID Connect.")
        : TypedResults.Challenge(new AuthenticationProperties { RedirectUri = OidcLogin.LocalPath(back) }, [OidcLogin.Scheme]);

    private static async Task<NoContent> LogoutAsync(HttpContext http, Actor actor, UserStore users, CancellationToken cancellationToken)
    {
        if (Caller.Of(http) is { Kind: CallerKind.Session })
        {
            await http.SignOutAsync(AccessSchemes.Session);
            await users.RecordAsync("logout", actor.Name, actor.From, $"session {actor.CredentialId}", cancellationToken);
        }
        return TypedResults.NoContent();
    }
}
