using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Disks;

/// <summary>The disks after partitioning.</summary>
/// <param name="Device">The first disk.</param>
/// <param name="Partitions">Whatever may have a file system: partitions, then arrays, then volumes.</param>
internal sealed record PreparedDisk(string Device, IReadOnlyList<PreparedPartition> Partitions)
{
    /// <summary>All disks, in the plan's order.</summary>
    public IReadOnlyList<string> Disks { get; init; } = [Device];
    /// <summary>Disks with a BIOS boot partition: each gets the boot loader.</summary>
    public IReadOnlyList<string> BootDisks { get; init; } = [Device];

    /// <summary>Encrypted volumes that must be open before the root can be mounted; empty where the root is not encrypted.</summary>
    public IReadOnlyList<LuksVolume> RootVolumes => [.. Below(Root)];
    /// <summary>All encrypted volumes.</summary>
    public IEnumerable<LuksVolume> Volumes => Partitions.Select(partition => partition.Luks).OfType<LuksVolume>();

    /// <summary>Encrypted volumes that a file system lies on.</summary>
    public IEnumerable<LuksVolume> Below(PreparedPartition partition) => partition.Luks is { } own ? [own, .. Under(partition)] : Under(partition);

    private IEnumerable<LuksVolume> Under(PreparedPartition partition) => partition.Group is not { } group ? [] : Partitions.Where(other => other.Plan.VolumeGroup == group).Select(other => other.Luks).OfType<LuksVolume>();

    public PreparedPartition Root => Partitions.Single(partition => partition.Plan.MountPoint == "/");
    /// <summary>Where kernels are: a file system of their own, or the root.</summary>
    public PreparedPartition Boot => Partitions.FirstOrDefault(partition => partition.Plan.MountPoint == "/boot") ?? Root;
    public PreparedPartition? Esp => Partitions.FirstOrDefault(partition => partition.Plan is { Role: "esp", MountPoint: not null });
    /// <summary>Those of the other disks, which the system does not mount.</summary>
    public IEnumerable<PreparedPartition> SpareEsps => Partitions.Where(partition => partition.Plan is { Role: "esp", MountPoint: null, FileSystem: not null });
}

/// <param name="Plan">For an array or a volume: its name, file system and mount point.</param>
/// <param name="Uuid">Of its file system, as <c>blkid</c> prints it; null without one.</param>
/// <param name="Layer">What it lies on.</param>
internal sealed record PreparedPartition(PartitionPlan Plan, string Device, string? Uuid, StorageLayer Layer = StorageLayer.Partition)
{
    /// <summary>The encrypted volume whose inside <see cref="Device"/> is; null: not encrypted.</summary>
    public LuksVolume? Luks { get; init; }
    /// <summary>Of a logical volume: its group.</summary>
    public string? Group { get; init; }
}

internal enum StorageLayer
{
    Partition,
    Array,
    Volume,
}
