using System.Globalization;

namespace LpmOs.Core.Domain.Planning.Disks;

/// <summary>Sizes as people write them: <c>512MiB</c>, <c>20GB</c>, <c>1.92TB</c>, or bytes.</summary>
public static class ByteSize
{
    public const string Allowed = "a number with MB, GB, TB (of 10^6, 10^9, 10^12 bytes) or MiB, GiB, TiB (of 2^20, 2^30, 2^40), or bytes alone, for example 512MiB";
    private const int Longest = 24;

    // Longer names first: "MiB" ends like "B".
    private static readonly (string Suffix, double Factor)[] Units =
    [
        ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("", 1),
    ];

    /// <summary>Bytes, from 1 to 2^60; null for anything else.</summary>
    public static long? Parse(string? text)
    {
        if (text is null || text.Length is 0 or > Longest)
            return null;
        var (suffix, factor) = Units.First(unit => text.EndsWith(unit.Suffix, StringComparison.OrdinalIgnoreCase));
        var number = text[..^suffix.Length].TrimEnd(' ');
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value * factor is >= 1 and <= 1L << 60 and var bytes
            ? (long)Math.Round(bytes)
            : null;
    }

    /// <summary>For people: <c>480.1 GB</c>, <c>512 MiB</c>.</summary>
    public static string Text(long bytes) => bytes >= 1_000_000_000
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.#} GB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MiB");
}
