using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;

namespace LpmOs.Tasks.Machines;

/// <summary>Query of <c>GET /api/v1/machines</c>.</summary>
internal sealed record MachineQuery
{
    [FromQuery(Name = "idc"), Description("Only this IDC.")]
    public string? Idc { get; init; }
    [FromQuery(Name = "unmatched"), Description("true: only reported hardware that no task asks for; false: only the others.")]
    public string? Unmatched { get; init; }
    [FromQuery(Name = "online"), Description("true or false: only machines that are, or are not, in contact.")]
    public string? Online { get; init; }
    [FromQuery(Name = "q"), Description("Free text, at most 100 characters: part of serial number, MAC, company, product, model, CPU, disk model, disk serial or WWN.")]
    public string? Q { get; init; }
    [FromQuery(Name = "limit"), Description("Rows of the page, 1 to 1000. Default: 50.")]
    public string? Limit { get; init; }
    [FromQuery(Name = "cursor"), Description("next_cursor of the page before.")]
    public string? Cursor { get; init; }
}
