using System.Buffers;

namespace LpmOs.Boot.Tftp;

/// <summary>What an acknowledgement asks the sender to do.</summary>
internal enum WindowStep
{
    /// <summary>A stale or foreign number: nothing.</summary>
    Ignore,
    /// <summary>Fill up and send what is new, from <see cref="SendWindow.Next"/> on.</summary>
    Advance,
    /// <summary>The client misses what follows the acknowledged block: send the window again.</summary>
    Resend,
    Finished,
}

/// <summary>
/// The sender's arithmetic of RFC 1350 and RFC 7440. Blocks are counted from 1 without end here; on the wire they are
/// 16 bits wide, and 0 follows 65535. Holds the datagrams in flight, so that each byte is read from the file once.
/// </summary>
internal sealed class SendWindow(BlockSource source, TftpTerms terms) : IDisposable
{
    /// <summary>One datagram after the other, each of full length but for the file's last: what is sent together lies together.</summary>
    private readonly byte[] _ring = ArrayPool<byte>.Shared.Rent(terms.WindowSize * (TftpTerms.DataHeader + terms.BlockSize));
    private readonly int[] _lengths = new int[terms.WindowSize];
    private long _read;
    private long _last = long.MaxValue;
    private bool _resentSinceProgress;

    /// <summary>Highest block that the client has, all before it included.</summary>
    public long Acknowledged { get; private set; }
    /// <summary>The next block to put on the wire.</summary>
    public long Next { get; private set; } = 1;
    public long BytesAcknowledged => Math.Min(Acknowledged * terms.BlockSize, BytesRead);
    public long BytesRead { get; private set; }

    /// <summary>Datagrams to send now, from <see cref="Next"/> to the window's or the file's end: as many as lie side by side; all but the last are of the full length. False: none is left.</summary>
    public bool TryTake(int most, out ReadOnlyMemory<byte> datagrams)
    {
        datagrams = default;
        var (first, length) = ((int)(Next % terms.WindowSize), 0);
        for (var taken = 0; taken < most && first + taken < terms.WindowSize && Next <= Math.Min(Acknowledged + terms.WindowSize, _last); taken++)
        {
            if (Next > _read)
                ReadBlock();
            length += _lengths[first + taken];
            Next++;
        }
        datagrams = _ring.AsMemory(first * Stride, length);
        return length > 0;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_ring);

    private int Stride => TftpTerms.DataHeader + terms.BlockSize;

    public WindowStep Acknowledge(ushort wireBlock)
    {
        var ahead = (ushort)(wireBlock - (ushort)Acknowledged);
        var inFlight = Next - 1 - Acknowledged;
        if (ahead == 0)
        {
            // With a window, this is how a client says that the window's first block was lost (RFC 7440 section 4). Without one it is a
            // duplicate, and to answer it would double every following packet: the sorcerer's apprentice (RFC 1123 section 4.2.3.1).
            // Once for each progress, so that late duplicates cannot feed a storm either.
            if (terms.WindowSize == 1 || inFlight == 0 || _resentSinceProgress)
                return WindowStep.Ignore;
            _resentSinceProgress = true;
            Rewind();
            return WindowStep.Resend;
        }
        if (ahead > inFlight)
            return WindowStep.Ignore;
        Acknowledged += ahead;
        _resentSinceProgress = false;
        if (Acknowledged == _last)
            return WindowStep.Finished;
        if (Acknowledged == Next - 1)
            return WindowStep.Advance;
        Rewind(); // Acknowledged in the middle: what follows did not arrive in order.
        return WindowStep.Resend;
    }

    /// <summary>Everything in flight goes again.</summary>
    public void Rewind() => Next = Acknowledged + 1;

    private void ReadBlock()
    {
        var slot = (int)(Next % terms.WindowSize);
        var datagram = _ring.AsSpan(slot * Stride, Stride);
        var length = source.Read(datagram[TftpTerms.DataHeader..]);
        TftpWriter.DataHeader(datagram, (ushort)Next);
        _lengths[slot] = TftpTerms.DataHeader + length;
        _read = Next;
        BytesRead += length;
        if (length < terms.BlockSize)
            _last = Next;
    }
}
