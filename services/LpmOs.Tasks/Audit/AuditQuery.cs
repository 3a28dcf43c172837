using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;

namespace LpmOs.Tasks.Audit;

/// <summary>Query of <c>GET /api/v1/audit</c>.</summary>
internal sealed record AuditQuery
{
    [FromQuery(Name = "idc"), Description("Only this IDC.")]
    public string? Idc { get; init; }
    [FromQuery(Name = "sn"), Description("Only this serial number.")]
    public string? Sn { get; init; }
    [FromQuery(Name = "task_id"), Description("Only this task.")]
    public string? TaskId { get; init; }
    [FromQuery(Name = "by"), Description("Only changes by this name.")]
    public string? By { get; init; }
    [FromQuery(Name = "action"), Description("Only this action, for example task.approved, or with a '.' at the end all that begin so: task.")]
    public string? Action { get; init; }
    [FromQuery(Name = "after"), Description("Only changes at or after this time (ISO 8601).")]
    public string? After { get; init; }
    [FromQuery(Name = "before"), Description("Only changes before this time (ISO 8601).")]
    public string? Before { get; init; }
    [FromQuery(Name = "format"), Description("json (default): a page; jsonl: every record that matches, one JSON object a line.")]
    public string? Format { get; init; }
    [FromQuery(Name = "limit"), Description("Records of the page, 1 to 1000. Default: 50.")]
    public string? Limit { get; init; }
    [FromQuery(Name = "cursor"), Description("next_cursor of the page before. A page may be short, even empty, while there is a next one: the service looks through so many records at a time.")]
    public string? Cursor { get; init; }
}
