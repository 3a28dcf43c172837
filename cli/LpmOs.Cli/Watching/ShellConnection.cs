using System.Net.WebSockets;
using System.Text;
using LpmOs.Cli.Client;
using LpmOs.Cli.Session;

namespace LpmOs.Cli.Watching;

/// <summary>
/// The operator's terminal of a rescue shell: <c>/api/v1/machines/{idc}/{sn}/shell/terminal</c> (WebSocket), binary messages whose first byte says what they are.
/// </summary>
internal sealed class ShellConnection(CliSession session, Stream keys, Stream screen) : IDisposable
{
    private const byte Data = 0, Size = 1, End = 2, Ready = 3;
    private const int LongestMessage = 16 * 1024;
    /// <summary>End of transmission (^D): what a shell takes for the end of its input.</summary>
    private static readonly byte[] EndOfInput = [Data, 4];
    /// <summary>The same behind a line without an end: there ^D alone only hands on what was typed so far (termios(3), VEOF).</summary>
    private static readonly byte[] EndOfLineAndInput = [Data, (byte)'\n', 4];

    private readonly SemaphoreSlim _turn = new(1);
    private readonly ClientWebSocket _socket = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Until one of the two sides ends it.</summary>
    /// <param name="interactive">Keys of a person: <c>~.</c> after Enter leaves, as with ssh. Otherwise a file or a pipe, whose end is the shell's end of input.</param>
    /// <returns>Why it ended; null: this side left.</returns>
    public async Task<string?> RunAsync(string idc, string sn, string id, bool interactive, Func<(int Columns, int Rows)?> size, CancellationToken cancellationToken)
    {
        var socket = _socket;
        using var invoker = new HttpMessageInvoker(session.Settings.Handler());
        if (session.Settings.Token is { } token)
            socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        socket.Options.CollectHttpResponseDetails = true;
        (socket.Options.KeepAliveInterval, socket.Options.KeepAliveTimeout) = (TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(15));
        var address = new UriBuilder(new Uri(session.Settings.Server, $"api/v1/machines/{Uri.EscapeDataString(idc)}/{Uri.EscapeDataString(sn)}/shell/terminal?session={Uri.EscapeDataString(id)}"));
        address.Scheme = address.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs;
        try
        {
            await socket.ConnectAsync(address.Uri, invoker, cancellationToken);
        }
        catch (WebSocketException e) when (socket.HttpStatusCode >= System.Net.HttpStatusCode.BadRequest)
        {
            throw new LpmOsProblemException(e.Message, (int)socket.HttpStatusCode, null, new Dictionary<string, IEnumerable<string>>(), null);
        }
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var showing = ShowAsync(over.Token);
        // Reading a terminal cannot be cancelled: it ends with the process.
        var typing = Task.Run(() => TypeAsync(interactive, size, over.Token), CancellationToken.None);
        if (await Task.WhenAny(showing, typing) == typing && await typing)
        {
            await LeaveAsync();
            // The service says its goodbye; to break off before would take away what it has not read.
            await Task.WhenAny(showing, Task.Delay(TimeSpan.FromSeconds(2), CancellationToken.None));
            await over.CancelAsync();
            await ((Task)showing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return null;
        }
        var reason = await showing;
        await over.CancelAsync();
        return reason;
    }

    public async Task ResizeAsync((int Columns, int Rows) size)
    {
        if (_ready.Task.IsCompleted)
            await SendAsync(new[] { Size, (byte)(size.Columns >> 8), (byte)size.Columns, (byte)(size.Rows >> 8), (byte)size.Rows }, CancellationToken.None);
    }

    public void Dispose()
    {
        _socket.Dispose();
        _turn.Dispose();
    }

    private async Task<string> ShowAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[LongestMessage];
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                try
                {
                    part = await _socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
                }
                catch (WebSocketException e)
                {
                    return e.Message;
                }
                length += part.Count;
            } while (!part.EndOfMessage && length < buffer.Length);
            if (part.MessageType == WebSocketMessageType.Close || length == 0)
                return session.Words.ShellConnectionLost;
            switch (buffer[0])
            {
                case Data:
                    await screen.WriteAsync(buffer.AsMemory(1, length - 1), cancellationToken);
                    await screen.FlushAsync(cancellationToken);
                    break;
                case Ready:
                    _ready.TrySetResult();
                    break;
                case End:
                    return Output.SafeText.Of(Encoding.UTF8.GetString(buffer, 1, length - 1));
                default:
                    break;
            }
        }
    }

    /// <returns>True: the person leaves. False: there is nothing more to type, and the shell is to end by itself.</returns>
    private async Task<bool> TypeAsync(bool interactive, Func<(int Columns, int Rows)?> size, CancellationToken cancellationToken)
    {
        await _ready.Task.WaitAsync(cancellationToken);
        if (size() is { } known)
            await ResizeAsync(known);
        var buffer = new byte[4096];
        var escape = new Escape();
        var last = (byte)'\n';
        while (true)
        {
            var read = await keys.ReadAsync(buffer.AsMemory(1), cancellationToken);
            if (read == 0)
            {
                // A person's terminal ends when it is hung up alone: what was typed without Enter is not to be run.
                await SendAsync(interactive || last is (byte)'\n' or (byte)'\r' ? EndOfInput : EndOfLineAndInput, cancellationToken);
                return false;
            }
            last = buffer[read];
            if (interactive && escape.IsIn(buffer.AsSpan(1, read)))
                return true;
            buffer[0] = Data;
            await SendAsync(buffer.AsMemory(0, read + 1), cancellationToken);
        }
    }

    private async Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_socket.State == WebSocketState.Open)
                await _socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
        }
        catch (WebSocketException)
        {
            // The reader says that the connection was lost.
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task LeaveAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", limit.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // It has gone already.
        }
    }

    /// <summary><c>~.</c> at the begin of a line.</summary>
    private sealed class Escape
    {
        private byte _last = (byte)'\r';
        private byte _beforeLast;

        public bool IsIn(ReadOnlySpan<byte> typed)
        {
            foreach (var key in typed)
            {
                if (key == '.' && _last == '~' && _beforeLast is (byte)'\r' or (byte)'\n')
                    return true;
                (_beforeLast, _last) = (_last, key);
            }
            return false;
        }
    }
}
