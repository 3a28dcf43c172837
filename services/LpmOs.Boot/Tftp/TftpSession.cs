using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LpmOs.Boot.Files;

namespace LpmOs.Boot.Tftp;

/// <summary>One transfer, on a socket of its own that is connected to its client: the kernel keeps strangers out.</summary>
internal sealed class TftpSession(Socket socket, TftpRequest request, BootFile file, TftpTerms terms, TimeProvider time, ILogger logger, Action<TftpTransfer> ended) : IDisposable
{
    private const int MostRetransmissions = 6;
    private static readonly TimeSpan FirstTimeout = TimeSpan.FromSeconds(1), LongestTimeout = TimeSpan.FromSeconds(8);

    private readonly IPEndPoint _client = (IPEndPoint)socket.RemoteEndPoint!;
    private readonly byte[] _received = new byte[TftpRequest.MaximumLength];
    private Task<int>? _receiving;
    private SendWindow? _window;
    private readonly DateTimeOffset _started = time.GetUtcNow();
    private int _retransmissions;

    public void Dispose() => socket.Dispose();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (terms.Accepted.Count > 0 && !await AgreeAsync(cancellationToken))
                return;
            // Opened only now: a request from a forged address costs neither a file handle nor a window of memory.
            using var source = new BlockSource(file, request.NetAscii);
            await SendAsync(source, cancellationToken);
        }
        catch (SocketException)
        {
            const string gone = "its port is closed";
            logger.TftpAborted(_client, request.FileName, 0, gone); // ICMP: the client has gone.
            Ended(TftpOutcome.Aborted, _window?.BytesAcknowledged ?? 0, gone);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Ended(TftpOutcome.Failed, 0, "the server stops");
            await RefuseAsync("the server stops");
        }
        catch (Exception e)
        {
            logger.TftpFailed(e, _client, request.FileName);
            Ended(TftpOutcome.Failed, 0, "the file cannot be read");
            await RefuseAsync("the file cannot be read");
        }
    }

    /// <summary>Sends the OACK until block 0 is acknowledged (RFC 2347).</summary>
    private async Task<bool> AgreeAsync(CancellationToken cancellationToken)
    {
        var answer = TftpWriter.OptionAcknowledgement(terms.Accepted);
        for (var silent = 0; silent <= MostRetransmissions; silent++)
        {
            await socket.SendAsync(answer, SocketFlags.None, cancellationToken);
            var deadline = time.GetUtcNow() + Patience(silent);
            while (await ReceiveAsync(deadline, cancellationToken) is { } reply)
            {
                if (reply.Operation == TftpOperation.Error)
                    return Aborted(reply);
                if (reply is { Operation: TftpOperation.Acknowledgement, Number: 0 })
                    return true;
            }
            _retransmissions++;
        }
        logger.TftpSilent(_client, request.FileName, 0, _retransmissions);
        Ended(TftpOutcome.Silent, 0, "no answer to the options");
        return false;
    }

    private async Task SendAsync(BlockSource source, CancellationToken cancellationToken)
    {
        var window = _window = new SendWindow(source, terms);
        for (var silent = 0; silent <= MostRetransmissions;)
        {
            foreach (var datagram in window.TakeUnsent())
                await socket.SendAsync(datagram, SocketFlags.None, cancellationToken);

            var step = WindowStep.Ignore;
            var deadline = time.GetUtcNow() + Patience(silent);
            while (step == WindowStep.Ignore)
            {
                if (await ReceiveAsync(deadline, cancellationToken) is not { } reply)
                    break;
                if (reply.Operation == TftpOperation.Error)
                {
                    Aborted(reply);
                    return;
                }
                if (reply.Operation == TftpOperation.Acknowledgement)
                    step = window.Acknowledge(reply.Number);
            }
            if (step == WindowStep.Finished)
            {
                logger.TftpSent(_client, request.FileName, window.BytesRead, terms.BlockSize, terms.WindowSize, _retransmissions);
                Ended(TftpOutcome.Done, window.BytesRead, null);
                return;
            }
            silent = step == WindowStep.Ignore ? silent + 1 : 0;
            if (step != WindowStep.Advance)
                _retransmissions++;
            if (step == WindowStep.Ignore)
                window.Rewind();
        }
        logger.TftpSilent(_client, request.FileName, window.BytesAcknowledged, _retransmissions);
        Ended(TftpOutcome.Silent, window.BytesAcknowledged, "no acknowledgement any more");
    }

    private TimeSpan Patience(int silent)
    {
        if (terms.Timeout is { } agreed)
            return agreed;
        var grown = FirstTimeout * (1 << silent);
        return grown < LongestTimeout ? grown : LongestTimeout;
    }

    private readonly record struct Reply(TftpOperation Operation, ushort Number, string Message);

    /// <summary>The next datagram of the client; null at the deadline. The receive goes on beyond it and is taken up by the next call.</summary>
    private async ValueTask<Reply?> ReceiveAsync(DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        while (true)
        {
            _receiving ??= socket.ReceiveAsync(_received, SocketFlags.None, cancellationToken).AsTask();
            if (!_receiving.IsCompleted)
            {
                var left = deadline - time.GetUtcNow();
                if (left <= TimeSpan.Zero)
                    return null;
                try
                {
                    await _receiving.WaitAsync(left, time, cancellationToken);
                }
                catch (TimeoutException)
                {
                    return null;
                }
            }
            var length = await _receiving;
            _receiving = null;
            if (length < 4)
                continue;
            var datagram = _received.AsSpan(0, length);
            var operation = (TftpOperation)BinaryPrimitives.ReadUInt16BigEndian(datagram);
            var message = operation == TftpOperation.Error ? Printable(datagram[4..]) : "";
            return new Reply(operation, BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]), message);
        }
    }

    private static string Printable(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)0);
        return string.Concat(Encoding.Latin1.GetString(end < 0 ? text : text[..end]).Where(c => c is >= ' ' and <= '~'));
    }

    private bool Aborted(Reply reply)
    {
        logger.TftpAborted(_client, request.FileName, reply.Number, reply.Message);
        var bytes = _window?.BytesAcknowledged ?? 0;
        // Whatever number it gives: who asked for the size and then wanted nothing of the file, has what it wanted.
        var sized = bytes == 0 && request.Options.ContainsKey("tsize");
        Ended(sized ? TftpOutcome.SizeAsked : TftpOutcome.Aborted, bytes, reply.Message.Length > 0 ? reply.Message : string.Create(CultureInfo.InvariantCulture, $"error {reply.Number}"));
        return false;
    }

    private void Ended(TftpOutcome outcome, long bytes, string? reason) => ended(new TftpTransfer(_client, request.FileName, outcome, _started)
    {
        Bytes = bytes, Length = file.Length, BlockSize = terms.BlockSize, WindowSize = terms.WindowSize, Retransmissions = _retransmissions, Reason = reason,
    });

    private async ValueTask RefuseAsync(string why)
    {
        try
        {
            await socket.SendAsync(TftpWriter.Error(TftpErrorCode.NotDefined, why), SocketFlags.None, CancellationToken.None);
        }
        catch (SocketException)
        {
            // The client has gone as well.
        }
    }
}
