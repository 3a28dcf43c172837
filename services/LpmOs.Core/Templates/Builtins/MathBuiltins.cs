using System.Globalization;
using LpmOs.Core.Templates.Runtime;
using LpmOs.Core.Templates.Syntax;

namespace LpmOs.Core.Templates.Builtins;

/// <summary>Scriban's <c>math</c> functions, without those that depend on chance.</summary>
internal static class MathBuiltins
{
    private const string Chance = "is not available: what is rendered depends on the variables alone; pass the value as a variable";
    private static readonly FunctionParameter Subject = new("value");
    private static readonly FunctionParameter With = new("with");

    public static IEnumerable<(string, FunctionParameter[]?, Func<BuiltinCall, object?>)> All =>
    [
        ("abs", [Subject], c => Abs(c)),
        ("ceil", [Subject], c => Math.Ceiling(c.Double(0))),
        ("floor", [Subject], c => Math.Floor(c.Double(0))),
        ("round", [Subject, new("precision", true, 0L)], c => Math.Round(c.Double(0), Math.Clamp(c.Int(1), 0, 15))),
        ("plus", [Subject, With], c => Operators.Binary(c.Context, c.Caller, "+", c[0], c[1])),
        ("minus", [Subject, With], c => Operators.Binary(c.Context, c.Caller, "-", c[0], c[1])),
        ("times", [Subject, With], c => Operators.Binary(c.Context, c.Caller, "*", c[0], c[1])),
        ("modulo", [Subject, With], c => Operators.Binary(c.Context, c.Caller, "%", c[0], c[1])),
        ("divided_by", [Subject, new("divisor")], c => DividedBy(c)),
        ("is_number", [Subject], c => c[0] is long or double or decimal),
        ("format", [Subject, new("format"), new("culture", true)], c => c[0] is null or long or double or decimal
            ? Format(c)
            : throw c.Problem($"needs a number, got {ValueText.TypeName(c[0])}")),
        ("uuid", [], c => throw c.Problem(Chance)),
        ("random", [new("min_value"), new("max_value")], c => throw c.Problem(Chance)),
    ];

    /// <summary>.NET format strings, in the invariant culture only.</summary>
    public static string Format(BuiltinCall c)
    {
        if (c[2] is not null && c.Text(2).Length > 0)
            throw c.Problem("has the invariant culture only: output must not depend on the machine");
        var format = c.Text(1);
        // A precision such as N999999999 would ask for that many digits.
        if (format.Length > 50 || format.Count(char.IsAsciiDigit) > 3)
            throw c.Problem($"does not take the format \"{format}\"");
        try
        {
            return c[0] switch
            {
                null => "",
                IFormattable value => value.ToString(format, CultureInfo.InvariantCulture),
                _ => throw c.Problem($"needs a number or a time, got {ValueText.TypeName(c[0])}"),
            };
        }
        catch (FormatException e)
        {
            throw c.Problem($"does not know the format \"{format}\"", e);
        }
    }

    private static object? Abs(BuiltinCall c) => c[0] switch
    {
        null => null,
        long.MinValue => throw c.Problem("cannot represent the result"),
        long value => Math.Abs(value),
        double value => Math.Abs(value),
        decimal value => Math.Abs(value),
        _ => throw c.Problem($"needs a number, got {ValueText.TypeName(c[0])}"),
    };

    private static object? DividedBy(BuiltinCall c)
    {
        var result = Operators.Binary(c.Context, c.Caller, "/", c.Double(0), c[1]);
        if (c[1] is not long || result is not double quotient)
            return result;
        return double.IsFinite(quotient) && Math.Abs(quotient) < int.MaxValue
            ? (long)Math.Floor(quotient)
            : throw c.Problem("divides by zero or is out of range");
    }
}
