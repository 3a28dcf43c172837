using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;
using LpmOs.Core.Security;
using LpmOs.Tasks.Documents;
using LpmOs.Tasks.Requests;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace LpmOs.Tasks.Access;

/// <summary>Login and logout.</summary>
internal static class LoginEndpoints
{
    private const int LongestPassword = 1000;

    public static void MapLogin(this RouteGroupBuilder api)
    {
        var access = api.MapGroup("").WithTags(ApiTags.Access);
        access.MapPost("/login", LoginAsync).WithName("login").WithSummary("Log in with name and password")
            .WithDescription("Answers who you are, and sets the cookie of a session (HttpOnly, SameSite=Strict). Every change with that cookie needs the header `X-CSRF-Token`, with the `csrf_token` of the answer. Programs rather use a token.")
            .Allow(Permission.Anonymous).RequireRateLimiting(AccessRegistration.LoginLimit).Accepts<LoginRequest>("application/json").WithExamples(Examples.Login)
            .ProducesProblem(400).ProducesProblem(401).ProducesProblem(429).ProducesProblem(503);
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
        var caller = new Caller { Name = user.Name, Kind = CallerKind.Session, Rights = new Rights(user.Roles) };
        var properties = new AuthenticationProperties { Items = { [SessionStore.FromItem] = from, [SessionStore.AgentItem] = http.Request.Headers.UserAgent.ToString() } };
        await http.SignInAsync(AccessSchemes.Session, caller.Principal(AccessSchemes.Session), properties);
        if (http.Request.Cookies[AccessRegistration.CookieName] is { Length: > 0 } former)
            await sessions.RemoveShownAsync(former, cancellationToken);
        var cookie = SetCookieHeaderValue.ParseList([.. http.Response.Headers.SetCookie!]).First(set => set.Name == AccessRegistration.CookieName).Value.ToString();
        var session = sessions.Find(BearerSecret.Id(BearerSecret.Digest(cookie)));
        await users.RecordAsync("login.succeeded", user.Name, from, session is null ? null : $"session {session.Id}", cancellationToken);
        return TypedResults.Ok(Me.Of(session is null ? caller : AccessBook.OfSession(session, user, cookie)));
    }

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
