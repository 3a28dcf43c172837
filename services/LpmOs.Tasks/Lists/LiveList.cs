using System.Collections.Immutable;

namespace LpmOs.Tasks.Lists;

/// <summary>The rows that match a filter, in order; brought up to date with what changed since the last time somebody asked.</summary>
/// <param name="idc">The one IDC that the filter lets through; null: all.</param>
internal sealed class LiveList(IComparer<MachineRow> order, string? idc, Func<MachineRow, bool> matches)
{
    private readonly Lock _gate = new();
    private ImmutableSortedSet<MachineRow> _rows = ImmutableSortedSet<MachineRow>.Empty;
    private long _seen;

    /// <summary>How many rows it had when it was last asked for.</summary>
    public int Count => _rows.Count;

    /// <summary>The rows as of now, and the revision they are of.</summary>
    public (ImmutableSortedSet<MachineRow> Rows, long Revision) Read(FleetIndex index)
    {
        lock (_gate)
        {
            var delta = index.Since(_seen, idc);
            if (delta.All is { } all)
                _rows = all.Where(matches).ToImmutableSortedSet(order);
            else if (delta.Changes.Count > 0)
                _rows = Apply(delta.Changes);
            _seen = delta.Count;
            return (_rows, delta.Revision);
        }
    }

    private ImmutableSortedSet<MachineRow> Apply(IReadOnlyList<RowChange> changes)
    {
        var rows = _rows.ToBuilder();
        foreach (var (before, after) in changes)
        {
            if (before is not null && matches(before))
                rows.Remove(before);
            if (after is not null && matches(after))
                rows.Add(after);
        }
        return rows.ToImmutable();
    }
}
