using LpmOs.Core.Domain.Shells;
using LpmOs.Core.Hosting;
using LpmOs.Core.Store;
using Microsoft.AspNetCore.Mvc;

namespace LpmOs.Regional.Shells;

/// <summary><c>GET /api/v1/shell/{sn}?session=…</c> (WebSocket, RFC 6455): a machine's agent brings the shell that an operator asked for.</summary>
internal static class ShellEndpoints
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);

    // OpenAPI has no words for a WebSocket; docs/lpmosctl.md tells of it.
    public static void MapShells(this RouteGroupBuilder api) => api.MapGet("/shell/{sn}", OpenAsync).ExcludeFromDescription();

    private static async Task OpenAsync(string sn, [AsParameters] AgentCall call, [FromServices] ShellSessions sessions, IHostApplicationLifetime lifetime, CancellationToken cancellationToken, string? session = null)
    {
        var errors = new FieldErrors();
        errors.Sn(sn);
        errors.Check("session", session is { Length: > 0 and <= 64 }, session, $"what the header {Contracts.Agents.AgentHeaders.Shell} named");
        errors.ThrowIfAny();
        // A root shell is opened by a machine alone, even on this service's own host.
        if (MachineTokenFilter.Claims(call.Http) is null)
            throw new RefusedRequestException(StatusCodes.Status401Unauthorized, "invalid_token", "The token is not valid", "A shell needs the token of a boot script.");
        await call.EnterAsync(sn, cancellationToken);
        if (!call.Http.WebSockets.IsWebSocketRequest)
            throw new InvalidRequestException("upgrade", "This address speaks WebSocket (RFC 6455).");
        if (await sessions.TakeAsync(call.Site.Idc, sn, session!, agent: true, cancellationToken) is not { } taken)
            throw new RefusedRequestException(StatusCodes.Status410Gone, "shell_over", "Nobody asks for this shell", "The session is over, or an agent has come for it already.");
        using var presence = call.Presence.Hold(sn);
        using var socket = await call.Http.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { KeepAliveInterval = Beat, KeepAliveTimeout = Beat });
        using var shell = new ShellSocket(socket);
        Log.ShellOpened(call.Logger, call.Site.Idc, sn, taken.By, taken.Id);
        // Not by the request's own end: that the agent has gone its socket says, and the operator is told so.
        var reason = await new AgentShell(shell, taken, call.Store, sessions, call.Time).RunAsync(lifetime.ApplicationStopping);
        Log.ShellClosed(call.Logger, call.Site.Idc, sn, taken.Id, reason);
    }
}
