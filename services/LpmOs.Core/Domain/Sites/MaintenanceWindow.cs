using System.Globalization;

namespace LpmOs.Core.Domain.Sites;

/// <summary>A time of day in which installations may begin; it may reach over midnight.</summary>
public sealed record MaintenanceWindow
{
    /// <summary>mon, tue, wed, thu, fri, sat, sun: the days on which it opens; empty: every day.</summary>
    public IReadOnlyList<string> Days { get; init => field = value ?? []; } = [];
    /// <summary>hh:mm, local time of <see cref="TimeZone"/>.</summary>
    public required string From { get; init; }
    /// <summary>hh:mm, not included.</summary>
    public required string To { get; init; }
    /// <summary>IANA name, for example <c>Asia/Shanghai</c>.</summary>
    public string TimeZone { get; init => field = value ?? "UTC"; } = "UTC";

    public static IReadOnlyList<string> DayNames { get; } = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    public static bool IsTime(string? text) => TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    /// <summary>This host knows the time zone. Minimal images lack the tzdata package, and names come and go with its versions.</summary>
    public bool IsKnown => Zone(TimeZone) is not null;

    /// <summary>Null where this host does not know the name; whatever is odd about it.</summary>
    public static TimeZoneInfo? Zone(string? name)
    {
        try
        {
            return name is not null && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>False also where the time zone is not known: nobody can say then that it is open.</summary>
    public bool IsOpen(DateTimeOffset now)
    {
        if (Zone(TimeZone) is not { } zone)
            return false;
        var local = TimeZoneInfo.ConvertTime(now, zone);
        var time = TimeOnly.FromTimeSpan(local.TimeOfDay);
        var (from, to) = (Parse(From), Parse(To));
        if (from < to)
            return time >= from && time < to && Opens(local.DayOfWeek);
        // Over midnight: the hours after it belong to the day before.
        return (time >= from && Opens(local.DayOfWeek)) || (time < to && Opens(local.AddDays(-1).DayOfWeek));
    }

    public override string ToString() => $"{(Days.Count == 0 ? "daily" : string.Join(",", Days))} {From}-{To} {TimeZone}";

    private bool Opens(DayOfWeek day) => Days.Count == 0 || Days.Contains(DayNames[(int)day]);

    private static TimeOnly Parse(string text) => TimeOnly.ParseExact(text, "HH:mm", CultureInfo.InvariantCulture);
}
