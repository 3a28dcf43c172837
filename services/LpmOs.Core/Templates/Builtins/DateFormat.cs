using System.Globalization;

namespace LpmOs.Core.Templates.Builtins;

/// <summary>The <c>%</c> formats of Scriban's <c>date.to_string</c>.</summary>
internal static class DateFormat
{
    public const string Default = "%d %b %Y";

    public static string Format(DateTimeOffset time, string format) => time.ToString("dd MMM yyyy", CultureInfo.InvariantCulture);
}
