namespace LpmOs.Agent.Install.Target.Efi;

/// <summary>What is to be changed so that the firmware has our entries once, and in the right place.</summary>
/// <param name="Write">Number and entry; numbers that have just this entry already are not among them.</param>
/// <param name="Delete">Numbers of entries of ours that lead nowhere any more.</param>
/// <param name="Order">The whole of BootOrder.</param>
internal sealed record BootChanges(IReadOnlyList<(ushort Number, LoadOption Entry)> Write, IReadOnlyList<ushort> Delete, IReadOnlyList<ushort> Order);

/// <summary>
/// The firmware's list of what it tries (UEFI 2.10, 3.1.1). Everybody else's entries stay as they are and where they are: a machine that asks the network first goes on to do so.
/// </summary>
internal static class BootOrder
{
    /// <summary>By it an entry is known as ours; an operating system's own tools write other names.</summary>
    public const string Mark = "LpmOs: ";

    /// <param name="entries">All that there are, whether in the order or not.</param>
    /// <param name="ours">What is wanted, the best first.</param>
    public static BootChanges With(IReadOnlyDictionary<ushort, LoadOption> entries, IReadOnlyList<ushort> order, IReadOnlyList<LoadOption> ours)
    {
        var old = entries.Where(entry => entry.Value.Description.StartsWith(Mark, StringComparison.Ordinal)).Select(entry => entry.Key).Order().ToList();
        // Where they stood: somebody may have moved them on purpose.
        var place = order.ToList().FindIndex(old.Contains);
        var others = order.Where(number => !old.Contains(number)).Distinct().ToList();
        place = place >= 0 ? order.Take(place).Distinct().Count(number => !old.Contains(number)) : Place(others, entries);
        // Our own numbers again, then free ones: no entry of somebody else is written over, listed or not.
        var numbers = old.Concat(Enumerable.Range(0, 0x10000).Select(number => (ushort)number).Where(number => !entries.ContainsKey(number) && !order.Contains(number))).Take(ours.Count).ToList();
        return new(
            [.. numbers.Zip(ours).Where(pair => !entries.TryGetValue(pair.First, out var there) || !there.Bytes().AsSpan().SequenceEqual(pair.Second.Bytes()))],
            [.. old.Except(numbers)],
            [.. others.Take(place), .. numbers, .. others.Skip(place)]);
    }

    // Before the first disk, whose place the new system takes; else behind the network, or at the end.
    private static int Place(List<ushort> order, IReadOnlyDictionary<ushort, LoadOption> entries)
    {
        var disk = order.FindIndex(number => entries.TryGetValue(number, out var entry) && entry.IsDisk);
        if (disk >= 0)
            return disk;
        var network = order.FindLastIndex(number => entries.TryGetValue(number, out var entry) && entry.IsNetwork);
        return network >= 0 ? network + 1 : order.Count;
    }
}
