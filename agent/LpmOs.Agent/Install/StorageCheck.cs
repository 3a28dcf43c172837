using LpmOs.Agent.Install.Disks;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install;

/// <summary>The part of <see cref="PlanCheck"/> about partitions, arrays and volumes: their names and sizes land on command lines.</summary>
internal static class StorageCheck
{
    private static readonly string[] Roles = ["bios_boot", "esp", "boot", "root", "swap", "data"];
    private static readonly string[] FileSystems = ["ext4", "xfs", "btrfs", "vfat", "swap"];

    /// <exception cref="InstallException">A value is not allowed; the message names it.</exception>
    public static void Require(InstallPlan plan)
    {
        var disks = plan.Disks?.Count ?? 1;
        foreach (var partition in plan.Partitions)
        {
            PlanCheck.Check(Roles.Contains(partition.Role), "partitions.role", partition.Role, string.Join(", ", Roles));
            PlanCheck.Check(partition.Name.Length is > 0 and <= 36 && PlanCheck.Only(partition.Name, " _-"), "partitions.name", partition.Name, "1 to 36 letters, digits, blanks, '_', '-'");
            PlanCheck.Check(partition.Disk is null or >= 0 && (partition.Disk ?? 0) < disks, "partitions.disk", $"{partition.Disk}", "the place of one of the plan's disks");
            PlanCheck.Check(partition.SizeBytes is null or (> 0 and < 1L << 60), "partitions.size_bytes", $"{partition.SizeBytes}", "more than 0, or none for the rest");
            PlanCheck.Check(partition.Array is null || plan.Arrays?.Any(array => array.Name == partition.Array) == true, "partitions.array", partition.Array, "one of the plan's arrays");
            PlanCheck.Check(partition.Encrypted != true || (partition.Role is not ("bios_boot" or "esp") && partition.Array is null && partition.MountPoint != "/boot"), "partitions.encrypted", partition.Name, "for none that firmware or boot loader read, and for no member of an array");
            Use("partitions", partition.FileSystem, partition.MountPoint, partition.VolumeGroup, plan);
        }
        foreach (var array in plan.Arrays ?? [])
        {
            Name("arrays.name", array.Name);
            PlanCheck.Check(array.Level is 1 or 10, "arrays.level", $"{array.Level}", "1, 10");
            PlanCheck.Check(Guid.TryParseExact(array.Uuid, "D", out _), "arrays.uuid", array.Uuid, "a UUID");
            PlanCheck.Check(array.MemberBytes is >= 1 << 20 and < 1L << 60, "arrays.member_bytes", $"{array.MemberBytes}", "1 MiB or more");
            Use("arrays", array.FileSystem, array.MountPoint, array.VolumeGroup, plan);
        }
        foreach (var group in plan.VolumeGroups ?? [])
        {
            Name("volume_groups.name", group.Name);
            foreach (var volume in group.Volumes)
            {
                Name("volume_groups.volumes.name", volume.Name);
                PlanCheck.Check(volume.SizeBytes is > 0 and < 1L << 60, "volume_groups.volumes.size_bytes", $"{volume.SizeBytes}", "more than 0");
                Use("volume_groups.volumes", volume.FileSystem, volume.MountPoint, null, plan);
            }
        }
        PlanCheck.Check((plan.Encryption is not null) == LuksVolumes.IsWanted(plan), "encryption", plan.Encryption is null ? "none" : "given", "with encrypted parts, and only then");
        PlanCheck.Check(plan.Encryption?.Unlock is null || EncryptionUnlocks.All.Contains(plan.Encryption.Unlock), "encryption.unlock", plan.Encryption?.Unlock, string.Join(", ", EncryptionUnlocks.All));
        PlanCheck.Check(plan.Encryption?.TpmPcrs is not { } pcrs || pcrs.All(EncryptionUnlocks.Pcrs.Contains), "encryption.tpm_pcrs", string.Join(", ", plan.Encryption?.TpmPcrs ?? []), string.Join(", ", EncryptionUnlocks.Pcrs));
        if (plan.SwapFile is { } swap)
            PlanCheck.Check(swap.SizeBytes is > 0 and < 1L << 50 && IsPath(swap.Path), "swap_file", swap.Path, "an absolute path and a size");
        var roots = plan.Partitions.Select(partition => (partition.MountPoint, partition.FileSystem)).Concat((plan.Arrays ?? []).Select(array => (array.MountPoint, array.FileSystem)))
            .Concat((plan.VolumeGroups ?? []).SelectMany(group => group.Volumes).Select(volume => (volume.MountPoint, volume.FileSystem))).Count(part => part is { MountPoint: "/", FileSystem: "ext4" or "xfs" or "btrfs" });
        // An image of a whole disk brings its own.
        PlanCheck.Check(roots == 1 || (ImageFormats.IsWholeDisk(plan.Image?.Format ?? "") && plan is { Partitions.Count: 0, Disks: null }), "partitions", $"{plan.Partitions.Count} partitions", "exactly one file system (ext4, xfs or btrfs) with mount point / on a partition, array or volume");
    }

    private static void Use(string field, string? fileSystem, string? mountPoint, string? group, InstallPlan plan)
    {
        PlanCheck.Check(fileSystem is null || FileSystems.Contains(fileSystem), $"{field}.file_system", fileSystem, string.Join(", ", FileSystems));
        PlanCheck.Check(mountPoint is null || IsPath(mountPoint), $"{field}.mount_point", mountPoint, "an absolute path");
        PlanCheck.Check(group is null || plan.VolumeGroups?.Any(one => one.Name == group) == true, $"{field}.volume_group", group, "one of the plan's volume groups");
    }

    private static void Name(string field, string name) =>
        PlanCheck.Check(name.Length is > 0 and <= 16 && char.IsAsciiLetterLower(name[0]) && PlanCheck.Only(name, "_-"), field, name, "1 to 16 small letters, digits, '_', '-'");

    private static bool IsPath(string path) => path.StartsWith('/') && PlanCheck.Only(path, "/_-.") && !path.Contains("..", StringComparison.Ordinal);
}
