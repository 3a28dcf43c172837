using System.Globalization;

namespace LpmOs.Boot.Tftp;

/// <summary>What client and server agreed on for one transfer.</summary>
internal sealed record TftpTerms
{
    public const int DefaultBlockSize = 512;
    private const int SmallestBlockSize = 8, LargestBlockSize = 65464; // RFC 2348
    private const int LargestWindow = 64;
    /// <summary>Of data in flight, and so of memory, a transfer.</summary>
    private const int WindowBytes = 512 * 1024;
    public const int DataHeader = 4;

    public int BlockSize { get; private init; } = DefaultBlockSize;
    public int WindowSize { get; private init; } = 1;
    /// <summary>The client's own retransmission time (RFC 2349); null: ours, which grows.</summary>
    public TimeSpan? Timeout { get; private init; }
    /// <summary>Accepted options in the order to answer; empty: there is no OACK.</summary>
    public IReadOnlyList<(string Name, string Value)> Accepted { get; private init; } = [];

    /// <summary>Takes what is in bounds, lowers what is too large, and ignores the rest, as RFC 2347 lets a server do.</summary>
    /// <param name="length">Of the file; null where the mode changes it (netascii).</param>
    /// <param name="largestDatagram">UDP payload that the path's first link takes in one frame: fragments are lost on many a boot ROM.</param>
    public static TftpTerms Negotiate(TftpRequest request, long? length, int largestDatagram)
    {
        var accepted = new List<(string, string)>();
        int blockSize = DefaultBlockSize, windowSize = 1;
        TimeSpan? timeout = null;
        if (Number(request, "blksize") is >= SmallestBlockSize and <= LargestBlockSize and var size)
        {
            blockSize = Math.Min((int)size, Math.Max(largestDatagram - DataHeader, DefaultBlockSize));
            accepted.Add(("blksize", Text(blockSize)));
        }
        if (length is { } bytes && Number(request, "tsize") is not null)
            accepted.Add(("tsize", Text(bytes)));
        if (Number(request, "timeout") is >= 1 and <= 255 and var seconds)
        {
            timeout = TimeSpan.FromSeconds(seconds);
            accepted.Add(("timeout", Text(seconds)));
        }
        if (Number(request, "windowsize") is >= 1 and <= 65535 and var window) // RFC 7440
        {
            windowSize = (int)Math.Min(window, Math.Clamp(WindowBytes / blockSize, 1, LargestWindow));
            accepted.Add(("windowsize", Text(windowSize)));
        }
        return new TftpTerms { BlockSize = blockSize, WindowSize = windowSize, Timeout = timeout, Accepted = accepted };
    }

    private static long? Number(TftpRequest request, string name) =>
        request.Options.TryGetValue(name, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
