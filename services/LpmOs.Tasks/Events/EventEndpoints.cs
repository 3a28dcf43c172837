using System.ComponentModel;
using System.Globalization;
using System.Net.WebSockets;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Tasks.Access;
using LpmOs.Tasks.Documents;
using Microsoft.AspNetCore.Mvc;

namespace LpmOs.Tasks.Events;

/// <summary>Live events: <c>GET /ws</c> (RFC 6455) and <c>GET /api/v1/events</c> (Server-Sent Events, WHATWG HTML 9.2).</summary>
internal static class EventEndpoints
{
    /// <summary>A client that takes so long for one message is too slow.</summary>
    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);
    private const int TooSlow = 4408;
    private const int Compacted = 4410;

    public static void MapEvents(this WebApplication app, RouteGroupBuilder api)
    {
        // OpenAPI has no words for a WebSocket; the description of /events tells of it.
        app.MapGet("/ws", WebSocketAsync).Allow(Permission.View).WithMetadata(new LiveStream()).ExcludeFromDescription();
        api.MapGet("/events", StreamAsync).Allow(Permission.View).WithMetadata(new LiveStream()).WithTags(ApiTags.Overview).WithName("followEvents").WithSummary("Live events as Server-Sent Events")
            .WithDescription("`id` is the revision, so that a browser's EventSource resumes by itself (`Last-Event-ID`). The event `dropped` says why the service ends the stream: `too_slow`, `compacted` (load the lists again) or `restarted`. "
                + $"The same messages, one JSON object each, come over a WebSocket at `/ws` with the same parameters. Its close codes: {TooSlow} you read too slowly, connect again with `since`; {Compacted} the store no longer keeps what followed `since`, load the lists again; 1001 this service ends, connect again with `since`.")
            .Produces<EventMessage>(contentType: "text/event-stream").ProducesProblem(400).ProducesProblem(503);
    }

    private sealed record EventQuery
    {
        [FromQuery(Name = "idc"), Description("Only events of this IDC.")]
        public string? Idc { get; init; }
        [FromQuery(Name = "since"), Description("Last revision that you saw; without it only what happens from now on.")]
        public string? Since { get; init; }
    }

    private static async Task WebSocketAsync([AsParameters] EventQuery query, HttpContext context, EventHub hub, AccessBook book, IStateStore store, WatchedState state, IHostApplicationLifetime lifetime)
    {
        var (idc, since) = Check(query, null);
        if (!context.WebSockets.IsWebSocketRequest)
            throw new InvalidRequestException("upgrade", "This address speaks WebSocket (RFC 6455); GET /api/v1/events gives the same as Server-Sent Events.");
        await hub.Started.Task.WaitAsync(context.RequestAborted);
        using var subscription = hub.Subscribe(idc, new EventReach(book, Caller.Of(context)!), since);
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { KeepAliveInterval = Beat, KeepAliveTimeout = Beat });
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        // Not ended with the sending: a wait for messages that is cancelled breaks the connection off, and the goodbye with it.
        using var listenUntil = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var listening = ListenAsync(socket, ended, listenUntil.Token);
        try
        {
            await foreach (var message in subscription.ReadAsync(store, state, ended.Token))
                await SendAsync(socket, message, ended.Token);
        }
        catch (EventEndException e)
        {
            var code = e.Reason switch { EventEnd.TooSlow => TooSlow, EventEnd.Compacted => Compacted, _ => (int)WebSocketCloseStatus.EndpointUnavailable };
            await CloseAsync(socket, (WebSocketCloseStatus)code, Words(e.Reason));
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException)
        {
            if (lifetime.ApplicationStopping.IsCancellationRequested)
                await CloseAsync(socket, WebSocketCloseStatus.EndpointUnavailable, "this service ends; connect again with since");
        }
        // The client answers the goodbye, or is given up.
        listenUntil.CancelAfter(GoodbyeLimit);
        await listening;
        await ended.CancelAsync();
    }

    private static async Task StreamAsync([AsParameters] EventQuery query, HttpContext context, EventHub hub, AccessBook book, IStateStore store, WatchedState state, IHostApplicationLifetime lifetime)
    {
        var (idc, since) = Check(query, context.Request.Headers["Last-Event-ID"]);
        await hub.Started.Task.WaitAsync(context.RequestAborted);
        using var subscription = hub.Subscribe(idc, new EventReach(book, Caller.Of(context)!), since);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        using var stream = new EventStream(context.Response, SendLimit);
        await stream.BeginAsync(ended.Token);
        var beating = stream.BeatAsync(Beat, ended.Token);
        try
        {
            await foreach (var message in subscription.ReadAsync(store, state, ended.Token))
                await stream.SendAsync(message, ended.Token);
        }
        catch (EventEndException e)
        {
            await stream.EndAsync(Words(e.Reason), ended.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The client went, or took too long: there is nobody to tell.
        }
        await ended.CancelAsync();
        await beating;
    }

    private static (string? Idc, long? Since) Check(EventQuery query, string? lastEventId)
    {
        var errors = new FieldErrors();
        if (query.Idc is not null)
            errors.Idc(query.Idc);
        var text = query.Since ?? lastEventId;
        var since = 0L;
        if (text is not null)
            errors.Check("since", long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out since), text, "a revision, as the messages carry it");
        errors.ThrowIfAny();
        return (query.Idc, text is null ? null : since);
    }

    private static string Words(EventEnd reason) => reason switch { EventEnd.TooSlow => "too_slow", EventEnd.Compacted => "compacted", _ => "restarted" };

    private static async Task SendAsync(WebSocket socket, FleetEvent message, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(SendLimit);
        await socket.SendAsync(message.Json, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, limit.Token);
    }

    // Clients have nothing to say; their close ends the wait for messages, and what else they send is read and dropped.
    private static async Task ListenAsync(WebSocket socket, CancellationTokenSource ended, CancellationToken cancellationToken)
    {
        var buffer = new byte[256];
        try
        {
            while ((await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken)).MessageType != WebSocketMessageType.Close)
            {
            }
            await CloseAsync(socket, WebSocketCloseStatus.NormalClosure, "");
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
        }
        await ended.CancelAsync();
    }

    private static async Task CloseAsync(WebSocket socket, WebSocketCloseStatus code, string why)
    {
        using var limit = new CancellationTokenSource(SendLimit);
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(code, why, limit.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException)
        {
        }
    }
}
