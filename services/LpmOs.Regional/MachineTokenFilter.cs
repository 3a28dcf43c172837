using System.Net;
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
    /// <summary>Characters of an HMAC-SHA-256 in base64url, with which a token ends.</summary>
    private const int SignatureLength = 43;

    public static TokenClaims? Claims(HttpContext context) => context.Features.Get<TokenClaims>();

    /// <summary>The rest of this call goes by other claims.</summary>
    public static void Replace(HttpContext context, TokenClaims claims) => context.Features.Set(claims);

    public static string? Bearer(HttpContext context) =>
        context.Request.Headers.Authorization.ToString() is var header && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..].Trim() : null;

    /// <summary>Tells tokens apart by their signatures: what somebody made up is not kept at its full length.</summary>
    public static string? TokenMark(HttpContext context) => Bearer(context) is { } token ? token[^Math.Min(token.Length, SignatureLength)..] : null;

    /// <summary>A token speaks for one machine: its serial number, or where the boot script could not know that, its boot MAC. Of a machine that has only shown itself so far no MAC is known.</summary>
    public static bool SpeaksFor(TokenClaims claims, string sn, StateSnapshot snapshot) =>
        claims.Sn == sn || (claims.Mac is { } mac && (snapshot.Machine(claims.Idc, sn)?.Macs().ToList() is not { Count: > 0 } known || known.Contains(mac)));

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (http.GetEndpoint()?.Metadata.GetMetadata<OwnToken>() is not null)
            return next(context);
        var token = Bearer(http);
        if (token is null)
            return options.RequireToken && !IsOfThisHost(http) ? Refused("This regional service answers only agents that show the token of their boot script (setting Regional:RequireToken).") : next(context);
        var claims = MachineTokens.Read(token, state.Current.MachineTokenKey.Span);
        // A report of what happened while the service was away is taken all the same; it opens nothing.
        var inTime = claims is not null && (!MachineTokens.IsExpired(claims, time.GetUtcNow()) || http.GetEndpoint()?.Metadata.GetMetadata<MayHaveExpired>() is not null);
        if (claims is null || !inTime || claims.Purpose != MachineTokens.AgentPurpose || claims.Idc != site.Idc)
            return Refused("The token is not one of this site's, or it has expired. Boot the machine again to get a new one.");
        http.Features.Set(claims);
        // A call may be held for a minute, by ten thousand at once: what the token says is enough.
        http.Request.Headers.Authorization = default;
        return next(context);
    }

    /// <summary>An agent that was started by hand beside the service (<c>make run-agent</c>) has no boot script. What a proxy on this host passes on comes from elsewhere.</summary>
    private static bool IsOfThisHost(HttpContext http) => http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && !http.Request.Headers.ContainsKey("Forwarded") && !http.Request.Headers.ContainsKey("X-Forwarded-For") && !http.Request.Headers.ContainsKey("Via");

    private static ValueTask<object?> Refused(string detail) => new(Problems.Of(StatusCodes.Status401Unauthorized, "invalid_token", "The token is not valid", detail));

    /// <summary>Marks an endpoint that takes reports, and gives nothing: an expired token is enough for it.</summary>
    internal sealed class MayHaveExpired;

    /// <summary>Marks an endpoint that checks a token of its own.</summary>
    internal sealed class OwnToken;
}
