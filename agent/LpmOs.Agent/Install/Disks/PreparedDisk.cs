using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Disks;

/// <summary>The disk after partitioning.</summary>
internal sealed record PreparedDisk(string Device, IReadOnlyList<PreparedPartition> Partitions)
{
    public PreparedPartition Root => Partitions.Single(partition => partition.Plan is { Role: "root", MountPoint: "/" });
    public PreparedPartition? Esp => Partitions.FirstOrDefault(partition => partition.Plan.Role == "esp");
}

/// <param name="Uuid">Of its file system, as <c>blkid</c> prints it; null without one.</param>
internal sealed record PreparedPartition(PartitionPlan Plan, string Device, string? Uuid);
