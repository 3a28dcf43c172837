using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Discovery;

/// <summary>A partition table as found on a disk. Its bytes are anybody's: every number is checked against the disk before it is used.</summary>
internal sealed record PartitionTable
{
    /// <summary><c>gpt</c> or <c>dos</c>.</summary>
    public required string Kind { get; init; }
    public string? DiskId { get; init; }
    public IReadOnlyList<DiskPartition> Partitions { get; init; } = [];

    /// <summary>Type of the one partition by which an MBR says that a GPT holds (UEFI 2.10, 5.2.3).</summary>
    private const string Protective = "ee";

    /// <summary>
    /// GPT at the disk's own sector size or at the other common one (a disk moved between controllers), or MBR; null where there is neither. Where both are, the one that the MBR says,
    /// as for the kernel: a GPT that it does not announce is left of an older system, such as a backup at the end of a disk onto which a smaller image was written.
    /// </summary>
    public static PartitionTable? Read(Stream disk, long sizeBytes, int sectorBytes)
    {
        var record = MasterBootRecord.Read(disk, sizeBytes, sectorBytes == 4096 ? 4096 : 512);
        if (record is { Partitions.Count: > 0 } && record.Partitions.All(partition => partition.TypeId != Protective))
            return record;
        int[] sizes = sectorBytes == 4096 ? [4096, 512] : [512, 4096];
        foreach (var size in sizes)
        {
            if (GuidPartitionTable.Read(disk, sizeBytes, size) is { } table)
                return table;
        }
        return record;
    }

    /// <summary>Bytes at an offset; false where the disk ends before.</summary>
    public static bool ReadAt(Stream disk, long offset, Span<byte> buffer)
    {
        if (offset < 0)
            return false;
        disk.Position = offset;
        return disk.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) == buffer.Length;
    }
}
