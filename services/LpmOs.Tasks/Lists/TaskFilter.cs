using LpmOs.Contracts.Tasks;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Tasks;

namespace LpmOs.Tasks.Lists;

/// <summary>Which tasks of all; compared by value.</summary>
internal sealed record TaskFilter
{
    private const int LongestText = 100;

    public string? Idc { get; init; }
    /// <summary>Of these alone; null: of all.</summary>
    public SiteSet? Sites { get; init; }
    /// <summary>One bit a state; 0 for all.</summary>
    public int States { get; init; }
    public string? Text { get; init; }
    public string? Tag { get; init; }

    public static TaskFilter Parse(TaskQuery query, SiteSet? sites, FieldErrors errors)
    {
        if (query.Idc is not null)
            errors.Idc(query.Idc);
        errors.Length("q", query.Q, LongestText);
        errors.Length("tag", query.Tag, LongestText);
        var states = 0;
        foreach (var name in query.Status?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            var known = TaskText.State(name);
            errors.Check("status", known is not null, name, TaskText.States);
            if (known is { } state)
                states |= 1 << (int)state;
        }
        return new TaskFilter { Idc = query.Idc, Sites = sites, States = states, Text = string.IsNullOrWhiteSpace(query.Q) ? null : query.Q.Trim(), Tag = query.Tag };
    }

    public bool Matches(InstallTask task) =>
        (Idc is null || task.Idc == Idc)
        && (Sites is null || Sites.Contains(task.Idc))
        && (States == 0 || (States & (1 << (int)task.Status)) != 0)
        && (Tag is null || task.Tags?.Contains(Tag) == true)
        && (Text is null || MatchesText(task));

    private bool MatchesText(InstallTask task) =>
        Has(task.Sn) || Has(task.Mac) || Has(task.TaskId) || Has(task.Hostname) || Has(task.OsType) || Has(task.Notes) || task.Tags?.Any(Has) == true;

    private bool Has(string? value) => value?.Contains(Text!, StringComparison.OrdinalIgnoreCase) == true;
}
