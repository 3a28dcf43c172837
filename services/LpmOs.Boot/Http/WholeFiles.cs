using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LpmOs.Boot.Files;
using LpmOs.Boot.Recording;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace LpmOs.Boot.Http;

/// <summary>
/// Answers plain requests for whole files straight from the page cache with sendfile(2), which ASP.NET Core cannot: it copies each byte
/// twice. It stands in front of HTTP on each connection and takes what <see cref="PlainFileRequest"/> takes; with the first
/// request that is anything else (a range, a condition, another path, TLS) the connection goes to ASP.NET Core unread, for good.
/// </summary>
internal sealed class WholeFiles(FileResolver files, BootTrace trace, BootMetrics metrics, TimeProvider time)
{
    private const int AtOnce = 256, Piece = 8 << 20;
    /// <summary>As ASP.NET Core has them: between requests, and for a request's head once it has begun.</summary>
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(130), HeadTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PieceTime = TimeSpan.FromMinutes(5);

    private static readonly FileStreamOptions Reading = new() { Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0, Options = FileOptions.Asynchronous | FileOptions.SequentialScan };

    private int _running;

    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        // The system call that .NET makes for a file and a socket is sendfile on Linux.
        if (OperatingSystem.IsLinux() && connection.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
        {
            while (await ReadAsync(connection) is { } request)
            {
                if (!await SendAsync(connection, socket, request))
                    return;
            }
        }
        await next(connection);
    }

    /// <summary>Null: something else, or nothing more; what came stays unread.</summary>
    private async ValueTask<(PlainFileRequest Request, AssetFile File)?> ReadAsync(ConnectionContext connection)
    {
        var ends = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed, ends);
        using var timer = time.CreateTimer(_ => connection.Transport.Input.CancelPendingRead(), null, IdleTime, Timeout.InfiniteTimeSpan);
        using var stop = limit.Token.UnsafeRegister(_ => connection.Transport.Input.CancelPendingRead(), null);
        var input = connection.Transport.Input;
        var begun = false;
        while (true)
        {
            var read = await input.ReadAsync(CancellationToken.None);
            var buffer = read.Buffer;
            var (request, more) = PlainFileRequest.Read(buffer, out var end);
            if (more && !read.IsCompleted && !read.IsCanceled)
            {
                if (!begun && !buffer.IsEmpty)
                    begun = timer.Change(HeadTime, Timeout.InfiniteTimeSpan);
                input.AdvanceTo(buffer.Start, buffer.End);
                continue;
            }
            if (request is null || read.IsCanceled || files.Resolve(request.Path, null) is not AssetFile file || !TryEnter())
            {
                input.AdvanceTo(buffer.Start, buffer.Start);
                return null;
            }
            input.AdvanceTo(end);
            return (request, file);
        }
    }

    /// <summary>With too many at once the request goes to ASP.NET Core, where it waits its turn (<see cref="InFlightLimits"/>).</summary>
    private bool TryEnter()
    {
        if (Interlocked.Increment(ref _running) <= AtOnce)
            return true;
        Interlocked.Decrement(ref _running);
        return false;
    }

    /// <returns>Whether another request may follow on this connection.</returns>
    private async Task<bool> SendAsync(ConnectionContext connection, Socket socket, (PlainFileRequest Request, AssetFile File) asked)
    {
        var (request, file) = asked;
        var started = time.GetUtcNow();
        var (length, sent) = (file.Length, false);
        try
        {
            // From here on the file is what is open, whatever takes its name meanwhile.
            await using var stream = new FileStream(file.Path, Reading);
            length = stream.Length;
            sent = await SendAsync(connection, socket, request.Path, stream, Head(request, file with { Size = length }, started));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException or ObjectDisposedException)
        {
            connection.Abort(new ConnectionAbortedException("The file could not be sent.", e));
        }
        finally
        {
            Interlocked.Decrement(ref _running);
            trace.HttpFile((connection.RemoteEndPoint as IPEndPoint)?.Address, request.Path, started, length, sent ? 200 : 0);
            metrics.WholeFile(time.GetUtcNow() - started, sent ? length : 0, sent);
        }
        return sent && !request.Close;
    }

    private async Task<bool> SendAsync(ConnectionContext connection, Socket socket, string path, FileStream stream, byte[] head)
    {
        using var sending = new SocketAsyncEventArgs();
        TaskCompletionSource? done = null;
        sending.Completed += (_, _) => done!.TrySetResult();
        var (at, told) = (0L, time.GetTimestamp());
        do
        {
            var count = (int)Math.Min(Piece, stream.Length - at);
            var piece = count == 0 ? [] : new[] { new SendPacketsElement(stream, at, count) };
            sending.SendPacketsElements = at == 0 ? [new SendPacketsElement(head), .. piece] : piece;
            done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (socket.SendPacketsAsync(sending))
                await WaitAsync(connection, done.Task);
            if (sending.SocketError != SocketError.Success || sending.BytesTransferred != count + (at == 0 ? head.Length : 0))
            {
                connection.Abort(new ConnectionAbortedException("The machine does not take the file any longer."));
                return false;
            }
            at += count;
            if (at < stream.Length && time.GetElapsedTime(told) >= BootTrace.RunningBeat)
            {
                told = time.GetTimestamp();
                trace.HttpRunning((connection.RemoteEndPoint as IPEndPoint)?.Address, path, at, stream.Length);
            }
        }
        while (at < stream.Length);
        return true;
    }

    /// <summary>A machine that takes less than that in five minutes has gone.</summary>
    private async Task WaitAsync(ConnectionContext connection, Task done)
    {
        try
        {
            await done.WaitAsync(PieceTime, time);
        }
        catch (TimeoutException)
        {
            connection.Abort(new ConnectionAbortedException("The machine takes nothing any longer."));
            await done; // The socket is closed: it ends at once, and only then is what it sends from free.
        }
    }

    private static byte[] Head(PlainFileRequest request, AssetFile file, DateTimeOffset now) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"""
        HTTP/1.1 200 OK
        Content-Length: {file.Size}
        Content-Type: {FileHeaders.ContentType(file.Path)}
        Date: {now:R}
        Accept-Ranges: bytes
        ETag: {FileHeaders.EntityTag(file)}
        Last-Modified: {file.LastModified:R}
        {(request.Close ? "Connection: close\n" : "")}

        """).ReplaceLineEndings("\r\n"));
}
