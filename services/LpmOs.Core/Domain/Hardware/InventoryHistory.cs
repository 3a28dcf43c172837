using System.Globalization;
using LpmOs.Contracts.Hardware;

namespace LpmOs.Core.Domain.Hardware;

/// <summary>
/// Former reports of a machine under <c>/os/{idc}/inventories/{sn}/{id}</c>: one for each time the hardware changed, the last few.
/// The present report is the machine's <c>meta</c>; a machine whose hardware never changed has no key here.
/// </summary>
public static class InventoryHistory
{
    public const int Kept = 10;
    /// <summary>Stands for the present report where an id is asked for.</summary>
    public const string Current = "current";

    private const string Format = "yyyyMMdd'T'HHmmssfffffff'Z'";

    /// <summary>When the report was made, to the clock's last digit, so that ids sort by age and two reports never share one.</summary>
    public static string Id(Inventory report) => (report.ReportedAt ?? DateTimeOffset.UnixEpoch).UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    public static bool IsId(string? text) =>
        text is { Length: <= 32 } && DateTime.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
}
