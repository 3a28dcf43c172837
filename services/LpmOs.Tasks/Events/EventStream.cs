using System.Globalization;
using System.Text;

namespace LpmOs.Tasks.Events;

/// <summary>One Server-Sent Events answer; messages and beats take turns.</summary>
internal sealed class EventStream(HttpResponse response, TimeSpan sendLimit) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        // nginx and its like would collect the messages.
        response.Headers["X-Accel-Buffering"] = "no";
        await WriteAsync(": connected\n\n"u8.ToArray(), cancellationToken);
    }

    public Task SendAsync(FleetEvent message, CancellationToken cancellationToken)
    {
        var head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {message.Seen}\ndata: "));
        byte[] bytes = [.. head, .. message.Json.Span, (byte)'\n', (byte)'\n'];
        return WriteAsync(bytes, cancellationToken);
    }

    public Task EndAsync(string reason, CancellationToken cancellationToken) =>
        WriteAsync(Encoding.ASCII.GetBytes($"event: dropped\ndata: {{\"reason\":\"{reason}\"}}\n\n"), cancellationToken);

    /// <summary>A comment now and then, so that nobody on the way takes the connection for dead.</summary>
    public async Task BeatAsync(TimeSpan beat, CancellationToken cancellationToken)
    {
        try
        {
            using var timer = new PeriodicTimer(beat);
            while (await timer.WaitForNextTickAsync(cancellationToken))
                await WriteAsync(": alive\n\n"u8.ToArray(), cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(sendLimit);
        await _turn.WaitAsync(limit.Token);
        try
        {
            await response.Body.WriteAsync(bytes, limit.Token);
            await response.Body.FlushAsync(limit.Token);
        }
        finally
        {
            _turn.Release();
        }
    }
}
