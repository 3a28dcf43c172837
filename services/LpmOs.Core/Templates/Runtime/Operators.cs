using System.Globalization;
using LpmOs.Core.Templates.Syntax;

namespace LpmOs.Core.Templates.Runtime;

/// <summary>Operators on values (Scriban language reference, 8.4 to 8.8).</summary>
internal static class Operators
{
    /// <summary>Only null and false are false.</summary>
    public static bool IsTrue(object? value) => value switch
    {
        null or Empty => false,
        bool flag => flag,
        _ => true,
    };

    /// <returns>Null for what can be neither empty nor not.</returns>
    public static object? IsEmpty(object? value) => value switch
    {
        null or Empty => true,
        string text => text.Length == 0,
        IReadOnlyCollection<KeyValuePair<string, object?>> members => members.Count == 0,
        IReadOnlyList<object?> list => list.Count == 0,
        bool flag => !flag,
        _ => false,
    };

    public static int ToInt(RenderContext context, Node node, object? value)
    {
        try
        {
            return value switch
            {
                null => 0,
                long number => checked((int)number),
                double or decimal or bool => Convert.ToInt32(value, CultureInfo.InvariantCulture),
                string text => int.Parse(text, NumberStyles.Integer, CultureInfo.InvariantCulture),
                _ => throw new FormatException(),
            };
        }
        catch (Exception e) when (e is OverflowException or FormatException)
        {
            throw context.Problem(node, $"expected a whole number, got {ValueText.TypeName(value)}{(value is string or long or double ? $" ({value})" : "")}");
        }
    }

    public static object? Sign(RenderContext context, Node node, bool negate, object? value) => value switch
    {
        null => null,
        long number when number == long.MinValue && negate => throw context.Problem(node, "the number is out of range"),
        long number => negate ? -number : number,
        double number => negate ? -number : number,
        decimal number => negate ? -number : number,
        string text => negate ? Negated(context, node, text) : ParsedNumber(context, node, text),
        _ => throw context.Problem(node, $"a sign needs a number, got {ValueText.TypeName(value)}"),
    };

    private static object Negated(RenderContext context, Node node, string text) => Sign(context, node, true, ParsedNumber(context, node, text))!;

    private static object ParsedNumber(RenderContext context, Node node, string text) =>
        long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var integer) ? integer
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
        : throw context.Problem(node, $"a sign needs a number, got the string \"{text}\"");

    public static object? Binary(RenderContext context, Node node, string op, object? left, object? right)
    {
        if (left is string || right is string)
            return OnText(context, node, op, left, right);
        if (left is null || right is null)
            return OnNull(op, left is null && right is null);
        if (left is Empty || right is Empty)
            return OnEmpty(context, node, op, left, right);
        if ((left is ScriptArray || right is ScriptArray) && ArrayOperators.TryApply(context, node, op, left, right, out var result))
            return result;
        return (left, right) switch
        {
            (decimal l, _) when TryDecimal(right, out var r) => OnDecimals(context, node, op, l, r),
            (_, decimal r) when TryDecimal(left, out var l) => OnDecimals(context, node, op, l, r),
            (double l, _) when TryDouble(right, out var r) => OnDoubles(context, node, op, l, r),
            (_, double r) when TryDouble(left, out var l) => OnDoubles(context, node, op, l, r),
            (long l, _) when TryLong(right, out var r) => OnIntegers(context, node, op, l, r),
            (_, long r) when TryLong(left, out var l) => OnIntegers(context, node, op, l, r),
            (bool l, bool r) when op is "==" or "!=" => op == "==" ? l == r : l != r,
            (DateTimeOffset l, DateTimeOffset r) when op == "-" => l - r,
            (DateTimeOffset l, DateTimeOffset r) when Compare(op, l.CompareTo(r)) is { } ordered => ordered,
            (DateTimeOffset l, TimeSpan r) when op is "+" or "-" => op == "+" ? l + r : l - r,
            (TimeSpan l, TimeSpan r) when Compare(op, l.CompareTo(r)) is { } ordered => ordered,
            _ when op is "==" => left.Equals(right),
            _ when op is "!=" => !left.Equals(right),
            _ => throw Unsupported(context, node, op, left, right),
        };
    }

    private static TemplateException Unsupported(RenderContext context, Node node, string op, object? left, object? right) =>
        context.Problem(node, $"'{op}' does not work between {ValueText.TypeName(left)} and {ValueText.TypeName(right)}");

    private static object? OnText(RenderContext context, Node node, string op, object? left, object? right)
    {
        if (op == "*")
            return Repeat(context, node, left, right);
        var leftText = ValueText.Of(context, node, left);
        var rightText = ValueText.Of(context, node, right);
        if (op == "+")
        {
            context.CheckLength(node, (long)(leftText?.Length ?? 0) + (rightText?.Length ?? 0));
            return context.Charge(node, leftText + rightText);
        }
        return op switch
        {
            "==" => leftText == rightText,
            "!=" => leftText != rightText,
            _ => Compare(op, string.CompareOrdinal(leftText, rightText)) ?? throw Unsupported(context, node, op, left, right),
        };
    }

    private static string Repeat(RenderContext context, Node node, object? left, object? right)
    {
        if (right is string)
            (left, right) = (right, left);
        var text = ValueText.Of(context, node, left) ?? "";
        var count = Math.Max(0, ToInt(context, node, right));
        context.CheckLength(node, (long)text.Length * count);
        return context.Charge(node, new System.Text.StringBuilder().Insert(0, text, text.Length == 0 ? 0 : count).ToString());
    }

    private static object? OnNull(string op, bool both) => op switch
    {
        "==" => both,
        "!=" => !both,
        "<" or ">" or "<=" or ">=" => false,
        _ => null,
    };

    private static bool OnEmpty(RenderContext context, Node node, string op, object left, object right)
    {
        var equal = (left is Empty && right is Empty) || IsEmpty(left is Empty ? right : left) is true;
        return op switch
        {
            "==" or ">=" or "<=" => equal,
            "!=" => !equal,
            "<" or ">" => false,
            _ => throw Unsupported(context, node, op, left, right),
        };
    }

    public static object? Compare(string op, int order) => op switch
    {
        "==" => order == 0,
        "!=" => order != 0,
        "<" => order < 0,
        "<=" => order <= 0,
        ">" => order > 0,
        ">=" => order >= 0,
        _ => null,
    };

    private static object OnIntegers(RenderContext context, Node node, string op, long left, long right)
    {
        try
        {
            return op switch
            {
                "+" => checked(left + right),
                "-" => checked(left - right),
                "*" => checked(left * right),
                "/" => (double)left / right,
                "//" => checked(left / right),
                "%" => right == -1 ? 0L : left % right,
                "<<" when right is >= 0 and < 64 && ((left << (int)right) >> (int)right) == left => left << (int)right,
                ">>" when right >= 0 => left >> (int)Math.Min(right, 63),
                ".." or "..<" => Range.Of(left, right, op == "..") ?? throw new OverflowException(),
                "<<" or ">>" => throw new OverflowException(),
                _ => Compare(op, left.CompareTo(right)) ?? throw Unsupported(context, node, op, left, right),
            };
        }
        catch (OverflowException)
        {
            throw context.Problem(node, $"{left} {op} {right} is out of range");
        }
        catch (DivideByZeroException)
        {
            throw context.Problem(node, $"{left} {op} {right} divides by zero");
        }
    }

    private static object OnDoubles(RenderContext context, Node node, string op, double left, double right) => op switch
    {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" => left / right,
        "//" => Math.Round(left / right),
        "%" => left % right,
        "==" => left == right,
        "!=" => left != right,
        "<" => left < right,
        "<=" => left <= right,
        ">" => left > right,
        ">=" => left >= right,
        _ => throw Unsupported(context, node, op, left, right),
    };

    private static object OnDecimals(RenderContext context, Node node, string op, decimal left, decimal right)
    {
        try
        {
            return op switch
            {
                "+" => left + right,
                "-" => left - right,
                "*" => left * right,
                "/" => left / right,
                "//" => Math.Round(left / right),
                "%" => left % right,
                _ => Compare(op, left.CompareTo(right)) ?? throw Unsupported(context, node, op, left, right),
            };
        }
        catch (ArithmeticException)
        {
            throw context.Problem(node, $"{left} {op} {right} divides by zero or is out of range");
        }
    }

    private static bool TryDecimal(object value, out decimal number)
    {
        number = 0;
        if (value is double real && Math.Abs(real) > (double)decimal.MaxValue / 10)
            return false;
        if (value is not (long or double or decimal or bool) || value is double.NaN)
            return false;
        number = Convert.ToDecimal(value, CultureInfo.InvariantCulture);
        return true;
    }

    private static bool TryDouble(object value, out double number)
    {
        var known = value is long or double or bool;
        number = known ? Convert.ToDouble(value, CultureInfo.InvariantCulture) : 0;
        return known;
    }

    private static bool TryLong(object value, out long number)
    {
        number = value is long integer ? integer : value is true ? 1 : 0;
        return value is long or bool;
    }
}
