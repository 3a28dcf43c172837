using System.Net.Http.Headers;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Requests;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace LpmOs.Tasks.Access;

/// <summary>Says why a request is refused, and puts the refusals of those who are known on record.</summary>
internal sealed class RefusalHandler(RefusalLog log) : IAuthorizationMiddlewareResultHandler
{
    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            await next(context);
            return;
        }
        if (context.GetEndpoint()?.Metadata.GetMetadata<EndpointPermission>() is not { } asked)
            throw new RefusedRequestException(StatusCodes.Status403Forbidden, "no_permission_declared", "Nobody may call this", "The endpoint does not say what it asks for (.Allow(Permission…) where it is mapped): it is closed.");
        if (Caller.Of(context) is not { } caller)
            throw NotKnown(context);
        if (caller.MustChangePassword)
            throw new RefusedRequestException(StatusCodes.Status403Forbidden, "password_change_required", "Change your password first", "It came from somebody else: POST /api/v1/me/password, the page, or lpmosctl password.");
        var idc = asked.Everywhere ? null : EndpointRequirementHandler.Idc(context);
        await log.NoteAsync(caller.Name, context, $"{context.Request.Method} {context.Request.Path.Value} needs {asked}");
        throw Actor.Refused(asked.Permission, idc == "global" ? null : idc);
    }

    private static RefusedRequestException NotKnown(HttpContext context)
    {
        // RFC 9110, 15.5.2: a 401 says how to authenticate.
        context.Response.OnStarting(() =>
        {
            context.Response.Headers.WWWAuthenticate = new AuthenticationHeaderValue("Bearer").ToString();
            return Task.CompletedTask;
        });
        return context.Request.Headers.Authorization.Count > 0
            ? new RefusedRequestException(StatusCodes.Status401Unauthorized, "invalid_token", "The token is not valid", "It is unknown, has expired or was revoked. Make a new one: lpmosctl login, or the page.")
            : new RefusedRequestException(StatusCodes.Status401Unauthorized, "login_required", "Login required", "Log in on the page or with lpmosctl login, or send a token (Authorization: Bearer).");
    }
}
