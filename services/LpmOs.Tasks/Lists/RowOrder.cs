using System.Globalization;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Snapshot;

namespace LpmOs.Tasks.Lists;

/// <summary>An order of rows in which no two are equal, so that a place in it stays a place while rows come and go.</summary>
internal sealed class RowOrder : IComparer<MachineRow>
{
    private readonly Func<MachineRow, MachineRow, int> _compare;
    private readonly Func<MachineRow, string> _key;
    private readonly Func<string, MachineRow, MachineRow?> _withKey;

    private RowOrder(Func<MachineRow, MachineRow, int> compare, Func<MachineRow, string> key, Func<string, MachineRow, MachineRow?> withKey) =>
        (_compare, _key, _withKey) = (compare, key, withKey);

    public static RowOrder BySerial { get; } = new((a, b) => string.CompareOrdinal(a.View.Key.Sn, b.View.Key.Sn), row => row.View.Key.Sn, (_, row) => row);
    public static RowOrder ByCreation { get; } = ByTime(task => task.CreatedAt, (task, time) => task with { CreatedAt = time });
    public static RowOrder ByUpdate { get; } = ByTime(task => task.UpdatedAt, (task, time) => task with { UpdatedAt = time });

    public static RowOrder ByReport { get; } = new(
        (a, b) => Reported(a).CompareTo(Reported(b)),
        row => Reported(row).ToString(CultureInfo.InvariantCulture),
        (key, row) => long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTime.MaxValue.Ticks
            ? row with { View = row.View with { Inventory = new Inventory { SerialNumber = "", MacAddress = "", ReportedAt = new DateTimeOffset(ticks, TimeSpan.Zero) } } }
            : null);

    public int Compare(MachineRow? x, MachineRow? y)
    {
        var order = _compare(x!, y!);
        if (order == 0)
            order = string.CompareOrdinal(x!.View.Key.Sn, y!.View.Key.Sn);
        return order != 0 ? order : string.CompareOrdinal(x!.View.Key.Idc, y!.View.Key.Idc);
    }

    /// <summary>Where <paramref name="row"/> stands, as text for a cursor.</summary>
    public string Key(MachineRow row) => _key(row);

    /// <summary>A row that stands there, whether or not it still exists; null where the text is no place of this order.</summary>
    public MachineRow? Place(string key, MachineKey machine) =>
        _withKey(key, new MachineRow(new MachineView(machine) { Task = new InstallTask { Idc = "", Sn = "", Mac = "", OsType = "", TaskId = "", Status = TaskState.Pending } }, null));

    private static long Reported(MachineRow row) => row.View.Inventory?.ReportedAt?.UtcTicks ?? 0;

    private static RowOrder ByTime(Func<InstallTask, DateTimeOffset> time, Func<InstallTask, DateTimeOffset, InstallTask> with) => new(
        (a, b) => time(a.View.Task!).CompareTo(time(b.View.Task!)),
        row => time(row.View.Task!).UtcTicks.ToString(CultureInfo.InvariantCulture),
        (key, row) => long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTime.MaxValue.Ticks
            ? row with { View = row.View with { Task = with(row.View.Task!, new DateTimeOffset(ticks, TimeSpan.Zero)) } }
            : null);
}
