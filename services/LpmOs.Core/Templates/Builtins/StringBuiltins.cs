using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LpmOs.Core.Templates.Runtime;
using LpmOs.Core.Templates.Syntax;

namespace LpmOs.Core.Templates.Builtins;

/// <summary>Scriban's <c>string</c> functions.</summary>
internal static class StringBuiltins
{
    private static readonly FunctionParameter Subject = new("text");

    public static IEnumerable<(string, FunctionParameter[]?, Func<BuiltinCall, object?>)> All =>
    [
        ("append", [Subject, new("with")], c => c.Text(0) + c.Text(1)),
        ("prepend", [Subject, new("by")], c => c.Text(1) + c.Text(0)),
        ("upcase", [Subject], c => c.TextOrNull(0)?.ToUpperInvariant()),
        ("downcase", [Subject], c => c.TextOrNull(0)?.ToLowerInvariant()),
        ("capitalize", [Subject], c => Capitalize(c.Text(0))),
        ("capitalizewords", [Subject], c => CapitalizeWords(c.Text(0))),
        ("contains", [Subject, new("value")], c => c.Text(1).Length > 0 && c.Text(0).Contains(c.Text(1), StringComparison.Ordinal)),
        ("starts_with", [Subject, new("value")], c => c.Text(1).Length > 0 && c.Text(0).StartsWith(c.Text(1), StringComparison.Ordinal)),
        ("ends_with", [Subject, new("value")], c => c.Text(1).Length > 0 && c.Text(0).EndsWith(c.Text(1), StringComparison.Ordinal)),
        ("equals_ignore_case", [Subject, new("value")], c => c.TextOrNull(0)?.Equals(c.TextOrNull(1), StringComparison.OrdinalIgnoreCase) ?? false),
        ("empty", [Subject], c => c.Text(0).Length == 0),
        ("whitespace", [Subject], c => string.IsNullOrWhiteSpace(c.TextOrNull(0))),
        ("size", [Subject], c => c.Text(0).Length),
        ("strip", [Subject], c => c.TextOrNull(0)?.Trim()),
        ("lstrip", [Subject], c => c.TextOrNull(0)?.TrimStart()),
        ("rstrip", [Subject], c => c.TextOrNull(0)?.TrimEnd()),
        ("strip_newlines", [Subject], c => c.Text(0).Replace("\r\n", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal)),
        ("replace", [Subject, new("match"), new("replace")], c => Replace(c)),
        ("replace_first", [Subject, new("match"), new("replace"), new("from_end", true, false)], c => ReplaceOne(c, c.Text(2), c.Flag(3)) ?? ""),
        ("remove", [Subject, new("remove")], c => c.Text(1).Length == 0 ? c.TextOrNull(0) : c.TextOrNull(0)?.Replace(c.Text(1), "", StringComparison.Ordinal)),
        ("remove_first", [Subject, new("remove")], c => ReplaceOne(c, "", false)),
        ("remove_last", [Subject, new("remove")], c => ReplaceOne(c, "", true)),
        ("split", [Subject, new("match")], Split),
        ("slice", [Subject, new("start"), new("length", true)], c => Slice(c.Text(0), c.Int(1), c[2] is null ? null : c.Int(2))),
        ("slice1", [Subject, new("start"), new("length", true, 1L)], c => Slice(c.Text(0), c.Int(1), c.Int(2))),
        ("index_of", [Subject, new("search"), new("start_index", true), new("count", true), new("string_comparison", true)], c => IndexOf(c)),
        ("escape", [Subject], c => c.TextOrNull(0) is { } text ? ValueText.Escape(text) : null),
        ("literal", [Subject], c => c.TextOrNull(0) is { } text ? $"\"{ValueText.Escape(text)}\"" : null),
        ("handleize", [Subject], c => Handleize(c.Text(0))),
        ("pluralize", [new("number"), new("singular"), new("plural")], c => c.Int(0) == 1 ? c.Text(1) : c.Text(2)),
        ("truncate", [Subject, new("length"), new("ellipsis", true)], c => Truncate(c.Text(0), c.Int(1), c.TextOrNull(2) ?? "...")),
        ("truncatewords", [Subject, new("count"), new("ellipsis", true)], c => TruncateWords(c.Text(0), c.Int(1))),
        ("pad_left", [Subject, new("width"), new("padding", true, " ")], c => Pad(c, left: true)),
        ("pad_right", [Subject, new("width"), new("padding", true, " ")], c => Pad(c, left: false)),
        ("to_int", [Subject], c => int.TryParse(c.Text(0), NumberStyles.Integer, CultureInfo.InvariantCulture, out var n) ? (long)n : null),
        ("to_long", [Subject], c => long.TryParse(c.Text(0), NumberStyles.Integer, CultureInfo.InvariantCulture, out var n) ? n : null),
        ("to_float", [Subject], c => ToDouble(c.Text(0))),
        ("to_double", [Subject], c => ToDouble(c.Text(0))),
        ("md5", [Subject], c => Hex(MD5Of(c.Text(0)))),
        ("sha1", [Subject], c => Hex(SHA1Of(c.Text(0)))),
        ("sha256", [Subject], c => Hex(SHA256.HashData(Encoding.UTF8.GetBytes(c.Text(0))))),
        ("sha512", [Subject], c => Hex(SHA512.HashData(Encoding.UTF8.GetBytes(c.Text(0))))),
        ("hmac_sha1", [Subject, new("secret_key")], c => Hex(HmacSha1Of(c.Text(1), c.Text(0)))),
        ("hmac_sha256", [Subject, new("secret_key")], c => Hex(HMACSHA256.HashData(Encoding.UTF8.GetBytes(c.Text(1)), Encoding.UTF8.GetBytes(c.Text(0))))),
        ("hmac_sha512", [Subject, new("secret_key")], c => Hex(HMACSHA512.HashData(Encoding.UTF8.GetBytes(c.Text(1)), Encoding.UTF8.GetBytes(c.Text(0))))),
        ("base64_encode", [Subject], c => Convert.ToBase64String(Encoding.UTF8.GetBytes(c.Text(0)))),
        ("base64_decode", [Subject], Base64Decode),
    ];

    private static string Capitalize(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    private static string CapitalizeWords(string text)
    {
        var result = new StringBuilder(text.Length);
        var afterSpace = true;
        foreach (var c in text)
        {
            var capitalize = afterSpace && char.IsLetter(c);
            result.Append(capitalize ? char.ToUpperInvariant(c) : c);
            afterSpace = char.IsWhiteSpace(c) || (afterSpace && !capitalize);
        }
        return result.ToString();
    }

    private static string Replace(BuiltinCall c)
    {
        var match = c.Text(1);
        if (match.Length == 0)
            return c.Text(0);
        var matches = (long)c.Text(0).AsSpan().Count(match);
        c.Context.CheckLength(c.Caller, c.Text(0).Length + (matches * (c.Text(2).Length - match.Length)));
        return c.Text(0).Replace(match, c.Text(2), StringComparison.Ordinal);
    }

    // Whatever the case: Scriban's do so here, and not in replace and remove.
    private static string? ReplaceOne(BuiltinCall c, string with, bool fromEnd)
    {
        var match = c.Text(1);
        if (c.TextOrNull(0) is not { } text || match.Length == 0)
            return c.TextOrNull(0);
        var at = fromEnd ? text.LastIndexOf(match, StringComparison.OrdinalIgnoreCase) : text.IndexOf(match, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? text : string.Concat(text.AsSpan(0, at), with, text.AsSpan(at + match.Length));
    }

    private static ScriptArray Split(BuiltinCall c)
    {
        if (c.Text(1).Length > 0)
            c.Context.Step(c.Caller, c.Text(0).AsSpan().Count(c.Text(1)) + 1);
        return ScriptArray.From(c.Text(0).Split(c.Text(1), StringSplitOptions.RemoveEmptyEntries));
    }

    private static string Slice(string text, int start, int? count)
    {
        long length = count ?? text.Length;
        if (start < 0)
            start += text.Length;
        if (start < 0)
        {
            length += start;
            start = 0;
        }
        length = Math.Min(length, text.Length - start);
        return length <= 0 ? "" : text.Substring(start, (int)length);
    }

    private static int IndexOf(BuiltinCall c)
    {
        var text = c.Text(0);
        var start = c[2] is null ? 0 : c.Int(2);
        var count = c[3] is null ? text.Length - start : c.Int(3);
        if (start < 0 || start > text.Length || count < 0 || count > text.Length - start)
            throw c.Problem($"start and count ({start}, {count}) do not lie in a text of {text.Length} characters");
        return text.IndexOf(c.Text(1), start, count, c.Text(4) is "OrdinalIgnoreCase" ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
    }

    private static string Handleize(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (char.IsLetterOrDigit(c))
                result.Append(char.ToLowerInvariant(c));
            else if (result.Length == 0 || result[^1] != '-')
                result.Append('-');
        }
        return result is [.., '-'] ? result.ToString(0, result.Length - 1) : result.ToString();
    }

    private static string Truncate(string text, int length, string ellipsis) => text.Length <= length || text.Length == 0
        ? text
        : string.Concat(text.AsSpan(0, Math.Clamp(length - ellipsis.Length, 0, text.Length)), ellipsis);

    /// <summary>Ends in "..." always and whatever the ellipsis asked for, because Scriban's does.</summary>
    private static string TruncateWords(string text, int count)
    {
        if (text.Length == 0)
            return "";
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).AsEnumerable();
        if (char.IsWhiteSpace(text[0]))
            words = words.Prepend("");
        if (char.IsWhiteSpace(text[^1]))
            words = words.Append("");
        return string.Join(' ', words.Take(count)) + "...";
    }

    private static string Pad(BuiltinCall c, bool left)
    {
        var text = c.Text(0);
        var width = Math.Max(0, c.Int(1));
        c.Context.CheckLength(c.Caller, width);
        var padding = c.Text(2) is [var first, ..] ? first : ' ';
        return left ? text.PadLeft(width, padding) : text.PadRight(width, padding);
    }

    private static double? ToDouble(string text) =>
        double.TryParse(text, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number) ? number : null;

#pragma warning disable CA5350, CA5351 // Not for security: digests that installers and templates of others ask for.
    private static byte[] MD5Of(string text) => MD5.HashData(Encoding.UTF8.GetBytes(text));

    private static byte[] SHA1Of(string text) => SHA1.HashData(Encoding.UTF8.GetBytes(text));

    private static byte[] HmacSha1Of(string key, string text) => HMACSHA1.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5350, CA5351

    private static string Hex(byte[] digest) => Convert.ToHexStringLower(digest);

    private static string Base64Decode(BuiltinCall c)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(c.Text(0)));
        }
        catch (FormatException e)
        {
            throw c.Problem("needs base64 text", e);
        }
    }
}
