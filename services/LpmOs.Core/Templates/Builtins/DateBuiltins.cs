using System.Globalization;
using System.Text;
using LpmOs.Core.Templates.Runtime;
using LpmOs.Core.Templates.Syntax;

namespace LpmOs.Core.Templates.Builtins;

/// <summary>Scriban's <c>date</c> and <c>timespan</c> functions, always in UTC and without the clock.</summary>
internal static class DateBuiltins
{
    private const string Clock = "is not available: what is rendered depends on the variables alone; pass the time as a variable";
    private static readonly FunctionParameter Subject = new("date");

    public static IEnumerable<(string, FunctionParameter[]?, Func<BuiltinCall, object?>)> Date =>
    [
        ("now", [], c => throw c.Problem(Clock)),
        ("utc_now", [], c => throw c.Problem(Clock)),
        ("parse", [new("text"), new("pattern", true), new("culture", true)], c => Parse(c)),
        ("to_string", [new("datetime"), new("pattern"), new("culture", true)], c => c[0] is null ? null : DateFormat.Format(Time(c), c.Text(1))),
        ("add_days", [Subject, new("days")], c => Add(c, time => time.AddDays(c.Double(1)))),
        ("add_hours", [Subject, new("hours")], c => Add(c, time => time.AddHours(c.Double(1)))),
        ("add_minutes", [Subject, new("minutes")], c => Add(c, time => time.AddMinutes(c.Double(1)))),
        ("add_seconds", [Subject, new("seconds")], c => Add(c, time => time.AddSeconds(c.Double(1)))),
        ("add_milliseconds", [Subject, new("millis")], c => Add(c, time => time.AddMilliseconds(c.Double(1)))),
        ("add_months", [Subject, new("months")], c => Add(c, time => time.AddMonths(c.Int(1)))),
        ("add_years", [Subject, new("years")], c => Add(c, time => time.AddYears(c.Int(1)))),
    ];

    public static IEnumerable<(string, FunctionParameter[]?, Func<BuiltinCall, object?>)> Span =>
    [
        ("from_days", [new("days")], c => Duration(c, TimeSpan.TicksPerDay)),
        ("from_hours", [new("hours")], c => Duration(c, TimeSpan.TicksPerHour)),
        ("from_minutes", [new("minutes")], c => Duration(c, TimeSpan.TicksPerMinute)),
        ("from_seconds", [new("seconds")], c => Duration(c, TimeSpan.TicksPerSecond)),
        ("from_milliseconds", [new("millis")], c => Duration(c, TimeSpan.TicksPerMillisecond)),
        ("parse", [new("text")], c => TimeSpan.TryParse(c.Text(0), CultureInfo.InvariantCulture, out var span)
            ? span
            : throw c.Problem($"cannot read \"{c.Text(0)}\" as a span of time")),
    ];

    private static TimeSpan Duration(BuiltinCall c, long ticks) => c.Double(0) * ticks is var span && Math.Abs(span) < 1e18
        ? TimeSpan.FromTicks((long)span)
        : throw c.Problem("is out of range");

    private static DateTimeOffset Time(BuiltinCall c) => c[0] switch
    {
        DateTimeOffset time => time,
        string text when TryParse(text, out var time) => time,
        _ => throw c.Problem($"needs a time, got {ValueText.TypeName(c[0])}{(c[0] is string text ? $" (\"{text}\")" : "")}"),
    };

    private static DateTimeOffset Add(BuiltinCall c, Func<DateTimeOffset, DateTimeOffset> add)
    {
        try
        {
            return add(Time(c));
        }
        catch (ArgumentException e)
        {
            throw c.Problem("is out of range", e);
        }
    }

    private static bool TryParse(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);

    private static DateTimeOffset? Parse(BuiltinCall c)
    {
        if (c.TextOrNull(0) is not { Length: > 0 } text)
            return null;
        if (c.TextOrNull(1) is not { } pattern)
            return TryParse(text, out var time) ? time : throw c.Problem($"cannot read \"{text}\" as a time");
        var format = new StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] != '%' || i + 1 >= pattern.Length)
                format.Append(pattern[i]);
            else if (pattern[++i] != 'g')
                format.Append(DateFormat.DotNetFormat(pattern[i]) ?? throw c.Problem($"does not know %{pattern[i]}"));
        }
        return DateTimeOffset.TryParseExact(text, format.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var exact)
            ? exact
            : throw c.Problem($"cannot read \"{text}\" with \"{pattern}\"");
    }
}
