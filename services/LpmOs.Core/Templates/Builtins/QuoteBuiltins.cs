using System.Globalization;
using System.Text;
using System.Text.Json;
using LpmOs.Core.Templates.Runtime;
using LpmOs.Core.Templates.Syntax;

namespace LpmOs.Core.Templates.Builtins;

/// <summary>
/// <c>quote.*</c>: a value in the form that a kind of file takes literally (ours, not Scriban's). No value can end a line, an argument
/// or a string: what the kind of file can encode is encoded, what it cannot is refused. Null is refused, too: write <c>value ?? "default"</c>.
/// </summary>
internal static class QuoteBuiltins
{
    private static readonly FunctionParameter Subject = new("value");

    public static IEnumerable<(string, FunctionParameter[]?, Func<BuiltinCall, object?>)> All =>
    [
        ("ipxe", [Subject], c => IpxeQuoting.Argument(c, Value(c))),
        ("ipxe_words", [Subject], c => IpxeQuoting.Words(c, Value(c))),
        ("shell", [Subject], c => SingleQuoted(OneLine(c))),
        ("kickstart", [Subject], c => SingleQuoted(OneLine(c))),
        ("grub", [Subject], c => SingleQuoted(OneLine(c))),
        ("preseed", [Subject], c => Preseed(c)),
        ("yaml", [Subject], c => Yaml(Value(c))),
        ("json", [Subject], c => $"\"{JsonEncodedText.Encode(Value(c))}\""),
        ("xml", [Subject], c => Xml(c)),
        ("word", [Subject], c => Word(c)),
        ("url", [Subject], c => Uri.EscapeDataString(Value(c))),
    ];

    /// <summary>The value as well-formed Unicode text; only single values have one.</summary>
    private static string Value(BuiltinCall c)
    {
        if (c[0] is not (string or bool or long or double or decimal))
            throw c.Problem($"needs text, a number or a boolean, got {ValueText.TypeName(c[0])}");
        var text = c.Text(0);
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogatePair(text, i))
                i++;
            else if (char.IsSurrogate(text[i]))
                throw c.Problem("got text that is not well-formed Unicode");
        }
        return text;
    }

    /// <summary>Text without what any program could take for the end of a line or of a string.</summary>
    public static string RefuseControls(BuiltinCall c, string text)
    {
        var bad = text.AsSpan().IndexOfAnyInRange('\0', '\x1f') is var at and >= 0 ? at : text.AsSpan().IndexOfAny("\x7f\x85\u2028\u2029");
        if (bad < 0)
            bad = text.AsSpan().IndexOfAnyInRange('\x80', '\x9f');
        return bad < 0 ? text : throw c.Problem(string.Create(CultureInfo.InvariantCulture,
            $"refuses the value: it contains the control character or line end U+{(int)text[bad]:X4} at position {bad + 1}"));
    }

    private static string OneLine(BuiltinCall c) => RefuseControls(c, Value(c));

    /// <summary>
    /// POSIX shell (XCU 2.2.2), GRUB script (GRUB manual, "Quoting") and kickstart (pykickstart splits lines with Python's shlex in POSIX mode):
    /// in single quotes all is literal but the quote itself, which stands outside of them as <c>\'</c>.
    /// </summary>
    private static string SingleQuoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>
    /// The value of a debconf preseed line, which is the rest of the line as it stands: there is no quoting (debconf-set-selections(1)).
    /// A backslash at the end would join the next line; blanks around the value would be cut off or not, depending on the reader.
    /// In lists (multiselect) commas separate: refuse them there in the template.
    /// </summary>
    private static string Preseed(BuiltinCall c)
    {
        var text = OneLine(c);
        if (text.EndsWith('\\'))
            throw c.Problem("refuses the value: a backslash at the end of a preseed line continues it on the next");
        if (text.Length != text.Trim().Length)
            throw c.Problem("refuses the value: blanks at the beginning or the end of a preseed value are not kept");
        return text;
    }

    /// <summary>
    /// One word that is literal in every kind of file: a package, a device, a user's name, an address. Letters, digits and . _ : / @ + - = , %,
    /// beginning with a letter, a digit, / or :. All else is refused; so it can be no option, no section, no comment, no expansion.
    /// </summary>
    private static string Word(BuiltinCall c)
    {
        var text = Value(c);
        if (text.Length == 0 || !(char.IsAsciiLetterOrDigit(text[0]) || text[0] is '/' or ':') || text.Any(ch => !char.IsAsciiLetterOrDigit(ch) && !"._:/@+-=,%".Contains(ch, StringComparison.Ordinal)))
            throw c.Problem($"refuses the value \"{string.Concat(text.Select(ch => char.IsControl(ch) ? '?' : ch))}\": allowed are letters, digits and . _ : / @ + - = , %, beginning with a letter, a digit, / or :");
        return text;
    }

    /// <summary>A double-quoted scalar on one line (YAML 1.2.2, 5.7 and 7.3.1; the escapes are those of YAML 1.1, too).</summary>
    private static string Yaml(string text)
    {
        var result = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' or '\\' => result.Append('\\').Append(c),
                '\n' => result.Append("\\n"),
                '\r' => result.Append("\\r"),
                '\t' => result.Append("\\t"),
                < ' ' or (>= '\x7f' and <= '\xa0') or '\u2028' or '\u2029' or '\ufeff' or '\ufffe' or '\uffff' =>
                    result.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
                _ => result.Append(c),
            };
        }
        return result.Append('"').ToString();
    }

    /// <summary>
    /// For text and for attributes in either kind of quotes. Line ends and tabs become character references, because attributes would
    /// turn them into blanks (XML 1.0, 2.11 and 3.3.3); characters that XML cannot have at all (2.2) are refused.
    /// </summary>
    private static string Xml(BuiltinCall call)
    {
        var result = new StringBuilder();
        foreach (var c in Value(call))
        {
            _ = c switch
            {
                '&' => result.Append("&amp;"),
                '<' => result.Append("&lt;"),
                '>' => result.Append("&gt;"),
                '"' => result.Append("&quot;"),
                '\'' => result.Append("&apos;"),
                '\t' or '\n' or '\r' or (>= '\x7f' and <= '\x9f') or '\u2028' or '\u2029' => result.Append(CultureInfo.InvariantCulture, $"&#x{(int)c:X};"),
                < ' ' or '\ufffe' or '\uffff' => throw call.Problem(string.Create(CultureInfo.InvariantCulture, $"refuses the value: XML cannot contain U+{(int)c:X4}")),
                _ => result.Append(c),
            };
        }
        return result.ToString();
    }
}
