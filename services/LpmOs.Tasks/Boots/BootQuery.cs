using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;

namespace LpmOs.Tasks.Boots;

/// <summary>Query of <c>GET /api/v1/boots</c>.</summary>
internal sealed record BootQuery
{
    [FromQuery(Name = "idc"), Description("Only this IDC.")]
    public string? Idc { get; init; }
    [FromQuery(Name = "stalled"), Description("true: only boots that stand still; false: only the others.")]
    public string? Stalled { get; init; }
    [FromQuery(Name = "unknown"), Description("true: only MACs whose serial number nobody knows; false: only the others.")]
    public string? Unknown { get; init; }
    [FromQuery(Name = "q"), Description("At most 200 characters, looked for in MAC, serial number, task id and address.")]
    public string? Q { get; init; }
    [FromQuery(Name = "after"), Description("Only boots whose last event is at or after this time (ISO 8601).")]
    public string? After { get; init; }
    [FromQuery(Name = "limit"), Description("Rows of the page, 1 to 1000. Default: 50.")]
    public string? Limit { get; init; }
    [FromQuery(Name = "cursor"), Description("next_cursor of the page before, asked with the same filters.")]
    public string? Cursor { get; init; }
}
