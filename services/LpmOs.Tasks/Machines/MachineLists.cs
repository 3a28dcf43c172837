using LpmOs.Contracts.Hardware;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Tasks.Lists;

namespace LpmOs.Tasks.Machines;

/// <summary>Machines from the watched copy.</summary>
internal sealed class MachineLists(WatchedState state)
{
    private const string Sort = "sn";
    private const int LongestText = 100;

    /// <exception cref="InvalidRequestException">Every parameter that is wrong.</exception>
    public MachinePage Page(MachineQuery query)
    {
        var errors = new FieldErrors();
        if (query.Idc is not null)
            errors.Idc(query.Idc);
        var unmatched = Flag("unmatched", query.Unmatched, errors);
        var online = Flag("online", query.Online, errors);
        errors.Length("q", query.Q, LongestText);
        var limit = PageLimit.Parse(query.Limit, errors);
        var cursor = PageCursor.Parse(query.Cursor, Sort, errors);
        errors.ThrowIfAny();

        var snapshot = state.Current;
        var rows = snapshot.Machines.Values
            .Where(machine => (query.Idc is null || machine.Key.Idc == query.Idc)
                && (online is null || machine.Online == online)
                && (unmatched is null || MachineFacts.IsUnmatched(snapshot, machine) == unmatched)
                && (string.IsNullOrWhiteSpace(query.Q) || MatchesText(machine, query.Q.Trim())))
            .OrderBy(machine => machine.Key.Sn, StringComparer.Ordinal).ThenBy(machine => machine.Key.Idc, StringComparer.Ordinal).ToList();
        var start = cursor is null ? 0 : rows.FindIndex(machine => After(machine, cursor));
        var page = start < 0 ? [] : rows.Skip(start).Take(limit).ToList();
        return new MachinePage
        {
            Items = [.. page.Select(machine => MachineFacts.Summary(snapshot, machine))],
            NextCursor = start >= 0 && start + page.Count < rows.Count ? new PageCursor(Sort, page[^1].Key.Sn, page[^1].Key.Idc).ToString() : null,
            Total = rows.Count,
        };
    }

    private static bool After(MachineView machine, PageCursor cursor) =>
        (string.CompareOrdinal(machine.Key.Sn, cursor.Key) is var order and not 0 ? order : string.CompareOrdinal(machine.Key.Idc, cursor.Id)) > 0;

    private static bool? Flag(string field, string? text, FieldErrors errors)
    {
        if (text is null)
            return null;
        var valid = bool.TryParse(text, out var value);
        errors.Check(field, valid, text, "true, false");
        return valid ? value : null;
    }

    private static bool MatchesText(MachineView machine, string text)
    {
        return Has(machine.Key.Sn) || machine.Macs().Any(Has) || (machine.Inventory is { } hardware && MatchesHardware(hardware));

        bool MatchesHardware(Inventory hardware) =>
            Has(hardware.Company) || Has(hardware.Product) || Has(hardware.ModelName) || Has(hardware.Uuid) || Has(hardware.Cpu?.Model)
            || hardware.Disks.Any(disk => Has(disk.Model) || Has(disk.Serial) || Has(disk.Wwn));

        bool Has(string? value) => value?.Contains(text, StringComparison.OrdinalIgnoreCase) == true;
    }
}
