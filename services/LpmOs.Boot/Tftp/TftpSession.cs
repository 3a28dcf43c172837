using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LpmOs.Boot.Files;
using LpmOs.Boot.Recording;

namespace LpmOs.Boot.Tftp;

/// <summary>
/// One transfer, on a socket of its own that is connected to its client: the kernel keeps strangers out. It runs on a thread of its own and blocks:
/// a transfer is one packet there and one back, thousands of times a second, and to take up an awaited call each time would cost as much again.
/// </summary>
/// <param name="crowded">Whether others wait for a place.</param>
internal sealed class TftpSession(Socket socket, TftpRequest request, BootFile file, TftpTerms terms, Func<bool> crowded, TimeProvider time, ILogger logger, Action<TftpTransfer> tell) : IDisposable
{
    private const int MostRetransmissions = 6;
    /// <summary>While others wait: after 15 s without a word no firmware is there any more. Who has never answered is given up after 3 s: its address may be forged, or it has asked from another port since.</summary>
    private const int RetransmissionsInCrowd = 3, RetransmissionsUnheard = 1;
    /// <summary>Milliseconds of one wait; then it is seen whether the time is over or the server stops.</summary>
    private const int Slice = 200;
    private static readonly TimeSpan FirstTimeout = TimeSpan.FromSeconds(1), LongestTimeout = TimeSpan.FromSeconds(8);

    private readonly IPEndPoint _client = (IPEndPoint)socket.RemoteEndPoint!;
    private readonly byte[] _received = new byte[TftpRequest.MaximumLength];
    private SendWindow? _window;
    private bool _answered;
    private readonly DateTimeOffset _started = time.GetUtcNow();
    private long _told = time.GetTimestamp();
    private int _retransmissions;

    public void Dispose() => socket.Dispose();

    public void Run(CancellationToken cancellationToken)
    {
        try
        {
            socket.ReceiveTimeout = Slice;
            if (terms.Accepted.Count > 0 && !Agree(cancellationToken))
                return;
            // Opened only now: a request from a forged address costs neither a file handle nor a window of memory.
            using var source = new BlockSource(file, request.NetAscii);
            Send(source, cancellationToken);
        }
        catch (SocketException)
        {
            const string gone = "its port is closed";
            logger.TftpAborted(_client, request.FileName, 0, gone); // ICMP: the client has gone.
            Tell(TftpOutcome.Aborted, _window?.BytesAcknowledged ?? 0, gone);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Tell(TftpOutcome.Failed, 0, "the server stops");
            Refuse("the server stops");
        }
        catch (Exception e)
        {
            logger.TftpFailed(e, _client, request.FileName);
            Tell(TftpOutcome.Failed, 0, "the file cannot be read");
            Refuse("the file cannot be read");
        }
    }

    /// <summary>Sends the OACK until block 0 is acknowledged (RFC 2347).</summary>
    private bool Agree(CancellationToken cancellationToken)
    {
        var answer = TftpWriter.OptionAcknowledgement(terms.Accepted);
        for (var silent = 0; silent <= Most(); silent++)
        {
            socket.Send(answer);
            var deadline = Deadline(silent);
            while (Receive(deadline, cancellationToken) is { } reply)
            {
                if (reply.Operation == TftpOperation.Error)
                    return Aborted(reply);
                if (reply is { Operation: TftpOperation.Acknowledgement, Number: 0 })
                    return true;
                if (time.GetTimestamp() >= deadline)
                    break;
            }
            _retransmissions++;
        }
        logger.TftpSilent(_client, request.FileName, 0, _retransmissions);
        Tell(TftpOutcome.Silent, 0, "no answer to the options");
        return false;
    }

    private void Send(BlockSource source, CancellationToken cancellationToken)
    {
        using var window = _window = new SendWindow(source, terms);
        var sender = new SegmentedSend(socket, TftpTerms.DataHeader + terms.BlockSize, terms.WindowSize);
        for (var silent = 0; silent <= Most();)
        {
            while (window.TryTake(sender.Most, out var datagrams))
                sender.Send(datagrams.Span);

            var step = WindowStep.Ignore;
            var deadline = Deadline(silent);
            while (step == WindowStep.Ignore)
            {
                if (Receive(deadline, cancellationToken) is not { } reply)
                    break;
                if (reply.Operation == TftpOperation.Error)
                {
                    Aborted(reply);
                    return;
                }
                if (reply.Operation == TftpOperation.Acknowledgement)
                    step = window.Acknowledge(reply.Number);
                // Datagrams that say nothing new must not keep a transfer alive.
                if (step == WindowStep.Ignore && time.GetTimestamp() >= deadline)
                    break;
            }
            if (step == WindowStep.Finished)
            {
                logger.TftpSent(_client, request.FileName, window.BytesRead, terms.BlockSize, terms.WindowSize, _retransmissions);
                Tell(TftpOutcome.Done, window.BytesRead, null);
                return;
            }
            silent = step == WindowStep.Ignore ? silent + 1 : 0;
            if (step != WindowStep.Advance)
                _retransmissions++;
            if (step == WindowStep.Ignore)
                window.Rewind();
            else if (time.GetElapsedTime(_told) >= BootTrace.RunningBeat)
            {
                _told = time.GetTimestamp();
                Tell(TftpOutcome.Running, window.BytesAcknowledged, null);
            }
        }
        logger.TftpSilent(_client, request.FileName, window.BytesAcknowledged, _retransmissions);
        Tell(TftpOutcome.Silent, window.BytesAcknowledged, "no acknowledgement any more");
    }

    private int Most() => !crowded() ? MostRetransmissions : _answered ? RetransmissionsInCrowd : RetransmissionsUnheard;

    // By a clock that nobody sets.
    private long Deadline(int silent) => time.GetTimestamp() + (long)(Patience(silent).TotalSeconds * time.TimestampFrequency);

    private TimeSpan Patience(int silent)
    {
        if (terms.Timeout is { } agreed && (_answered || !crowded()))
            return agreed;
        var grown = FirstTimeout * (1 << silent);
        return grown < LongestTimeout ? grown : LongestTimeout;
    }

    private readonly record struct Reply(TftpOperation Operation, ushort Number, string Message);

    /// <summary>The next datagram of the client; null at the deadline.</summary>
    private Reply? Receive(long deadline, CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = socket.Receive(_received, SocketFlags.None, out var error);
            if (error is SocketError.TimedOut or SocketError.WouldBlock)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (time.GetTimestamp() >= deadline)
                    return null;
                continue;
            }
            if (error != SocketError.Success)
                throw new SocketException((int)error);
            _answered = true;
            if (length < 4)
                return default(Reply);
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
        Tell(sized ? TftpOutcome.SizeAsked : TftpOutcome.Aborted, bytes, reply.Message.Length > 0 ? reply.Message : string.Create(CultureInfo.InvariantCulture, $"error {reply.Number}"));
        return false;
    }

    private void Tell(TftpOutcome outcome, long bytes, string? reason) => tell(new TftpTransfer(_client, request.FileName, outcome, _started)
    {
        Bytes = bytes, Length = file.Length, BlockSize = terms.BlockSize, WindowSize = terms.WindowSize, Retransmissions = _retransmissions, Reason = reason,
    });

    private void Refuse(string why)
    {
        try
        {
            socket.Send(TftpWriter.Error(TftpErrorCode.NotDefined, why));
        }
        catch (SocketException)
        {
            // The client has gone as well.
        }
    }
}
