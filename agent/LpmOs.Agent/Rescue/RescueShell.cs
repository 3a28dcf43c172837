using System.Globalization;
using System.Net.WebSockets;
using System.Threading.Channels;
using LpmOs.Agent.Reporting;
using LpmOs.Agent.Settings;
using LpmOs.Contracts.Agents;

namespace LpmOs.Agent.Rescue;

/// <summary>Brings a shell of this machine to the regional service when an operator has asked for one there. Only in the boot image: an agent on a host opens none of that host.</summary>
internal sealed class RescueShell(AgentSettings settings, HttpMessageInvoker http, Func<string?> token, AgentLog log) : IAsyncDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(2);
    /// <summary>What the terminal shows within it is one message: each costs the services a transaction, and they take 128 a second.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(10);

    // The calls that bring the news only leave it here: nothing of a shell happens on their way.
    private readonly Channel<string> _asked = Channel.CreateBounded<string>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private Task? _running;
    /// <summary>The session for which we were last admitted; an older answer may name it again.</summary>
    private volatile string? _served;

    private volatile string? _sn;

    /// <summary>The machine's serial number; until it is known no shell is brought.</summary>
    public string? Sn { get => _sn; set => _sn = value; }

    /// <summary>An answer of the regional service named this session. It does so until an agent has come for it. Returns at once and throws nothing.</summary>
    public void Ask(string session)
    {
        if (!settings.InBootImage || Sn is null || session.Length > 64 || !session.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') || session == _served)
            return;
        _asked.Writer.TryWrite(session);
        lock (_gate)
            _running ??= Task.Run(RunAsync, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        _asked.Writer.TryComplete();
        await _stop.CancelAsync().ConfigureAwait(false);
        Task running;
        lock (_gate)
            running = _running ??= Task.CompletedTask;
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    /// <summary>One shell at a time, the newest: the service allows one, so the one before is over, whether its end was heard here or not.</summary>
    private async Task RunAsync()
    {
        var (present, serving) = ((string?)null, Task.CompletedTask);
        CancellationTokenSource? over = null;
        try
        {
            await foreach (var session in _asked.Reader.ReadAllAsync(_stop.Token).ConfigureAwait(false))
            {
                if (session == _served || (session == present && !serving.IsCompleted))
                    continue;
                if (over is not null)
                {
                    await over.CancelAsync().ConfigureAwait(false);
                    await serving.ConfigureAwait(false);
                    over.Dispose();
                }
                over = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                var last = over;
                (present, serving) = (session, Task.Run(() => BringAsync(session, last), CancellationToken.None));
            }
        }
        catch (OperationCanceledException)
        {
            // The agent ends.
        }
        await serving.ConfigureAwait(false);
        over?.Dispose();
    }

    private async Task BringAsync(string session, CancellationTokenSource over)
    {
        try
        {
            var sn = Sn!;
            using var socket = new ClientWebSocket();
            await ConnectAsync(socket, sn, session, over.Token).ConfigureAwait(false);
            _served = session;
            log.Line($"An operator has opened a shell on this machine through the service (session {session}).");
            var ended = await ServeAsync(socket, sn, over).ConfigureAwait(false);
            log.Line($"The shell that was opened through the service has ended ({ended}).");
        }
        catch (Exception e) when (e is WebSocketException or IOException or HttpRequestException or OperationCanceledException)
        {
            log.Line($"The shell that an operator asked for cannot be brought: {Printable.Clean((e.InnerException ?? e).Message)}");
        }
        catch (Exception e)
        {
            log.Line($"The shell that an operator asked for met an unexpected error: {e.GetType().Name}: {Printable.Clean(e.Message)}");
        }
    }

    private async Task ConnectAsync(ClientWebSocket socket, string sn, string session, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ConnectLimit);
        if (token() is { } bearer)
            socket.Options.SetRequestHeader("Authorization", $"Bearer {bearer}");
        (socket.Options.KeepAliveInterval, socket.Options.KeepAliveTimeout) = (Beat, Beat);
        var address = new UriBuilder(new Uri(settings.RegionalUrl, $"api/v1/shell/{Uri.EscapeDataString(sn)}?session={session}"));
        address.Scheme = address.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs;
        await socket.ConnectAsync(address.Uri, http, limit.Token).ConfigureAwait(false);
    }

    private static async Task<string> ServeAsync(ClientWebSocket socket, string sn, CancellationTokenSource over)
    {
        PseudoTerminal terminal;
        try
        {
            terminal = PseudoTerminal.Start(sn);
        }
        catch (IOException e)
        {
            await EndAsync(socket, e.Message).ConfigureAwait(false);
            return e.Message;
        }
        using (terminal)
        {
            var showing = Task.Run(() => ShowAsync(socket, terminal, over.Token), CancellationToken.None);
            var typing = Task.Run(() => TypeAsync(socket, terminal, over.Token), CancellationToken.None);
            var first = await Task.WhenAny(showing, typing).ConfigureAwait(false);
            if (first == showing && terminal.ExitCode is { } code)
            {
                await EndAsync(socket, string.Create(CultureInfo.InvariantCulture, $"the shell ended with code {code}")).ConfigureAwait(false);
                // The service answers with its goodbye; to break off before would take away what it has not read.
                await Task.WhenAny(typing, Task.Delay(GoodbyeLimit, CancellationToken.None)).ConfigureAwait(false);
            }
            var reason = first == showing ? terminal.ExitCode is { } exit ? $"exit code {exit}" : "the connection was lost" : await typing.ConfigureAwait(false);
            await over.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(showing, typing).ConfigureAwait(false);
            return reason;
        }
    }

    private static async Task ShowAsync(ClientWebSocket socket, PseudoTerminal terminal, CancellationToken cancellationToken)
    {
        var frame = new byte[ShellFrame.Longest];
        frame[0] = ShellFrame.Data;
        try
        {
            int read;
            while ((read = terminal.Read(frame.AsSpan(1), cancellationToken)) > 0)
            {
                await Task.Delay(Gathering, cancellationToken).ConfigureAwait(false);
                while (read + 1 < frame.Length && terminal.ReadMore(frame.AsSpan(read + 1)) is > 0 and var more)
                    read += more;
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                limit.CancelAfter(SendLimit);
                await socket.SendAsync(frame.AsMemory(0, read + 1), WebSocketMessageType.Binary, WebSocketMessageFlags.EndOfMessage, limit.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException)
        {
            // The other side has gone; the reader of the socket says so too.
        }
    }

    private static async Task<string> TypeAsync(ClientWebSocket socket, PseudoTerminal terminal, CancellationToken cancellationToken)
    {
        var buffer = new byte[ShellFrame.Longest];
        try
        {
            while (true)
            {
                var length = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
                    length += part.Count;
                } while (!part.EndOfMessage && length < buffer.Length);
                if (part.MessageType != WebSocketMessageType.Binary || !part.EndOfMessage || length == 0)
                    return "the connection was closed";
                switch (buffer[0])
                {
                    case ShellFrame.Data:
                        terminal.Write(buffer.AsSpan(1, length - 1), cancellationToken);
                        break;
                    case ShellFrame.Size when ShellFrame.ReadSize(buffer.AsSpan(0, length)) is var (columns, rows):
                        terminal.Resize(columns, rows);
                        break;
                    case ShellFrame.End:
                        return Printable.Clean(ShellFrame.ReadEnd(buffer.AsSpan(0, length)), ShellFrame.LongestReason);
                    default:
                        break;
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException)
        {
            return "the connection was lost";
        }
    }

    private static async Task EndAsync(ClientWebSocket socket, string reason)
    {
        using var limit = new CancellationTokenSource(GoodbyeLimit);
        try
        {
            await socket.SendAsync(ShellFrame.OfEnd(reason), WebSocketMessageType.Binary, endOfMessage: true, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException)
        {
            // It has gone.
        }
    }
}
