using System.Globalization;

namespace LpmOs.Core.Domain.Planning.Disks;

/// <summary>Size of a part: absolute, percent of the whole, or what the others leave.</summary>
public readonly record struct PartSize(long? Bytes, double? Percent)
{
    public const string Allowed = "a size such as 512MiB or 20GB, a share such as 30%, or rest";
    public static readonly PartSize Rest;

    public bool IsRest => Bytes is null && Percent is null;

    /// <summary>Null for what is none of these; left out is the rest.</summary>
    public static PartSize? Parse(string? text)
    {
        if (text is null or "rest")
            return Rest;
        if (text.EndsWith('%'))
            return double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent is > 0 and <= 100 && text.Length <= 16 ? new PartSize(null, percent) : null;
        return ByteSize.Parse(text) is { } bytes ? new PartSize(bytes, null) : null;
    }

    /// <summary>Sizes of all parts of a whole, in units of <paramref name="unit"/> bytes: absolute ones rounded up, shares down.</summary>
    /// <returns>Null, with how much is missing, where they do not fit; each part has one unit at least.</returns>
    public static (IReadOnlyList<long>? Sizes, long Missing) Divide(IReadOnlyList<PartSize> parts, long whole, long unit)
    {
        var units = whole / unit;
        var sizes = parts.Select(part => part.Bytes is { } bytes ? (bytes + unit - 1) / unit : part.Percent is { } percent ? Math.Max(1, (long)(units * percent / 100)) : 0).ToList();
        var left = units - sizes.Sum();
        var rest = parts.ToList().FindIndex(part => part.IsRest);
        if (left < 0 || (rest >= 0 && left == 0))
            return (null, (rest >= 0 ? 1 - left : -left) * unit);
        if (rest >= 0)
            sizes[rest] = left;
        return (sizes.ConvertAll(size => size * unit), 0);
    }
}
