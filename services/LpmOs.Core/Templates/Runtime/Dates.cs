namespace LpmOs.Core.Templates.Runtime;

/// <summary>Members of times and of spans of time, by the names of Scriban's <c>date</c> and <c>timespan</c>.</summary>
internal static class Dates
{
    public static bool TryGetMember(DateTimeOffset time, string name, out object? value)
    {
        value = name switch
        {
            "year" => (long)time.Year,
            "month" => (long)time.Month,
            "day" => (long)time.Day,
            "day_of_year" => (long)time.DayOfYear,
            "hour" => (long)time.Hour,
            "minute" => (long)time.Minute,
            "second" => (long)time.Second,
            "millisecond" => (long)time.Millisecond,
            _ => null,
        };
        return value is not null;
    }

    public static bool TryGetMember(TimeSpan span, string name, out object? value)
    {
        value = name switch
        {
            "days" => (long)span.Days,
            "hours" => (long)span.Hours,
            "minutes" => (long)span.Minutes,
            "seconds" => (long)span.Seconds,
            "milliseconds" => (long)span.Milliseconds,
            "total_days" => span.TotalDays,
            "total_hours" => span.TotalHours,
            "total_minutes" => span.TotalMinutes,
            "total_seconds" => span.TotalSeconds,
            "total_milliseconds" => span.TotalMilliseconds,
            _ => null,
        };
        return value is not null;
    }
}
