using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;

namespace LpmOs.Tasks.Lists;

/// <summary>Query of <c>GET /api/v1/tasks</c>; texts, so that what is wrong is answered with the field's name.</summary>
internal sealed record TaskQuery
{
    [FromQuery(Name = "idc"), Description("Only this IDC.")]
    public string? Idc { get; init; }
    [FromQuery(Name = "status"), Description("Only these states, separated by commas: pending, approved, rejected, cancelled, installing, completed, failed.")]
    public string? Status { get; init; }
    [FromQuery(Name = "q"), Description("Free text, at most 100 characters: part of serial number, MAC, task id, hostname, system, tag or notes.")]
    public string? Q { get; init; }
    [FromQuery(Name = "tag"), Description("Only tasks with this tag.")]
    public string? Tag { get; init; }
    [FromQuery(Name = "sort"), Description("created_at, updated_at or sn; with '-' in front descending. Default: -created_at.")]
    public string? Sort { get; init; }
    [FromQuery(Name = "limit"), Description("Rows of the page, 1 to 1000. Default: 50.")]
    public string? Limit { get; init; }
    [FromQuery(Name = "cursor"), Description("next_cursor of the page before, asked with the same filters and sort.")]
    public string? Cursor { get; init; }
}
