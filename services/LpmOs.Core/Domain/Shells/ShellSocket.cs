using System.Net.WebSockets;
using LpmOs.Contracts.Agents;

namespace LpmOs.Core.Domain.Shells;

/// <summary>A WebSocket that carries <see cref="ShellFrame"/>s. What comes in is bounded; who does not read is given up.</summary>
public sealed class ShellSocket(WebSocket socket) : IDisposable
{
    /// <summary>A peer that takes so long for one message is too slow.</summary>
    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly byte[] _buffer = new byte[ShellFrame.Longest];
    // A wait for messages that is cancelled breaks the connection off, and the goodbye with it: it goes on until then.
    private readonly CancellationTokenSource _listenUntil = new();
    private Task _receiving = Task.CompletedTask;

    /// <summary>The next message, valid until the next call; null: the peer has gone.</summary>
    /// <exception cref="InvalidDataException">Text, nothing at all, or longer than a message may be.</exception>
    public Task<ReadOnlyMemory<byte>?> ReceiveAsync(CancellationToken cancellationToken)
    {
        var receiving = ReceiveAsync();
        _receiving = receiving;
        return receiving.WaitAsync(cancellationToken);
    }

    private async Task<ReadOnlyMemory<byte>?> ReceiveAsync()
    {
        var length = 0;
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(_buffer.AsMemory(length), _listenUntil.Token).ConfigureAwait(false);
                if (part.MessageType == WebSocketMessageType.Close)
                    return null;
                length += part.Count;
                if (part.EndOfMessage)
                    return part.MessageType == WebSocketMessageType.Binary && length > 0 ? _buffer.AsMemory(0, length) : throw new InvalidDataException("The message is not one of a shell.");
                if (length == _buffer.Length)
                    throw new InvalidDataException($"The message is longer than {ShellFrame.Longest} bytes.");
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            return null;
        }
    }

    /// <returns>False: the peer has gone, or does not read.</returns>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(SendLimit);
        try
        {
            await socket.SendAsync(message, WebSocketMessageType.Binary, WebSocketMessageFlags.EndOfMessage, limit.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is WebSocketException or IOException or InvalidOperationException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Says why and takes leave; a peer that does not answer is not waited for.</summary>
    public async Task EndAsync(string reason)
    {
        using var limit = new CancellationTokenSource(GoodbyeLimit);
        try
        {
            if (await SendAsync(ShellFrame.OfEnd(reason), limit.Token).ConfigureAwait(false) && socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", limit.Token).ConfigureAwait(false);
            // Its answer; what else it still sends is dropped.
            await _receiving.WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (socket.State == WebSocketState.CloseSent && await ReceiveAsync(limit.Token).ConfigureAwait(false) is not null)
            {
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException or InvalidOperationException or InvalidDataException)
        {
            // It has gone.
        }
    }

    public void Dispose()
    {
        _listenUntil.Cancel();
        _listenUntil.Dispose();
        _turn.Dispose();
    }
}
