namespace LpmOs.Boot.Recording;

/// <summary>Puts the files that a machine fetches by HTTP on its timeline once they are sent, or broke off.</summary>
internal sealed class FileTrace(RequestDelegate next, BootTrace trace, BootMetrics metrics, TimeProvider time)
{
    public async Task InvokeAsync(HttpContext http)
    {
        if (!HttpMethods.IsGet(http.Request.Method) || !http.Request.Path.StartsWithSegments("/files", out var rest))
        {
            await next(http);
            return;
        }
        var (started, path) = (time.GetUtcNow(), rest.Value?.TrimStart('/') ?? "");
        var client = http.Connection.RemoteIpAddress;
        try
        {
            // Kestrel ends a connection that takes nothing any more (MinResponseDataRate), so what has not ended goes on.
            await using var beat = time.CreateTimer(_ => trace.HttpRunning(client, path, null, null), null, BootTrace.RunningBeat, BootTrace.RunningBeat);
            await next(http);
        }
        finally
        {
            Note(http, path, started);
        }
    }

    private void Note(HttpContext http, string path, DateTimeOffset started)
    {
        var status = http.RequestAborted.IsCancellationRequested ? 0 : http.Response.StatusCode;
        trace.HttpFile(http.Connection.RemoteIpAddress, path, started, http.Response.ContentLength, status);
        if (status is StatusCodes.Status200OK or StatusCodes.Status206PartialContent)
            metrics.FileBytes("http", http.Response.ContentLength ?? 0);
    }
}
