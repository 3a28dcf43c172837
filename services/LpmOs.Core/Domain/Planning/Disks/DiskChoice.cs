using System.Globalization;
using System.IO.Enumeration;
using System.Text;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Core.Domain.Planning.Disks;

/// <summary>The disks that a selector names, or why there are none. None or more than fit is an answer, never a guess.</summary>
/// <param name="Reasons">By device: why it does not fit, or fits and is not among the chosen.</param>
public sealed record DiskChoice(IReadOnlyList<Disk> Disks, TaskFailure? Problem, IReadOnlyDictionary<string, DiskReason> Reasons)
{
    /// <summary>Less than this holds no system; install media and management flash are often smaller.</summary>
    public const long SmallestBytes = 1_500_000_000;

    /// <param name="disks">Those of the machine that are still free.</param>
    /// <param name="field">Of the task, for the advice.</param>
    /// <param name="wanted">How many, where the selector does not say.</param>
    public static DiskChoice Of(IReadOnlyList<Disk> disks, DiskSelector? selector, int wanted = 1, string field = "disk_layout.disk")
    {
        var reasons = SeveralPaths(disks);
        foreach (var disk in disks)
        {
            if (WhyNot(disk, selector) is { } reason)
                reasons.TryAdd(disk.Device, reason);
        }
        var fitting = disks.Where(disk => !reasons.ContainsKey(disk.Device)).ToList();
        var count = selector?.Equal ?? selector?.Count ?? wanted;
        var chosen = selector?.Equal is { } equal ? Equal(fitting, equal, selector.Prefer, reasons) : Preferred(fitting, count, selector?.Prefer, reasons);
        if (chosen.Count == count)
        {
            foreach (var disk in fitting.Except(chosen))
                reasons.TryAdd(disk.Device, selector?.Prefer is { } preferred ? DiskReason.NotPreferred(preferred) : new("not_of_the_set", "not one of the equal ones"));
            return new(chosen, null, reasons);
        }
        var many = chosen.Count > count;
        var what = count == 1 ? "No disk of this machine fits what the task asks for." : $"The task asks for {count} {(selector?.Equal is null ? "" : "equal ")}disks, and {(fitting.Count == 0 ? "none fits" : $"{fitting.Count} {(fitting.Count == 1 ? "fits" : "fit")}{(selector?.Equal is null || many ? "" : ", but not so many of the same model and size alone")}")}.";
        var tooMany = count == 1 ? "More than one disk fits, and none is chosen by chance." : selector?.Equal is null ? $"The task asks for {count} disks, {fitting.Count} fit, and none is chosen by chance." : $"There is more than one set of {count} equal disks, and none is chosen by chance.";
        return new([], new TaskFailure
        {
            Code = many ? "several_disks" : "no_disk",
            Message = (many ? tooMany : what) + "\n" + Table(disks, reasons),
            Advice = many
                ? $"Name the disk in {field} by serial or wwn, or say prefer: smallest or largest{(count > 1 ? ", or a range of sizes (min_size, max_size)" : "")}."
                : $"Look at the table for why each disk does not fit; change {field}, or see whether the controller's driver is in the boot image.",
        }, reasons);
    }

    // The agent could not tell which of them is meant, and the new system would have to know of both: said now, and not when the machine is half way.
    private static Dictionary<string, DiskReason> SeveralPaths(IReadOnlyList<Disk> disks) => disks.Where(disk => disk.Wwn is not null).GroupBy(disk => (disk.Wwn, disk.Serial, disk.SizeBytes)).Where(paths => paths.Count() > 1)
        .SelectMany(paths => paths.Select(disk => (disk.Device, Reason: DiskReason.SeveralPaths([.. paths.Select(path => path.Device)]))))
        .DistinctBy(path => path.Device).ToDictionary(path => path.Device, path => path.Reason);

    // All that fit where no preference says which; else those at the wanted end, and one more where the last is not told apart.
    private static List<Disk> Preferred(List<Disk> fitting, int count, string? prefer, Dictionary<string, DiskReason> reasons)
    {
        if (prefer is null || fitting.Count <= count)
            return fitting;
        var ordered = prefer == "smallest" ? fitting.OrderBy(disk => disk.SizeBytes).ToList() : [.. fitting.OrderByDescending(disk => disk.SizeBytes)];
        var last = ordered[count - 1].SizeBytes;
        foreach (var disk in ordered.Skip(count).Where(disk => disk.SizeBytes != last))
            reasons[disk.Device] = DiskReason.NotPreferred(prefer);
        var chosen = ordered.TakeWhile((disk, place) => place < count || disk.SizeBytes == last).ToHashSet();
        return [.. fitting.Where(chosen.Contains)];
    }

    private static List<Disk> Equal(List<Disk> fitting, int equal, string? prefer, Dictionary<string, DiskReason> reasons)
    {
        var sets = fitting.GroupBy(disk => (disk.SizeBytes, disk.Model, disk.Rotational, disk.Transport)).ToList();
        foreach (var set in sets.Where(set => set.Count() != equal))
        {
            foreach (var disk in set)
                reasons[disk.Device] = set.Count() == 1 ? new("without_equal", "none is equal to it") : new("other_count", $"one of {set.Count()} equal ones, not of {equal}", $"{set.Count()}");
        }
        var right = sets.Where(set => set.Count() == equal).ToList();
        if (right.Count > 1 && prefer is not null)
        {
            var size = prefer == "smallest" ? right.Min(set => set.Key.SizeBytes) : right.Max(set => set.Key.SizeBytes);
            foreach (var disk in right.Where(set => set.Key.SizeBytes != size).SelectMany(set => set))
                reasons[disk.Device] = DiskReason.NotPreferred(prefer);
            right = [.. right.Where(set => set.Key.SizeBytes == size)];
        }
        return [.. right.SelectMany(set => set)];
    }

    private static DiskReason? WhyNot(Disk disk, DiskSelector? selector)
    {
        if (selector?.Array is { } array)
            return new("other_array", $"not the array {array} of hardware_config", array);
        if (disk.Device.StartsWith(ArrayDisks.Folder, StringComparison.Ordinal) && selector?.Device != disk.Device)
            return new("made_by_task", "made by this task, and named by array alone");
        if (disk.Removable)
            return new("removable", "removable");
        if (disk.SizeBytes < SmallestBytes)
            return DiskReason.TooSmall($"{SmallestBytes / 1_000_000} MB");
        if (selector is null)
            return null;
        if (selector.Serial is { } serial && !string.Equals(serial, disk.Serial, StringComparison.OrdinalIgnoreCase))
            return new("other_serial", "other serial");
        if (selector.Wwn is { } wwn && !string.Equals(wwn, disk.Wwn, StringComparison.OrdinalIgnoreCase))
            return new("other_wwn", "other WWN");
        if (selector.Device is { } device && device != disk.Device)
            return new("other_device", "other path");
        if (selector.Path is { } path && !FileSystemName.MatchesSimpleExpression(path, disk.Path ?? ""))
            return new("other_path", $"plugged in at {disk.Path ?? "a place that is not known"}", disk.Path);
        if (selector.Model is { } model && !FileSystemName.MatchesSimpleExpression(model, disk.Model ?? ""))
            return new("other_model", "other model");
        if (ByteSize.Parse(selector.MinSize) is { } least && disk.SizeBytes < least)
            return DiskReason.TooSmall(selector.MinSize!);
        if (ByteSize.Parse(selector.MaxSize) is { } most && disk.SizeBytes > most)
            return new("too_large", $"larger than {selector.MaxSize}", selector.MaxSize);
        if (selector.Rotational is { } rotational && rotational != disk.Rotational)
            return rotational ? new("not_rotational", "no hard disk") : new("rotational", "a hard disk");
        if (selector.Transport is { } transport && !string.Equals(transport, disk.Transport, StringComparison.OrdinalIgnoreCase))
            return new("other_transport", $"on {disk.Transport ?? "a bus that is not known"}", disk.Transport);
        return null;
    }

    private static string Table(IReadOnlyList<Disk> disks, Dictionary<string, DiskReason> reasons)
    {
        if (disks.Count == 0)
            return "The machine reported no disk at all.";
        var table = new StringBuilder();
        foreach (var disk in disks)
            table.Append(CultureInfo.InvariantCulture, $"{disk.Device}  {disk.SizeGb} GB  {disk.Model ?? "-"}  serial {disk.Serial ?? "-"}  wwn {disk.Wwn ?? "-"}: {reasons.GetValueOrDefault(disk.Device)?.Text ?? "fits"}\n");
        return table.ToString().TrimEnd();
    }
}
