using System.Globalization;
using System.Text;

namespace LpmOs.Core.Templates.Builtins;

/// <summary>The <c>%</c> formats of Scriban's <c>date.to_string</c> (its documentation of the date built-ins), in UTC and the invariant culture.</summary>
internal static class DateFormat
{
    public const string Default = "%d %b %Y";

    public static string Format(DateTimeOffset time, string format)
    {
        if (format == "%g")
            format = "%g " + Default;
        var utc = time.UtcDateTime;
        var result = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 >= format.Length)
                result.Append(format[i]);
            else if (format[++i] != 'g')
                result.Append(Field(utc, format[i]) ?? "%" + format[i]);
        }
        return result.ToString();
    }

    /// <returns>Null for a letter without a meaning.</returns>
    private static string? Field(DateTime time, char field) => DotNetFormat(field) is { } format && field is not ('e' or 'k' or 'l' or 'B' or 'P')
        ? time.ToString(format, CultureInfo.InvariantCulture)
        : field switch
        {
            'B' => time.ToString("MMMM", CultureInfo.InvariantCulture),
            'C' => (time.Year / 100).ToString("D2", CultureInfo.InvariantCulture),
            'e' => Padded(time.Day),
            'j' => time.DayOfYear.ToString("D3", CultureInfo.InvariantCulture),
            'k' => Padded(time.Hour),
            'l' => Padded(((time.Hour + 11) % 12) + 1),
            'n' => "\n",
            'P' => time.Hour < 12 ? "am" : "pm",
            's' => new DateTimeOffset(time).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            't' => "\t",
            'u' => (time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            'U' => Week(time, CalendarWeekRule.FirstDay, DayOfWeek.Sunday),
            'v' => string.Create(CultureInfo.InvariantCulture, $"{time.Day,2}-{time.ToString("MMM", CultureInfo.InvariantCulture).ToUpperInvariant()}-{time.Year:D4}"),
            'V' => Week(time, CalendarWeekRule.FirstFourDayWeek, DayOfWeek.Monday),
            'W' => Week(time, CalendarWeekRule.FirstDay, DayOfWeek.Monday),
            'w' => ((int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            '%' => "%",
            _ => null,
        };

    /// <summary>The .NET format that reads and writes a field; null where there is none.</summary>
    public static string? DotNetFormat(char field) => field switch
    {
        'a' => "ddd",
        'A' => "dddd",
        'b' or 'h' or 'B' => "MMM",
        'c' => "ddd MMM dd HH:mm:ss yyyy",
        'd' => "dd",
        'D' => "MM/dd/yy",
        'e' => "%d",
        'F' => "yyyy-MM-dd",
        'H' => "HH",
        'I' => "hh",
        'k' => "%H",
        'l' => "%h",
        'L' => "fff",
        'm' => "MM",
        'M' => "mm",
        'N' => "fffffff00",
        'p' or 'P' => "tt",
        'r' => "hh:mm:ss tt",
        'R' => "HH:mm",
        'S' => "ss",
        'T' => "HH:mm:ss",
        'x' => "d",
        'X' => "T",
        'y' => "yy",
        'Y' => "yyyy",
        'Z' => "zzz",
        _ => null,
    };

    private static string Padded(int number) => number.ToString(CultureInfo.InvariantCulture).PadLeft(2);

    private static string Week(DateTime time, CalendarWeekRule rule, DayOfWeek first) =>
        CultureInfo.InvariantCulture.Calendar.GetWeekOfYear(time, rule, first).ToString("D2", CultureInfo.InvariantCulture);
}
