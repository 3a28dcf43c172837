using System.Net;
using LpmOs.Core.Hosting;
using LpmOs.Core.Security;

namespace LpmOs.Tasks.Access;

/// <summary>
/// Refuses what a web page of somebody else makes a browser send: a foreign Origin (RFC 6454) or Sec-Fetch-Site, a changing request with the cookie alone,
/// and, while nobody has to log in, a name that is not this host's own (a foreign name that was made to lead to 127.0.0.1).
/// </summary>
internal sealed class RequestGuard(RequestDelegate next, AuthOptions options)
{
    public const string CsrfHeader = "X-CSRF-Token";

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (!options.LoginNeeded && !IsLoopback(request.Host.Host))
            throw Refused("foreign_host", "This name is not allowed", "Nobody has to log in to this service, so it answers only as localhost or 127.0.0.1. To use it by another name set LPMOS_Auth__Mode=users.");
        var changes = !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method));
        if ((changes || context.WebSockets.IsWebSocketRequest) && IsForeign(request))
            throw Refused("foreign_origin", "The request comes from another web site", "Changes and live events are for this service's own page, and for programs, which send no Origin.");
        if (changes && Caller.Of(context) is { Kind: CallerKind.Session, CsrfToken: { } expected } && !BearerSecret.Same(request.Headers[CsrfHeader].ToString(), expected))
            throw Refused("csrf_token_missing", "The request does not come from the page", $"With the cookie of a login, changes need the header {CsrfHeader} with the csrf_token of GET /api/v1/me. Programs send a token instead of the cookie.");
        return next(context);
    }

    private static bool IsForeign(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site")
            return true;
        var origin = request.Headers.Origin.ToString();
        return origin.Length > 0 && !(Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsLoopback(string host) =>
        host.Length == 0 || host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static RefusedRequestException Refused(string code, string title, string detail) => new(StatusCodes.Status403Forbidden, code, title, detail);
}
