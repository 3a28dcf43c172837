using System.Globalization;

namespace LpmOs.Agent.Raid;

/// <summary>What the programs have in common in how they write things down.</summary>
internal static class RaidText
{
    /// <summary><c>446.625 GB</c> in bytes; 0 where it is no size.</summary>
    /// <param name="unit">1024: storcli and arcconf say GB and mean GiB; 1000: ssacli.</param>
    public static long Bytes(string? text, int unit)
    {
        if (text?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var number, ['K' or 'M' or 'G' or 'T' or 'P', ..] letters, ..] || !double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
            return 0;
        var bytes = value * Math.Pow(unit, "KMGTP".IndexOf(letters[0], StringComparison.Ordinal) + 1);
        return bytes is >= 0 and < 1e18 ? (long)Math.Round(bytes) : 0;
    }

    /// <summary>Cleaned; null where nothing, or only that there is nothing, was said.</summary>
    public static string? Given(string? text) => Printable.Clean(text) is { Length: > 0 } clean && clean is not ("-" or "N/A" or "NA" or "Unknown" or "Not Available" or "None") ? clean : null;

    /// <summary><c>raid10</c> of "RAID10", "10" or "1+0".</summary>
    public static string? Level(string? text)
    {
        var level = Given(text)?.ToLowerInvariant().Replace("raid", "", StringComparison.Ordinal).Split('(')[0].Trim();
        return level switch { null or "" => null, "1+0" or "1e" => "raid10", "5+0" => "raid50", "6+0" => "raid60", _ when level.All(char.IsAsciiDigit) => "raid" + level, _ => level };
    }

    /// <summary>First number in a text such as " 27C (80.60 F)".</summary>
    public static int? Number(string? text)
    {
        var digits = new string((text ?? "").SkipWhile(c => !char.IsAsciiDigit(c)).TakeWhile(char.IsAsciiDigit).ToArray());
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary>A line <c>Name : value</c>; null where it is none.</summary>
    public static (string Name, string Value)? Field(string line, string separator = ":")
    {
        var at = line.IndexOf(separator, StringComparison.Ordinal);
        return at > 0 ? (line[..at].Trim(), line[(at + separator.Length)..].Trim()) : null;
    }
}
