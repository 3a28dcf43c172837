namespace LpmOs.Core.Domain.Boots;

/// <summary>
/// One boot of one machine: the value of <c>/os/{idc}/boots/{mac}</c>, and of <c>/os/{idc}/former-boots/{mac}/{boot_id}</c> once another has begun.
/// Boot and regional services of the site add to it, each by compare-and-swap.
/// </summary>
public sealed record BootRecord
{
    /// <summary>Boots kept of one MAC, the present one included.</summary>
    public const int Kept = 10;

    public required string Idc { get; init; }
    /// <summary>Of the interface that it boots from: lower case, colons.</summary>
    public required string Mac { get; init; }
    /// <summary>When it began, as text that sorts: <c>20260102T030405123Z</c>.</summary>
    public required string BootId { get; init; }
    /// <summary>Serial number, once anybody told it.</summary>
    public string? Sn { get; init; }
    /// <summary>Task that a script or an operation of this boot was for.</summary>
    public string? TaskId { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    /// <summary>Time of the last event; of a file that was sent, when it was sent.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
    public required IReadOnlyList<BootEvent> Events { get; init => field = value ?? []; }
    /// <summary>Events left out in the middle, because there were too many.</summary>
    public int Omitted { get; init; }
    /// <summary>Code of the stall that was found, see <see cref="StallTexts"/>.</summary>
    public string? Stall { get; init; }
    /// <summary>Ids of the former boots that are kept, the newest first.</summary>
    public IReadOnlyList<string> Former { get; init => field = value ?? []; } = [];
}
