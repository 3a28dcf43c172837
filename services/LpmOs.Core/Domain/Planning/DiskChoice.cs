using System.Globalization;
using System.IO.Enumeration;
using System.Text;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Core.Domain.Planning;

/// <summary>Finds the one disk that a task's selector names. None or more than one is an answer, never a guess.</summary>
public static class DiskChoice
{
    /// <summary>Less than this holds no system; install media and management flash are often smaller.</summary>
    public const long SmallestBytes = 1_500_000_000;

    public static (Disk? Disk, TaskFailure? Problem) Choose(IReadOnlyList<Disk> disks, DiskSelector? selector)
    {
        var fitting = disks.Where(disk => WhyNot(disk, selector) is null).ToList();
        if (fitting.Count > 1 && selector?.Prefer is { } prefer)
        {
            var size = prefer == "smallest" ? fitting.Min(disk => disk.SizeBytes) : fitting.Max(disk => disk.SizeBytes);
            fitting = [.. fitting.Where(disk => disk.SizeBytes == size)];
        }
        return fitting.Count switch
        {
            1 => (fitting[0], null),
            0 => (null, new TaskFailure
            {
                Code = "no_disk",
                Message = "No disk of this machine fits what the task asks for.\n" + Table(disks, selector),
                Advice = "Look at the table for why each disk does not fit; change disk_layout.disk, or see whether the controller's driver is in the boot image.",
            }),
            _ => (null, new TaskFailure
            {
                Code = "several_disks",
                Message = "More than one disk fits, and none is chosen by chance.\n" + Table(disks, selector),
                Advice = "Name the disk in disk_layout.disk by serial or wwn, or say prefer: smallest or largest.",
            }),
        };
    }

    private static string? WhyNot(Disk disk, DiskSelector? selector)
    {
        if (disk.Removable)
            return "removable";
        if (disk.SizeBytes < SmallestBytes)
            return $"smaller than {SmallestBytes / 1_000_000} MB";
        if (selector is null)
            return null;
        if (selector.Serial is { } serial && !string.Equals(serial, disk.Serial, StringComparison.OrdinalIgnoreCase))
            return "other serial";
        if (selector.Wwn is { } wwn && !string.Equals(wwn, disk.Wwn, StringComparison.OrdinalIgnoreCase))
            return "other WWN";
        if (selector.Device is { } device && device != disk.Device)
            return "other path";
        if (selector.Model is { } model && !FileSystemName.MatchesSimpleExpression(model, disk.Model ?? ""))
            return "other model";
        return null;
    }

    private static string Table(IReadOnlyList<Disk> disks, DiskSelector? selector)
    {
        if (disks.Count == 0)
            return "The machine reported no disk at all.";
        var table = new StringBuilder();
        foreach (var disk in disks)
            table.Append(CultureInfo.InvariantCulture, $"{disk.Device}  {disk.SizeGb} GB  {disk.Model ?? "-"}  serial {disk.Serial ?? "-"}  wwn {disk.Wwn ?? "-"}: {WhyNot(disk, selector) ?? "fits"}\n");
        return table.ToString().TrimEnd();
    }
}
