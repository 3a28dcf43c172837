using LpmOs.Core.Domain.Access;
using LpmOs.Core.Domain.Identity;
using LpmOs.Core.Hosting;
using Microsoft.AspNetCore.Authorization;

namespace LpmOs.Tasks.Access;

/// <summary>The one policy: what the endpoint itself asks for. An endpoint that says nothing is closed to everybody.</summary>
internal sealed class EndpointRequirement : IAuthorizationRequirement;

/// <summary>Marks what somebody may do whose password came from somebody else and is not changed yet: nothing else is open to them.</summary>
internal sealed class BeforePasswordChange;

/// <summary>Compares what the endpoint asks for with what the caller may do, in the IDC of the route or of the query.</summary>
internal sealed class EndpointRequirementHandler : AuthorizationHandler<EndpointRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, EndpointRequirement requirement)
    {
        // No endpoint: a file of the page, or nothing at all, which is answered with 404.
        if (context.Resource is HttpContext http && (http.GetEndpoint() is not { } endpoint || (endpoint.Metadata.GetMetadata<EndpointPermission>() is { } asked && Allows(asked, http))))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }

    /// <summary>The IDC that is asked for; null where the request names none that could be one.</summary>
    public static string? Idc(HttpContext http) =>
        (http.Request.RouteValues.GetValueOrDefault("idc") as string ?? (string?)http.Request.Query["idc"]) is { } idc && (Names.IsIdc(idc) || idc == "global") ? idc : null;

    private static bool Allows(EndpointPermission asked, HttpContext http)
    {
        if (asked.Permission == Permission.Anonymous)
            return true;
        if (Caller.Of(http) is not { } caller)
            return false;
        // Least of all a token, which would go on past the change.
        if (caller.MustChangePassword && http.GetEndpoint()?.Metadata.GetMetadata<BeforePasswordChange>() is null)
            return false;
        if (asked.Permission == Permission.SignedIn)
            return true;
        return Idc(http) switch
        {
            _ when asked.Everywhere => caller.Rights.CanEverywhere(asked.Permission),
            // What is inherited from all may be seen wherever something is.
            "global" when asked.Permission == Permission.View => caller.Rights.CanSomewhere(Permission.View),
            "global" => caller.Rights.CanEverywhere(asked.Permission),
            { } idc => caller.Rights.CanIn(asked.Permission, idc),
            null => caller.Rights.CanSomewhere(asked.Permission),
        };
    }
}
