using LpmOs.Core.Domain;
using LpmOs.Core.Snapshot;
using LpmOs.Tasks.Stats;

namespace LpmOs.Tasks.Lists;

/// <summary>A row before and after a change; null where it did not, or does not, exist.</summary>
internal readonly record struct RowChange(MachineRow? Before, MachineRow? After);

/// <summary>
/// Rows, counts and the last changes, kept up as the copy changes: a list or a count costs what changed since it was last asked for, not a walk over every machine.
/// </summary>
internal sealed class FleetIndex
{
    /// <summary>A list that nobody asked for during so many changes is built anew.</summary>
    private const int MostChanges = 20_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dictionary<MachineKey, MachineRow>> _rows = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SiteTally> _tallies = new(StringComparer.Ordinal);
    private readonly Queue<RowChange> _changes = new();
    private long _changeCount;
    private long _revision;

    public FleetIndex(WatchedState state) => state.Observe(Apply);

    /// <summary>Revision of the store that the index holds.</summary>
    public long Revision
    {
        get
        {
            lock (_gate)
                return _revision;
        }
    }

    /// <summary>Counts of every IDC that has, or had, a machine.</summary>
    public IReadOnlyDictionary<string, SiteStats> Counts()
    {
        lock (_gate)
            return _tallies.ToDictionary(pair => pair.Key, pair => pair.Value.ToStats(), StringComparer.Ordinal);
    }

    /// <summary>The changes after number <paramref name="seen"/>; or, where they are no longer kept, all rows.</summary>
    /// <param name="idc">Only the rows of this IDC are needed; null: of every one.</param>
    public IndexDelta Since(long seen, string? idc)
    {
        lock (_gate)
        {
            var missing = _changeCount - seen;
            return missing <= _changes.Count && seen > 0
                ? new IndexDelta(_changeCount, _revision, missing == 0 ? [] : [.. _changes.Skip(_changes.Count - (int)missing)], null)
                : new IndexDelta(_changeCount, _revision, [], [.. _rows.Where(rows => idc is null || rows.Key == idc).SelectMany(rows => rows.Value.Values)]);
        }
    }

    private void Apply(StateSnapshot before, StateSnapshot after, IReadOnlySet<MachineKey> touched)
    {
        lock (_gate)
        {
            // At the start everything is new, and so every neighbour among it.
            foreach (var key in before.Machines.IsEmpty ? touched : WithNeighbours(before, after, touched))
            {
                if (!_rows.TryGetValue(key.Idc, out var rows))
                    _rows[key.Idc] = rows = [];
                var old = rows.GetValueOrDefault(key);
                var now = after.Machines.TryGetValue(key, out var view) ? MachineRow.Of(after, view) : null;
                if (ReferenceEquals(old?.View, now?.View) && ReferenceEquals(old?.Task, now?.Task))
                    continue;
                if (now is null)
                    rows.Remove(key);
                else
                    rows[key] = now;
                Tally(key.Idc, old, -1);
                Tally(key.Idc, now, +1);
                _changes.Enqueue(new RowChange(old, now));
                _changeCount++;
                if (_changes.Count > MostChanges)
                    _changes.Dequeue();
            }
            // Number 0 means "never seen anything", so that the first question gets every row.
            _changeCount = Math.Max(_changeCount, 1);
            _revision = after.Revision;
        }
    }

    /// <summary>Machines that share a MAC with one that changed: whether a task asks for them may have changed too.</summary>
    private static HashSet<MachineKey> WithNeighbours(StateSnapshot before, StateSnapshot after, IReadOnlySet<MachineKey> touched)
    {
        var all = new HashSet<MachineKey>(touched);
        foreach (var key in touched)
        {
            foreach (var snapshot in (ReadOnlySpan<StateSnapshot>)[before, after])
            {
                if (!snapshot.Machines.TryGetValue(key, out var view))
                    continue;
                foreach (var mac in view.Macs())
                {
                    if (after.ByMac.TryGetValue((key.Idc, mac), out var neighbours) && neighbours.Length > 1)
                        all.UnionWith(neighbours);
                    if (before.ByMac.TryGetValue((key.Idc, mac), out neighbours) && neighbours.Length > 1)
                        all.UnionWith(neighbours);
                }
            }
        }
        return all;
    }

    private void Tally(string idc, MachineRow? row, int sign)
    {
        if (row is null)
            return;
        if (!_tallies.TryGetValue(idc, out var tally))
            _tallies[idc] = tally = new SiteTally();
        tally.Add(row, sign);
    }
}

/// <summary>What a list needs to be as new as the index: changes, or all rows.</summary>
internal sealed record IndexDelta(long Count, long Revision, IReadOnlyList<RowChange> Changes, IReadOnlyList<MachineRow>? All);
