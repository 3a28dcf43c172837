using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Core.Domain.Planning.Disks;

/// <summary>Volume groups of the machine that would be there beside those of the plan. LVM starts none of two that have one name, and their system does not come up (lvm2, "Multiple VGs found with the same name").</summary>
internal static class VolumeGroupNames
{
    public static IEnumerable<TaskFailure> Taken(IReadOnlyList<VolumeGroupPlan>? planned, Inventory inventory, IReadOnlyList<DiskPlan> targets)
    {
        foreach (var group in inventory.VolumeGroups.Where(group => planned?.Any(one => one.Name == group.Name) == true))
        {
            var others = group.PhysicalVolumes.SelectMany(volume => DisksOf(volume, inventory)).Where(disk => !targets.Any(target => IsSame(target, disk))).Select(disk => disk.Device).Distinct().ToList();
            if (others.Count == 0)
                continue;
            yield return new TaskFailure
            {
                Code = "volume_group_exists", Message = $"The server has a volume group {group.Name} on {string.Join(", ", others)}, which this task does not write. LVM starts neither of two groups of one name: the new system would not come up.",
                Advice = $"Let the task write {(others.Count == 1 ? "that disk" : "those disks")} too, wipe {(others.Count == 1 ? "it" : "them")} or take {(others.Count == 1 ? "it" : "them")} out first; or give the group another name (a layout of your own).",
            };
        }
    }

    private static bool IsSame(DiskPlan target, Disk disk) => target.Serial is null && target.Wwn is null ? target.Device == disk.Device : target.Serial == disk.Serial && target.Wwn == disk.Wwn;

    /// <summary>The disks that a kernel path lies on: itself, its disk, or those of an array's members. None where nobody can tell.</summary>
    private static IEnumerable<Disk> DisksOf(string path, Inventory inventory) =>
        inventory.SoftwareArrays.FirstOrDefault(array => array.Device == path) is { } made ? made.Devices.SelectMany(member => inventory.Disks.Where(disk => IsOn(member, disk))) : inventory.Disks.Where(disk => IsOn(path, disk));

    private static bool IsOn(string path, Disk disk)
    {
        if (!path.StartsWith(disk.Device, StringComparison.Ordinal))
            return false;
        // A disk whose name ends in a digit takes a 'p' before the number of a partition.
        var number = path.AsSpan(disk.Device.Length);
        if (number.Length > 0 && char.IsAsciiDigit(disk.Device[^1]))
            number = number[0] == 'p' && number.Length > 1 ? number[1..] : "-";
        return !number.ContainsAnyExceptInRange('0', '9');
    }
}
