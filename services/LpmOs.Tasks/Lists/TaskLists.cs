using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Tasks;

namespace LpmOs.Tasks.Lists;

/// <summary>Pages of tasks from the watched copy.</summary>
internal sealed class TaskLists(FleetIndex index)
{
    public const string DefaultSort = "-created_at";
    private const string Sorts = "created_at, -created_at, updated_at, -updated_at, sn, -sn";

    private readonly LiveLists<(TaskFilter Filter, RowOrder Order)> _lists = new(key => new LiveList(key.Order, key.Filter.Idc, row => row.View.Task is { } task && key.Filter.Matches(task)));

    private readonly RowTexts _texts = new(row => JsonSerializer.SerializeToUtf8Bytes(Brief(row.View.Task!), ContractsJson.Default.InstallTask));

    /// <param name="sites">Of these alone; null: of all.</param>
    /// <exception cref="InvalidRequestException">Every parameter that is wrong.</exception>
    public JsonPage Page(TaskQuery query, SiteSet? sites)
    {
        var errors = new FieldErrors();
        var limit = PageLimit.Parse(query.Limit, errors);
        var sort = query.Sort ?? DefaultSort;
        var order = Order(sort);
        errors.Check("sort", order is not null, query.Sort, Sorts);
        var filter = TaskFilter.Parse(query, sites, errors);
        var after = order is null ? null : PageCursor.Read(query.Cursor, sort, order, errors);
        errors.ThrowIfAny();

        var (rows, revision) = _lists.Get((filter, order!)).Read(index);
        var page = RowPage.Take(rows, after, descending: sort[0] == '-', limit);
        return new JsonPage([.. page.Rows.Select(_texts.Get)], page.More ? PageCursor.Write(sort, order!, page.Rows[^1]) : null, rows.Count, revision);
    }

    /// <summary>Every task that matches, the oldest first.</summary>
    public IReadOnlyList<InstallTask> All(TaskFilter filter) => [.. _lists.Get((filter, RowOrder.ByCreation)).Read(index).Rows.Select(row => row.View.Task!)];

    /// <summary>A task as lists and events show it: what takes space and is seldom looked at is left out.</summary>
    public static InstallTask Brief(InstallTask task) => task with { Plan = null, FormerPlan = null, Scripts = null, Users = null, Logs = [], Operations = [] };

    private static RowOrder? Order(string sort) => sort switch
    {
        "created_at" or "-created_at" => RowOrder.ByCreation,
        "updated_at" or "-updated_at" => RowOrder.ByUpdate,
        "sn" or "-sn" => RowOrder.BySerial,
        _ => null,
    };
}
