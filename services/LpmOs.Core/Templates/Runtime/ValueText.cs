using System.Globalization;
using System.Text;
using LpmOs.Core.Templates.Syntax;

namespace LpmOs.Core.Templates.Runtime;

/// <summary>How values are written: as Scriban writes them, independent of the machine's culture.</summary>
internal static class ValueText
{
    private const int MaxDepth = 20;

    /// <returns>Null for null.</returns>
    public static string? Of(RenderContext context, Node node, object? value)
    {
        switch (value)
        {
            case null or Empty:
                return null;
            case string text:
                return text;
            case bool flag:
                return flag ? "true" : "false";
            case DateTimeOffset time:
                return Builtins.DateFormat.Format(time, Builtins.DateFormat.Default);
            case IFormattable formattable:
                return formattable.ToString(null, CultureInfo.InvariantCulture);
            case Function:
                return "<function>";
            default:
                var result = new StringBuilder();
                Append(context, node, result, value, 0);
                return context.Charge(node, result.ToString());
        }
    }

    public static string TypeName(object? value) => value switch
    {
        null => "null",
        string => "a string",
        bool => "a boolean",
        long or double or decimal => "a number",
        DateTimeOffset => "a time",
        TimeSpan => "a span of time",
        Function => "a function",
        IReadOnlyDictionary<string, object?> or LoopState => "an object",
        _ => "a list",
    };

    private static void Append(RenderContext context, Node node, StringBuilder result, object? value, int depth)
    {
        if (depth > MaxDepth)
            throw context.Problem(node, "the value is nested too deeply, or contains itself");
        context.CheckLength(node, result.Length);
        context.Step(node);
        switch (context.Normalize(node, value))
        {
            case null or Empty:
                result.Append("null");
                break;
            case string text:
                result.Append('"').Append(Escape(text)).Append('"');
                break;
            case IReadOnlyDictionary<string, object?> members:
                AppendMembers(context, node, result, members, depth);
                break;
            case IReadOnlyList<object?> items:
                result.Append('[');
                for (var i = 0; i < items.Count; i++)
                {
                    if (i > 0)
                        result.Append(", ");
                    Append(context, node, result, items[i], depth + 1);
                }
                result.Append(']');
                break;
            case var other:
                result.Append(Of(context, node, other));
                break;
        }
    }

    private static void AppendMembers(RenderContext context, Node node, StringBuilder result, IReadOnlyDictionary<string, object?> members, int depth)
    {
        result.Append('{');
        var first = true;
        foreach (var (name, member) in members)
        {
            if (!first)
                result.Append(", ");
            first = false;
            if (IsSimpleName(name))
                result.Append(name);
            else
                result.Append('"').Append(Escape(name)).Append('"');
            result.Append(": ");
            Append(context, node, result, member, depth + 1);
        }
        result.Append('}');
    }

    private static bool IsSimpleName(string name) =>
        name.Length > 0 && (char.IsLetter(name[0]) || name[0] == '_') && name.All(c => char.IsLetterOrDigit(c) || c == '_');

    /// <summary>Escapes as <c>string.escape</c> does.</summary>
    public static string Escape(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            var known = "\\\"\a\b\f\n\r\t\v".IndexOf(c, StringComparison.Ordinal);
            if (known >= 0)
                result.Append('\\').Append("\\\"abfnrtv"[known]);
            else if (c < ' ')
                result.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            else
                result.Append(c);
        }
        return result.ToString();
    }
}
