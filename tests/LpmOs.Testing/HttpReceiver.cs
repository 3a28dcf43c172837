using System.Net;
using System.Threading.Channels;

namespace LpmOs.Testing;

/// <summary>A listener that is sent to, and answers 204; what it got is read as it came.</summary>
public sealed class HttpReceiver : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Channel<HttpReceived> _received = Channel.CreateUnbounded<HttpReceived>();
    private readonly Task _work;

    public HttpReceiver()
    {
        Url = $"http://127.0.0.1:{LoopbackPorts.Next()}/hook";
        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _work = ReceiveAsync();
    }

    public string Url { get; }

    public async Task<HttpReceived> NextAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(120));
        return await _received.Reader.ReadAsync(limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _work;
    }

    private async Task ReceiveAsync()
    {
        while (true)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                await _received.Writer.WriteAsync(new(context.Request.HttpMethod, context.Request.Headers.AllKeys.OfType<string>().ToDictionary(name => name, name => context.Request.Headers[name] ?? "", StringComparer.OrdinalIgnoreCase), body.ToArray()));
                context.Response.StatusCode = (int)HttpStatusCode.NoContent;
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                if (!_listener.IsListening)
                    return;
            }
        }
    }
}

public sealed record HttpReceived(string Method, IReadOnlyDictionary<string, string> Headers, byte[] Body);
