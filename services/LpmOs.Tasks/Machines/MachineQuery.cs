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
    [FromQuery(Name = "decommissioned"), Description("true: only machines taken out of service. Default: false, only the others.")]
    public string? Decommissioned { get; init; }
    [FromQuery(Name = "tag"), Description("Only machines with this tag.")]
    public string? Tag { get; init; }
    [FromQuery(Name = "q"), Description("At most 200 characters, looked for in every text of the hardware, in notes and tags. field:value asks for one field, for example disk.model:samsung, memory.total_gb:>=256 or cpu.model:\"EPYC 9654\"; all that is given must be found.")]
    public string? Q { get; init; }
    [FromQuery(Name = "sort"), Description("sn or reported_at; with '-' in front descending. Default: sn.")]
    public string? Sort { get; init; }
    [FromQuery(Name = "limit"), Description("Rows of the page, 1 to 1000. Default: 50.")]
    public string? Limit { get; init; }
    [FromQuery(Name = "cursor"), Description("next_cursor of the page before, asked with the same filters and sort.")]
    public string? Cursor { get; init; }
}
