using System.ComponentModel;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;
using LpmOs.Core.Store;
using LpmOs.Tasks.Documents;
using LpmOs.Tasks.Requests;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Tasks.Access;

/// <summary>What belongs to whoever asks: their rights, password, tokens and sessions.</summary>
internal static class OwnEndpoints
{
    public static void MapOwn(this RouteGroupBuilder api)
    {
        var me = api.MapGroup("/me").WithTags(ApiTags.Access).Allow(Permission.SignedIn);
        me.MapGet("", (HttpContext http) => TypedResults.Ok(Me.Of(Caller.Of(http)!))).WithMetadata(new BeforePasswordChange()).WithName("getMe").WithSummary("Who you are and what you may do")
            .WithDescription("`kind` is `local` where nobody has to log in: the service then listens on loopback addresses alone.");
        me.MapPost("/password", ChangePasswordAsync).WithMetadata(new BeforePasswordChange()).WithName("changePassword").WithSummary("Change your password").WithDescription("Ends your other sessions; tokens stay.")
            .Accepts<PasswordRequest>("application/json").RequireRateLimiting(AccessRegistration.LoginLimit).WithExamples(Examples.Password).ProducesProblem(400).ProducesProblem(409).ProducesProblem(429).ProducesProblem(503);
        me.MapGet("/tokens", (Actor actor, TokenStore tokens) => TypedResults.Ok(TokenList.Of(tokens.Of(actor.Name)))).WithName("listOwnTokens").WithSummary("Your tokens").WithDescription("Without the tokens themselves.");
        me.MapPost("/tokens", CreateTokenAsync).WithName("createOwnToken").WithSummary("Make a token for a program that works for you").WithDescription("It is shown this once. For `Authorization: Bearer`. Only with a login: a token makes no tokens.")
            .Accepts<TokenRequest>("application/json").WithExamples(Examples.Token).ProducesProblem(400).ProducesProblem(409).ProducesProblem(503);
        me.MapDelete("/tokens/{id}", RevokeTokenAsync).WithName("revokeOwnToken").WithSummary("Revoke one of your tokens").WithDescription("It is refused from then on.").ProducesProblem(404).ProducesProblem(503);
        me.MapGet("/sessions", (Actor actor, SessionStore sessions) => TypedResults.Ok(SessionList.Of(sessions.Of(actor.Name), actor.CredentialId))).WithName("listOwnSessions").WithSummary("Where you are logged in").WithDescription("The newest first.");
        me.MapDelete("/sessions/{id}", RevokeSessionAsync).WithName("revokeOwnSession").WithSummary("End one of your sessions").WithDescription("Its cookie is worth nothing afterwards.").ProducesProblem(404).ProducesProblem(503);
    }

    private static async Task<NoContent> ChangePasswordAsync(
        HttpContext http, Actor actor, PasswordCheck check, Passwords passwords, UserStore users, SessionStore sessions, IStateStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        OnlyLogin(http);
        var errors = new FieldErrors();
        var json = await JsonFields.ReadAsync(http.Request, errors, optional: false, cancellationToken);
        var (old, next) = (json.Text("old_password"), json.Text("new_password"));
        json.RefuseOthers();
        errors.Check("old_password", !string.IsNullOrEmpty(old), null, "your present password");
        Passwords.Check(errors, "new_password", next, actor.Name);
        if (old == next && old is not null)
            errors.Add("new_password", "Must be another one than the old one.");
        errors.ThrowIfAny();
        await check.RequireAsync(actor.Name, old!, actor.From, cancellationToken);
        var hash = passwords.Hash(next!);
        await users.ChangeAsync(actor.Name, found => found is null ? null : found with { PasswordHash = hash, MustChangePassword = false, PasswordChangedAt = time.GetUtcNow() }, "user.password_changed", actor, null, cancellationToken);
        var others = sessions.Of(actor.Name).Where(session => session.Id != actor.CredentialId).Select(session => StoreWrite.Delete(Keys.Session(session.Id))).Take(100).ToList();
        if (others.Count > 0)
            await store.CommitAsync(new StoreTransaction { Writes = others }, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Created<NewToken>> CreateTokenAsync(HttpContext http, Actor actor, TokenStore tokens, AuthOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        OnlyLogin(http);
        var (description, roles, expires) = AccessReader.Token(await JsonFields.ReadAsync(http.Request, new FieldErrors(), optional: false, cancellationToken), options, time.GetUtcNow());
        var (token, secret) = await tokens.CreateAsync(actor.Name, description, roles, expires, actor, cancellationToken);
        return TypedResults.Created($"/api/v1/me/tokens/{token.Id}", new NewToken { Token = TokenAnswer.Of(token), Secret = secret });
    }

    private static async Task<NoContent> RevokeTokenAsync([Description("Of the token.")] string id, Actor actor, TokenStore tokens, CancellationToken cancellationToken)
    {
        await tokens.RevokeAsync(tokens.Find(id) is { } token && token.User == actor.Name ? token : throw NoToken(id), actor, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> RevokeSessionAsync([Description("Of the session.")] string id, Actor actor, SessionStore sessions, CancellationToken cancellationToken)
    {
        await sessions.RevokeAsync(sessions.Find(id) is { } session && session.User == actor.Name ? session : throw NoSession(id), actor, cancellationToken);
        return TypedResults.NoContent();
    }

    public static RefusedRequestException NoToken(string id) => new(StatusCodes.Status404NotFound, "token_not_found", "Token not found", $"There is no token {Shown(id)}.");
    public static RefusedRequestException NoSession(string id) => new(StatusCodes.Status404NotFound, "session_not_found", "Session not found", $"There is no session {Shown(id)}.");

    private static string Shown(string id) => id.Length <= 16 && id.All(char.IsAsciiHexDigit) ? id : "of this id";

    // A token that leaked must not become a password, or further tokens that outlive it.
    private static void OnlyLogin(HttpContext http)
    {
        switch (Caller.Of(http)!.Kind)
        {
            case CallerKind.Local:
                throw new RefusedRequestException(StatusCodes.Status409Conflict, "no_account", "You have no account here", "Nobody has to log in to this service. Accounts are made with lpmosctl users create, or POST /api/v1/users.");
            case CallerKind.Token or CallerKind.Certificate:
                throw LoginNeeded();
        }
    }

    /// <summary>What an administrator's token may do for others it may not do for its own user, for the same reason.</summary>
    /// <exception cref="RefusedRequestException">403.</exception>
    public static void NotItsOwn(Actor actor, string name)
    {
        if (actor is { IsToken: true } && actor.Name == name)
            throw LoginNeeded();
    }

    private static RefusedRequestException LoginNeeded() =>
        new(StatusCodes.Status403Forbidden, "login_needed", "This needs a login", "A token does not change its user's password and makes no tokens for them: log in with name and password.");
}
