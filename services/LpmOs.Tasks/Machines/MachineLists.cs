using System.Text.Json;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Lists;

namespace LpmOs.Tasks.Machines;

/// <summary>Pages of machines from the watched copy.</summary>
internal sealed class MachineLists(FleetIndex index)
{
    private const string DefaultSort = "sn";
    private const string Sorts = "sn, -sn, reported_at, -reported_at";
    private const int LongestTag = 63;

    private readonly LiveLists<(Filter Filter, RowOrder Order)> _lists = new(key => new LiveList(key.Order, key.Filter.Idc, key.Filter.Compile()));
    private readonly RowTexts _texts = new(row => JsonSerializer.SerializeToUtf8Bytes(MachineFacts.Summary(row.View, row.Task), TasksJson.Default.MachineSummary));

    /// <summary>Compared by value, so that the same question finds the same list.</summary>
    private sealed record Filter(string? Idc, SiteSet? Sites, bool? Unmatched, bool? Online, bool Decommissioned, string? Tag, string? Text)
    {
        public Func<MachineRow, bool> Compile()
        {
            var search = MachineSearch.Parse(Text, new FieldErrors());
            return row =>
                (Idc is null || row.View.Key.Idc == Idc) && (Sites is null || Sites.Contains(row.View.Key.Idc)) && (Online is null || row.View.Online == Online) && (Unmatched is null || row.Unmatched == Unmatched)
                && row.View.IsDecommissioned == Decommissioned && (Tag is null || row.View.Record?.Tags.Contains(Tag) == true) && search.Matches(row.View);
        }
    }

    /// <param name="sites">Of these alone; null: of all.</param>
    /// <exception cref="InvalidRequestException">Every parameter that is wrong.</exception>
    public JsonPage Page(MachineQuery query, SiteSet? sites)
    {
        var errors = new FieldErrors();
        if (query.Idc is not null)
            errors.Idc(query.Idc);
        var unmatched = Flag("unmatched", query.Unmatched, errors);
        var online = Flag("online", query.Online, errors);
        var decommissioned = Flag("decommissioned", query.Decommissioned, errors) ?? false;
        errors.Length("tag", query.Tag, LongestTag);
        MachineSearch.Parse(query.Q, errors);
        var limit = PageLimit.Parse(query.Limit, errors);
        var sort = query.Sort ?? DefaultSort;
        var order = Order(sort);
        errors.Check("sort", order is not null, query.Sort, Sorts);
        var after = order is null ? null : PageCursor.Read(query.Cursor, sort, order, errors);
        errors.ThrowIfAny();

        var (rows, revision) = _lists.Get((new Filter(query.Idc, sites, unmatched, online, decommissioned, query.Tag, string.IsNullOrWhiteSpace(query.Q) ? null : query.Q.Trim()), order!)).Read(index);
        var page = RowPage.Take(rows, after, descending: sort[0] == '-', limit);
        return new JsonPage([.. page.Rows.Select(_texts.Get)], page.More ? PageCursor.Write(sort, order!, page.Rows[^1]) : null, rows.Count, revision);
    }

    private static RowOrder? Order(string sort) => sort switch
    {
        "sn" or "-sn" => RowOrder.BySerial,
        "reported_at" or "-reported_at" => RowOrder.ByReport,
        _ => null,
    };

    private static bool? Flag(string field, string? text, FieldErrors errors)
    {
        if (text is null)
            return null;
        var valid = bool.TryParse(text, out var value);
        errors.Check(field, valid, text, "true, false");
        return valid ? value : null;
    }
}
