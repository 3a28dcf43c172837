using System.Collections.Immutable;

namespace LpmOs.Tasks.Lists;

/// <summary>Some consecutive rows.</summary>
internal readonly record struct RowPage(IReadOnlyList<MachineRow> Rows, bool More)
{
    /// <param name="after">The place after which the page begins; null for the start.</param>
    public static RowPage Take(ImmutableSortedSet<MachineRow> rows, MachineRow? after, bool descending, int limit)
    {
        var step = descending ? -1 : 1;
        var next = descending ? rows.Count - 1 : 0;
        if (after is not null)
        {
            // Where the row is gone, the complement is the index of the first that is larger.
            var at = rows.IndexOf(after);
            next = at >= 0 ? at + step : descending ? ~at - 1 : ~at;
        }
        var page = new List<MachineRow>(Math.Min(limit, rows.Count));
        for (; page.Count < limit && next >= 0 && next < rows.Count; next += step)
            page.Add(rows[next]);
        return new RowPage(page, page.Count > 0 && next >= 0 && next < rows.Count);
    }
}
