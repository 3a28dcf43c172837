using LpmOs.Contracts.Tasks;

namespace LpmOs.Core.Domain.Planning.Disks;

/// <summary>A plan's disks and all that will be on them as one table, for people.</summary>
public static class LayoutTable
{
    private const long MiB = 1024 * 1024;

    public static IReadOnlyList<LayoutRow> Of(InstallPlan plan)
    {
        if (plan.Disk is not { } only)
            return [];
        var rows = new List<LayoutRow>();
        var disks = plan.Disks ?? [only];
        for (var place = 0; place < disks.Count; place++)
        {
            var disk = disks[place];
            rows.Add(new() { Device = disk.Device, Kind = "disk", Name = disk.Serial ?? disk.Device, SizeBytes = disk.SizeBytes, Role = disk.Wipe });
            var own = plan.Partitions.Where(part => (part.Disk ?? 0) == place).ToList();
            var taken = own.Sum(part => part.SizeBytes ?? 0);
            rows.AddRange(own.Select((part, at) => new LayoutRow
            {
                Device = PartitionDevice(disk.Device, at + 1), Kind = "partition", Name = part.Name, SizeBytes = part.SizeBytes ?? Math.Max(0, (disk.SizeBytes - taken - 2 * MiB) / MiB * MiB),
                Role = part.Array is not null ? "raid_member" : part.VolumeGroup is not null ? "physical_volume" : part.Role, FileSystem = part.FileSystem, MountPoint = part.MountPoint, On = [disk.Device], Encrypted = part.Encrypted,
            }));
        }
        foreach (var array in plan.Arrays ?? [])
        {
            rows.Add(new()
            {
                Device = "/dev/md/" + array.Name, Kind = "array", Name = array.Name, SizeBytes = array.SizeBytes, Role = $"raid{array.Level}", FileSystem = array.FileSystem, MountPoint = array.MountPoint,
                On = Partitions(plan, disks, part => part.Array == array.Name), Encrypted = array.Encrypted,
            });
        }
        foreach (var group in plan.VolumeGroups ?? [])
        {
            rows.Add(new()
            {
                Device = "/dev/" + group.Name, Kind = "volume_group", Name = group.Name, SizeBytes = group.SizeBytes,
                On = [.. Partitions(plan, disks, part => part.VolumeGroup == group.Name), .. (plan.Arrays ?? []).Where(array => array.VolumeGroup == group.Name).Select(array => "/dev/md/" + array.Name)],
            });
            rows.AddRange(group.Volumes.Select(volume => new LayoutRow
            {
                Device = $"/dev/{group.Name}/{volume.Name}", Kind = "volume", Name = volume.Name, SizeBytes = volume.SizeBytes, FileSystem = volume.FileSystem, MountPoint = volume.MountPoint, On = ["/dev/" + group.Name], Encrypted = volume.Encrypted,
            }));
        }
        if (plan.SwapFile is { } swap)
            rows.Add(new() { Device = swap.Path, Kind = "swap_file", Name = "swap", SizeBytes = swap.SizeBytes, FileSystem = "swap", On = [.. rows.Where(row => row.MountPoint == "/").Select(row => row.Device)] });
        return rows;
    }

    private static IReadOnlyList<string> Partitions(InstallPlan plan, IReadOnlyList<DiskPlan> disks, Func<PartitionPlan, bool> those) =>
        [.. disks.SelectMany((disk, place) => plan.Partitions.Where(part => (part.Disk ?? 0) == place).Select((part, at) => (part, Device: PartitionDevice(disk.Device, at + 1)))).Where(pair => those(pair.part)).Select(pair => pair.Device)];

    /// <summary>Kernel's naming: a disk whose name ends in a digit takes a 'p' before the number.</summary>
    private static string PartitionDevice(string disk, int number) => char.IsAsciiDigit(disk[^1]) ? $"{disk}p{number}" : $"{disk}{number}";
}
