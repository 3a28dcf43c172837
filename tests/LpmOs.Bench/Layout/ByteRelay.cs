using System.Net;
using System.Net.Sockets;

namespace LpmOs.Bench.Layout;

/// <summary>Stands between clients and a server and counts the bytes that the clients are sent, as they are on the wire above TCP.</summary>
internal sealed class ByteRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _server;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _work = [];
    private long _received;

    public ByteRelay(Uri server)
    {
        _server = new IPEndPoint(IPAddress.Loopback, server.Port);
        _listener.Start();
        _work.Add(AcceptAsync());
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public long Received => Interlocked.Read(ref _received);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await Task.WhenAll(_work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            var server = new TcpClient();
            await server.ConnectAsync(_server, _stop.Token);
            _work.Add(PassAsync(client, server, counted: false));
            _work.Add(PassAsync(server, client, counted: true));
        }
    }

    private async Task PassAsync(TcpClient from, TcpClient to, bool counted)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.GetStream().ReadAsync(buffer, _stop.Token) is > 0 and var read)
            {
                if (counted)
                    Interlocked.Add(ref _received, read);
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One end has gone, and takes the other with it.
        }
        from.Dispose();
        to.Dispose();
    }
}
