using System.ComponentModel;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Documents;
using LpmOs.Tasks.Requests;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Tasks.Access;

/// <summary>Everybody's tokens and sessions, to look at and to take away.</summary>
internal static class CredentialEndpoints
{
    public static void MapCredentials(this RouteGroupBuilder api)
    {
        var all = api.MapGroup("").WithTags(ApiTags.Access).Allow(Permission.ManageAccess, everywhere: true);
        all.MapGet("/tokens", (TokenStore tokens) => TypedResults.Ok(TokenList.Of(tokens.All))).WithName("listTokens").WithSummary("Everybody's tokens").WithDescription("Without the tokens themselves.");
        all.MapDelete("/tokens/{id}", RevokeTokenAsync).WithName("revokeToken").WithSummary("Revoke a token").WithDescription("It is refused from then on.").ProducesProblem(404).ProducesProblem(503);
        all.MapGet("/sessions", (Actor actor, SessionStore sessions) => TypedResults.Ok(SessionList.Of(sessions.All, actor.CredentialId))).WithName("listSessions").WithSummary("Who is logged in").WithDescription("The newest first.");
        all.MapDelete("/sessions/{id}", RevokeSessionAsync).WithName("revokeSession").WithSummary("End a session").WithDescription("Its cookie is worth nothing afterwards.").ProducesProblem(404).ProducesProblem(503);
    }

    private static async Task<NoContent> RevokeTokenAsync([Description("Of the token.")] string id, Actor actor, TokenStore tokens, CancellationToken cancellationToken)
    {
        await tokens.RevokeAsync(tokens.Find(id) ?? throw OwnEndpoints.NoToken(id), actor, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> RevokeSessionAsync([Description("Of the session.")] string id, Actor actor, SessionStore sessions, CancellationToken cancellationToken)
    {
        await sessions.RevokeAsync(sessions.Find(id) ?? throw OwnEndpoints.NoSession(id), actor, cancellationToken);
        return TypedResults.NoContent();
    }
}
