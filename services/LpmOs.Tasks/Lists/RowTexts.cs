using System.Runtime.CompilerServices;

namespace LpmOs.Tasks.Lists;

/// <summary>
/// The JSON of rows that were shown of late: a page that many look at is put together from ready parts. A table of fixed size without locks; a row that finds its place taken takes it.
/// A row never changes, another takes its place in the lists, so what is found here is true.
/// </summary>
internal sealed class RowTexts(Func<MachineRow, byte[]> write)
{
    private const int Places = 1 << 13;

    private readonly Entry?[] _entries = new Entry?[Places];

    private sealed record Entry(MachineRow Row, byte[] Json);

    public byte[] Get(MachineRow row)
    {
        ref var place = ref _entries[RuntimeHelpers.GetHashCode(row) & (Places - 1)];
        var entry = place;
        if (entry is null || !ReferenceEquals(entry.Row, row))
            place = entry = new Entry(row, write(row));
        return entry.Json;
    }
}
