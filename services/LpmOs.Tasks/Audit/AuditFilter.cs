using LpmOs.Core.Domain.Audit;
using LpmOs.Core.Hosting;

namespace LpmOs.Tasks.Audit;

/// <summary>Which records of all.</summary>
internal sealed record AuditFilter
{
    private const int LongestText = 128;

    public string? Idc { get; init; }
    /// <summary>Of these alone; null: of all, and what belongs to none.</summary>
    public IReadOnlySet<string>? Sites { get; init; }
    public string? Sn { get; init; }
    public string? TaskId { get; init; }
    public string? By { get; init; }
    public string? Action { get; init; }
    public DateTimeOffset? After { get; init; }
    public DateTimeOffset? Before { get; init; }

    public static AuditFilter Parse(AuditQuery query, FieldErrors errors)
    {
        if (query.Idc is not null)
            errors.Check("idc", query.Idc == "global" || Core.Domain.Identity.Names.IsIdc(query.Idc), query.Idc, Core.Domain.Identity.Names.IdcAllowed.Replace("; not 'global'", ", or 'global' for what belongs to no IDC", StringComparison.Ordinal));
        if (query.Sn is not null)
            errors.Sn(query.Sn);
        if (query.TaskId is not null)
            errors.TaskId(query.TaskId);
        errors.Length("by", query.By, LongestText);
        errors.Length("action", query.Action, LongestText);
        return new AuditFilter
        {
            Idc = query.Idc, Sn = query.Sn, TaskId = query.TaskId, By = query.By, Action = query.Action,
            After = errors.Time("after", query.After), Before = errors.Time("before", query.Before),
        };
    }

    public bool Matches(AuditRecord record) =>
        (Sn is null || record.Sn == Sn) && (TaskId is null || record.TaskId == TaskId) && (By is null || record.By == By)
        && (Action is null || record.Action == Action || (Action.EndsWith('.') && record.Action.StartsWith(Action, StringComparison.Ordinal)))
        && (Before is null || record.At < Before) && (After is null || record.At >= After);
}
