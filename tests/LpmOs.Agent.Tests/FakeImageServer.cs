using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LpmOs.Agent.Tests;

/// <summary>Serves one file over HTTP with ranges and an entity tag, and breaks connections where a test wants it.</summary>
internal sealed class FakeImageServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeImageServer(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.First() + "/");
    public byte[] Content { get; set; } = [];
    public string Tag { get; set; } = "\"one\"";
    public string ContentType { get; set; } = "application/octet-stream";
    /// <summary>Stops in the middle of so many answers, after <see cref="BreakAfter"/> bytes, and holds the connection open.</summary>
    public int Stalls { get; set; }
    /// <summary>Sends a byte now and then and never comes to an end.</summary>
    public bool Drips { get; set; }
    public bool HonoursRanges { get; set; } = true;
    /// <summary>Cut the connection after so many bytes of each answer; 0: never.</summary>
    public int BreakAfter { get; set; }
    /// <summary>Answers this status for the next so many requests.</summary>
    public (int Status, int Times) Refuse { get; set; }
    public List<string?> Ranges { get; } = [];
    public List<string?> Authorizations { get; } = [];

    public static async Task<FakeImageServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = new FakeImageServer(builder.Build());
        server._app.Run(server.ServeAsync);
        await server._app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext context)
    {
        string? range = context.Request.Headers.Range;
        Ranges.Add(range);
        Authorizations.Add(context.Request.Headers.Authorization);
        var response = context.Response;
        if (Refuse.Times > 0)
        {
            Refuse = (Refuse.Status, Refuse.Times - 1);
            response.StatusCode = Refuse.Status;
            return;
        }
        var from = 0;
        string? condition = context.Request.Headers.IfRange;
        if (HonoursRanges && range is not null && (condition is null || condition == Tag))
        {
            from = int.Parse(range["bytes=".Length..^1], System.Globalization.CultureInfo.InvariantCulture);
            response.StatusCode = 206;
            response.Headers.ContentRange = $"bytes {from}-{Content.Length - 1}/{Content.Length}";
        }
        response.Headers.ETag = Tag;
        response.ContentType = ContentType;
        response.ContentLength = Content.Length - from;
        var length = Content.Length - from;
        while (Drips)
        {
            await response.Body.WriteAsync(Content.AsMemory(from++, 1), context.RequestAborted);
            await response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(TimeSpan.FromMilliseconds(20), context.RequestAborted);
        }
        if (Stalls > 0 && length > BreakAfter)
        {
            Stalls--;
            await response.Body.WriteAsync(Content.AsMemory(from, BreakAfter));
            await response.Body.FlushAsync();
            // Until the other side gives up.
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }
        if (BreakAfter > 0 && length > BreakAfter)
        {
            await response.Body.WriteAsync(Content.AsMemory(from, BreakAfter));
            await response.Body.FlushAsync();
            context.Abort();
            return;
        }
        await response.Body.WriteAsync(Content.AsMemory(from, length));
    }
}
