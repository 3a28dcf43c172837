using System.Security.Cryptography;

namespace LpmOs.Agent.Install.Disks.Wiping;

/// <summary>
/// Places all over a disk, its first and last block among them. A mark that nobody could guess is written on each before the wipe; if
/// one can be read after it, the wipe did nothing there, whatever the device said.
/// </summary>
internal sealed class WipeSamples
{
    public const int Most = 64;
    public const int Bytes = 4096;

    private readonly byte[] _mark = RandomNumberGenerator.GetBytes(Bytes);

    private WipeSamples(IReadOnlyList<long> offsets) => Offsets = offsets;

    /// <summary>In rising order, each a whole block of 4 KiB.</summary>
    public IReadOnlyList<long> Offsets { get; }

    /// <param name="ranges">Where: all of the disk, or what a method reaches. One sample at each range's begin and end, the others by chance in equal parts of all.</param>
    public static WipeSamples Of(IReadOnlyList<(long Start, long Length)> ranges)
    {
        var offsets = new SortedSet<long>();
        foreach (var (start, length) in ranges.Where(range => range.Length >= Bytes))
        {
            offsets.Add(Aligned(start));
            offsets.Add(Aligned(start + length - Bytes));
        }
        var each = Math.Max(1, (Most - offsets.Count) / Math.Max(1, ranges.Count));
        foreach (var (start, length) in ranges.Where(range => range.Length >= Bytes))
        {
            var part = length / each;
            for (var i = 0; i < each && part >= Bytes; i++)
                offsets.Add(Aligned(start + i * part + (long)(Random() * (part - Bytes))));
        }
        return new([.. offsets]);
    }

    /// <exception cref="IOException">The device failed.</exception>
    public void Mark(BlockDevice device)
    {
        foreach (var offset in Offsets)
            device.Write(offset, _mark);
        device.Flush();
        Span<byte> block = new byte[Bytes];
        foreach (var offset in Offsets)
        {
            device.Read(offset, block);
            if (!block.SequenceEqual(_mark))
                throw new IOException($"{device.Path} does not keep what is written to it: the block at byte {offset} reads back otherwise");
        }
    }

    /// <param name="zeros">The method leaves zeros behind; others leave anything but what was there.</param>
    /// <returns>Where something of before is left; empty where the wipe holds.</returns>
    /// <exception cref="IOException">The device failed.</exception>
    public IReadOnlyList<long> Left(BlockDevice device, bool zeros)
    {
        device.Flush();
        var left = new List<long>();
        var block = new byte[Bytes];
        foreach (var offset in Offsets)
        {
            device.Read(offset, block);
            if (zeros ? block.AsSpan().ContainsAnyExcept((byte)0) : block.AsSpan().SequenceEqual(_mark))
                left.Add(offset);
        }
        return left;
    }

    private static long Aligned(long offset) => offset / Bytes * Bytes;

    // Which blocks are looked at must not be known beforehand.
    private static double Random() => RandomNumberGenerator.GetInt32(int.MaxValue) / (double)int.MaxValue;
}
