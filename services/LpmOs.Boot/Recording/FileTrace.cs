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
        var started = time.GetUtcNow();
        try
        {
            await next(http);
        }
        finally
        {
            Note(http, rest.Value?.TrimStart('/') ?? "", started);
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
