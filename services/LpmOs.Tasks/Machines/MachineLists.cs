using LpmOs.Contracts.Hardware;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Tasks.Lists;

namespace LpmOs.Tasks.Machines;

/// <summary>Machines from the watched copy, by serial number.</summary>
internal sealed class MachineLists(FleetIndex index, WatchedState state)
{
    private const string Sort = "sn";
    private const int LongestText = 100;

    private readonly LiveLists<Filter> _lists = new(filter => new LiveList(RowOrder.BySerial, filter.Matches));

    private sealed record Filter(string? Idc, bool? Unmatched, bool? Online, string? Text)
    {
        public bool Matches(MachineRow row) =>
            (Idc is null || row.View.Key.Idc == Idc) && (Online is null || row.View.Online == Online) && (Unmatched is null || row.Unmatched == Unmatched)
            && (Text is null || MatchesText(row.View, Text));
    }

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
        var after = PageCursor.Read(query.Cursor, Sort, RowOrder.BySerial, errors);
        errors.ThrowIfAny();

        var (rows, revision) = _lists.Get(new Filter(query.Idc, unmatched, online, string.IsNullOrWhiteSpace(query.Q) ? null : query.Q.Trim())).Read(index);
        var page = RowPage.Take(rows, after, descending: false, limit);
        var snapshot = state.Current;
        return new MachinePage
        {
            Items = [.. page.Rows.Select(row => MachineFacts.Summary(snapshot, row.View))],
            NextCursor = page.More ? PageCursor.Write(Sort, RowOrder.BySerial, page.Rows[^1]) : null,
            Total = rows.Count,
            Revision = revision,
        };
    }

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
