using System.Globalization;
using System.Text;

namespace LpmOs.Cli.Output;

/// <summary>
/// Text of others, safe for a terminal: what would move the cursor, change its state (ECMA-48) or turn the direction of writing (UAX #9) is shown as an escape.
/// </summary>
internal static class SafeText
{
    /// <param name="keep">Characters that stay although they are control characters, for example a tab.</param>
    public static string Of(string text, params ReadOnlySpan<char> keep) => Replace(text, keep, inJson: false);

    /// <summary>Text of JSON, or of YAML with all such strings in double quotes: unsafe characters as escapes of that language, so the value stays the same.</summary>
    public static string OfJson(string json) => Replace(json, ['\n'], inJson: true);

    private static string Replace(string text, ReadOnlySpan<char> keep, bool inJson)
    {
        var at = 0;
        while (at < text.Length && (keep.Contains(text[at]) || IsSafe(text, at)))
            at++;
        if (at == text.Length)
            return text;
        var safe = new StringBuilder(text, 0, at, text.Length + 16);
        for (; at < text.Length; at++)
        {
            if (keep.Contains(text[at]) || IsSafe(text, at))
                safe.Append(text[at]);
            else
                safe.Append(!inJson && text[at] <= 0xff ? string.Create(CultureInfo.InvariantCulture, $"\\x{(int)text[at]:x2}") : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)text[at]:x4}"));
        }
        return safe.ToString();
    }

    private static bool IsSafe(string text, int at)
    {
        var c = text[at];
        if (char.IsHighSurrogate(c))
            return at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]);
        if (char.IsLowSurrogate(c))
            return at > 0 && char.IsHighSurrogate(text[at - 1]);
        return char.GetUnicodeCategory(c) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
    }
}
