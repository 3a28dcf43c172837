using System.Net;
using System.Text;
using LpmOs.Core.Templates.Syntax;

namespace LpmOs.Core.Templates.Builtins;

/// <summary>Those of Scriban's <c>html</c> functions that escape.</summary>
internal static class HtmlBuiltins
{
    /// <summary>Unreserved and reserved characters of RFC 3986, section 2; all others are percent-encoded.</summary>
    private const string UrlCharacters = "-._~:/?#[]@!$&'()*+,;=";

    public static IEnumerable<(string, FunctionParameter[]?, Func<BuiltinCall, object?>)> All =>
    [
        ("escape", [new("text")], c => WebUtility.HtmlEncode(c.TextOrNull(0))),
        ("url_encode", [new("text")], c => c.TextOrNull(0) is { } text ? Uri.EscapeDataString(text) : null),
        ("url_escape", [new("text")], c => c.TextOrNull(0) is { } text ? UrlEscape(text) : null),
    ];

    private static string UrlEscape(string text)
    {
        var result = new StringBuilder(text.Length);
        var at = 0;
        while (at < text.Length)
        {
            var start = at;
            while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || UrlCharacters.Contains(text[at], StringComparison.Ordinal)))
                at++;
            result.Append(text, start, at - start);
            start = at;
            while (at < text.Length && !char.IsAsciiLetterOrDigit(text[at]) && !UrlCharacters.Contains(text[at], StringComparison.Ordinal))
                at++;
            result.Append(Uri.EscapeDataString(text[start..at]));
        }
        return result.ToString();
    }
}
