using LpmOs.Contracts.Tasks;

namespace LpmOs.Core.Domain.Planning.Disks;

/// <summary>A layout that has a name.</summary>
public sealed record LayoutPreset
{
    public required string Name { get; init; }
    /// <summary>For people, one line.</summary>
    public required string Description { get; init; }
    /// <summary>Disks that it needs.</summary>
    public required int Count { get; init; }
    /// <summary>As one would give it as a layout of one's own.</summary>
    public required DiskLayoutSpec Layout { get; init; }
}

/// <summary>The named layouts. Each boots by BIOS and by UEFI from each of its disks.</summary>
public static class LayoutPresets
{
    public const string Plain = "plain";
    private const string System = "system";

    /// <summary>GPT is 1 MiB aligned at the front; the BIOS boot partition holds GRUB's core image (about 100 KiB), the ESP a loader or two.</summary>
    private static readonly PartitionSpec BiosBoot = new() { Name = "bios", Role = "bios_boot", Size = "1MiB" };
    private static readonly PartitionSpec Esp = new() { Name = "esp", Role = "esp", Size = "256MiB", FileSystem = "vfat", MountPoint = "/boot/efi" };

    public static IReadOnlyList<LayoutPreset> All { get; } =
    [
        new()
        {
            Name = Plain, Description = "One disk, one root partition", Count = 1,
            Layout = OnDisks(null, new PartitionSpec { Role = "root", FileSystem = "ext4", MountPoint = "/" }),
        },
        new()
        {
            Name = "lvm", Description = "One disk, /boot and a volume group with / and /var; a fifth of it stays free for snapshots and growth", Count = 1,
            Layout = OnDisks(null, Boot("/boot"), new PartitionSpec { Name = "lvm", Role = "data", VolumeGroup = System }) with
            {
                VolumeGroups = [new() { Name = System, Volumes = [Volume("root", "50%", "/"), Volume("var", "30%", "/var")] }],
            },
        },
        new()
        {
            Name = "raid1", Description = "Two equal disks, all mirrored", Count = 2,
            Layout = OnDisks(new DiskSelector { Equal = 2 }, new PartitionSpec { Name = "root", Role = "data", Array = "root" }) with
            {
                Arrays = [new() { Name = "root", Level = 1, FileSystem = "ext4", MountPoint = "/" }],
            },
        },
        new()
        {
            Name = "raid1-lvm", Description = "Two equal disks, mirrored /boot and a mirrored volume group with / and /var", Count = 2,
            Layout = OnDisks(new DiskSelector { Equal = 2 }, new PartitionSpec { Name = "boot", Role = "data", Size = "1GiB", Array = "boot" }, new PartitionSpec { Name = "lvm", Role = "data", Array = "lvm" }) with
            {
                Arrays = [new() { Name = "boot", Level = 1, FileSystem = "ext4", MountPoint = "/boot" }, new() { Name = "lvm", Level = 1, VolumeGroup = System }],
                VolumeGroups = [new() { Name = System, Volumes = [Volume("root", "50%", "/"), Volume("var", "30%", "/var")] }],
            },
        },
        new()
        {
            Name = "raid10", Description = "Four equal disks: mirrored /boot on all, the rest striped over mirrors", Count = 4,
            Layout = OnDisks(new DiskSelector { Equal = 4 }, new PartitionSpec { Name = "boot", Role = "data", Size = "1GiB", Array = "boot" }, new PartitionSpec { Name = "root", Role = "data", Array = "root" }) with
            {
                Arrays = [new() { Name = "boot", Level = 1, FileSystem = "ext4", MountPoint = "/boot" }, new() { Name = "root", Level = 10, FileSystem = "ext4", MountPoint = "/" }],
            },
        },
    ];

    /// <summary>Those that can be encrypted: /boot lies apart from the rest.</summary>
    public static IEnumerable<string> Encryptable => All.Where(preset => Parts(preset.Layout).Any(point => point == "/boot")).Select(preset => preset.Name);

    public static IEnumerable<string> Names => All.Select(preset => preset.Name);

    /// <summary>What a task's layout stands for in full: a preset's with the task's own choice of disks and root file system, or its own. Null: the preset has no such name.</summary>
    public static DiskLayoutSpec? Resolve(DiskLayoutSpec? spec)
    {
        if (spec?.Disks is not null)
            return spec;
        var name = spec?.Preset ?? Plain;
        if (All.FirstOrDefault(one => one.Name == name) is not { Layout: { Disks: { } groups } layout } preset)
            return null;
        var selector = spec?.Disk is not { } given ? groups[0].Disk : given.Equal is null && given.Count is null && preset.Count > 1 ? given with { Count = preset.Count } : given;
        var root = spec?.RootFileSystem ?? "ext4";
        if (spec?.Encryption is not null && Encryptable.Contains(name))
            layout = Encrypted(layout);
        return layout with
        {
            Preset = name, Wipe = spec?.Wipe, SwapFile = spec?.SwapFile, Encryption = spec?.Encryption,
            Disks = [groups[0] with { Disk = selector, Partitions = [.. layout.Disks![0].Partitions.Select(part => part.MountPoint == "/" ? part with { FileSystem = root } : part)] }],
            Arrays = layout.Arrays?.Select(array => array.MountPoint == "/" ? array with { FileSystem = root } : array).ToList(),
            VolumeGroups = layout.VolumeGroups?.Select(group => group with { Volumes = [.. group.Volumes.Select(volume => volume.MountPoint == "/" ? volume with { FileSystem = root } : volume)] }).ToList(),
        };
    }

    private static IEnumerable<string?> Parts(DiskLayoutSpec layout) => layout.Disks!.SelectMany(group => group.Partitions).Select(part => part.MountPoint).Concat((layout.Arrays ?? []).Select(array => array.MountPoint));

    // What holds the root, as a file system or as a volume group; everything that is not /boot or a loader's lies there.
    private static DiskLayoutSpec Encrypted(DiskLayoutSpec layout) => layout with
    {
        Disks = [.. layout.Disks!.Select(group => group with { Partitions = [.. group.Partitions.Select(part => part.VolumeGroup is not null || part.MountPoint == "/" ? part with { Encrypted = true } : part)] })],
        Arrays = layout.Arrays?.Select(array => array.VolumeGroup is not null || array.MountPoint == "/" ? array with { Encrypted = true } : array).ToList(),
    };

    private static DiskLayoutSpec OnDisks(DiskSelector? selector, params PartitionSpec[] partitions) =>
        new() { Disks = [new() { Name = System, Disk = selector, Partitions = [BiosBoot, Esp, .. partitions] }] };

    private static PartitionSpec Boot(string mountPoint) => new() { Name = "boot", Role = "boot", Size = "512MiB", FileSystem = "ext4", MountPoint = mountPoint };

    private static VolumeSpec Volume(string name, string size, string mountPoint) => new() { Name = name, Size = size, FileSystem = "ext4", MountPoint = mountPoint };
}
