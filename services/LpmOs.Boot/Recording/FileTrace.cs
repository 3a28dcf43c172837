using System.Globalization;
using LpmOs.Core.Domain.Boots;

namespace LpmOs.Boot.Recording;

/// <summary>Puts the files that a machine fetches by HTTP on its timeline once they are sent, or broke off.</summary>
internal sealed class FileTrace(RequestDelegate next, BootTrace trace, TimeProvider time)
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
        var kind = BootFiles.KindOf(path);
        var status = http.Response.StatusCode;
        var aborted = http.RequestAborted.IsCancellationRequested;
        trace.Note(http.Connection.RemoteIpAddress, new BootEvent
        {
            At = started,
            Source = BootEventNames.Http,
            Event = kind switch
            {
                BootFileKind.Program => BootEventNames.HttpProgram,
                BootFileKind.Kernel => BootEventNames.HttpKernel,
                BootFileKind.Initrd => BootEventNames.HttpInitrd,
                _ => BootEventNames.HttpFile,
            },
            File = BootTrace.Short(path),
            Bytes = http.Response.ContentLength,
            Milliseconds = (int)Math.Clamp((time.GetUtcNow() - started).TotalMilliseconds, 0, int.MaxValue),
            Success = !aborted && status < 400,
            Reason = aborted ? "the machine closed the connection" : status < 400 ? null : status == 404 ? "no such file" : string.Create(CultureInfo.InvariantCulture, $"HTTP status {status}"),
        }, hold: kind != BootFileKind.Other);
    }
}
