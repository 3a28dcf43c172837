using Microsoft.AspNetCore.Http.HttpResults;
using LpmOs.Core.Hosting;
using LpmOs.Core.Security;
using LpmOs.Core.Snapshot;

namespace LpmOs.Regional;

/// <summary>
/// Checks the boot script's token where one is shown (Authorization: Bearer), and puts its claims where handlers find them.
/// The first-boot call has a token of its own and is checked by its handler.
/// </summary>
internal sealed class MachineTokenFilter(WatchedState state, RegionalOptions options, Site site, TimeProvider time) : IEndpointFilter
{
    private static readonly object ClaimsKey = new();

    public static TokenClaims? Claims(HttpContext context) => context.Items[ClaimsKey] as TokenClaims;

    public static string? Bearer(HttpContext context) =>
        context.Request.Headers.Authorization.ToString() is var header && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..].Trim() : null;

    /// <summary>A token speaks for one machine: its serial number, or where the boot script could not know that, its boot MAC.</summary>
    public static bool SpeaksFor(TokenClaims claims, string sn, StateSnapshot snapshot) =>
        claims.Sn == sn || (claims.Mac is { } mac && (snapshot.Machine(claims.Idc, sn)?.Macs().Contains(mac) ?? true));

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (http.GetEndpoint()?.Metadata.GetMetadata<OwnToken>() is not null)
            return await next(context);
        var token = Bearer(http);
        if (token is null)
            return options.RequireToken ? Refused("This regional service answers only agents that show the token of their boot script.") : await next(context);
        var claims = MachineTokens.Verify(token, state.Current.MachineTokenKey.Span, time.GetUtcNow());
        if (claims is null || claims.Purpose != MachineTokens.AgentPurpose || claims.Idc != site.Idc)
            return Refused("The token is not one of this site's, or it has expired. Boot the machine again to get a new one.");
        http.Items[ClaimsKey] = claims;
        return await next(context);
    }

    private static ProblemHttpResult Refused(string detail) => Problems.Of(StatusCodes.Status401Unauthorized, "invalid_token", "The token is not valid", detail);

    /// <summary>Marks an endpoint that checks a token of its own.</summary>
    internal sealed class OwnToken;
}
