using System.Globalization;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Identity;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Tasks.Tasks;

namespace LpmOs.Tasks.Lists;

/// <summary>Pages of tasks from the watched copy.</summary>
internal sealed class TaskLists(WatchedState state)
{
    public const string DefaultSort = "-created_at";
    private static readonly string[] Sorts = ["created_at", "-created_at", "updated_at", "-updated_at", "sn", "-sn"];

    /// <exception cref="InvalidRequestException">Every parameter that is wrong.</exception>
    public TaskPage Page(TaskQuery query)
    {
        var errors = new FieldErrors();
        var limit = PageLimit.Parse(query.Limit, errors);
        var sort = query.Sort ?? DefaultSort;
        errors.Check("sort", Sorts.Contains(sort), query.Sort, string.Join(", ", Sorts));
        var filter = TaskFilter.Parse(query, errors);
        var cursor = PageCursor.Parse(query.Cursor, sort, errors);
        errors.ThrowIfAny();

        var descending = sort[0] == '-';
        var matching = state.Current.Machines.Values.Where(machine => machine.Task is not null && filter.Matches(machine.Task)).Select(machine => (Key: SortKey(machine.Task!, sort), Task: machine.Task!)).ToList();
        matching.Sort((a, b) => Compare(a.Key, a.Task.TaskId, b.Key, b.Task.TaskId) * (descending ? -1 : 1));
        var start = cursor is null ? 0 : matching.FindIndex(row => Compare(row.Key, row.Task.TaskId, cursor.Key, cursor.Id) * (descending ? -1 : 1) > 0);
        var page = start < 0 ? [] : matching.Skip(start).Take(limit).ToList();
        return new TaskPage
        {
            Items = [.. page.Select(row => Brief(row.Task))],
            NextCursor = start >= 0 && start + page.Count < matching.Count ? new PageCursor(sort, page[^1].Key, page[^1].Task.TaskId).ToString() : null,
            Total = matching.Count,
        };
    }

    private static InstallTask Brief(InstallTask task) => task with { Plan = null, Logs = [], Operations = [] };

    private static string SortKey(InstallTask task, string sort) => sort.TrimStart('-') switch
    {
        "created_at" => task.CreatedAt.UtcTicks.ToString("d19", CultureInfo.InvariantCulture),
        "updated_at" => task.UpdatedAt.UtcTicks.ToString("d19", CultureInfo.InvariantCulture),
        _ => task.Sn,
    };

    private static int Compare(string key, string id, string otherKey, string otherId) =>
        string.CompareOrdinal(key, otherKey) is var order and not 0 ? order : string.CompareOrdinal(id, otherId);
}
