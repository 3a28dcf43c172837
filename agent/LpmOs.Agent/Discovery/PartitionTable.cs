using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Discovery;

/// <summary>A partition table as found on a disk. Its bytes are anybody's: every number is checked against the disk before it is used.</summary>
internal sealed record PartitionTable
{
    /// <summary><c>gpt</c> or <c>dos</c>.</summary>
    public required string Kind { get; init; }
    public string? DiskId { get; init; }
    public IReadOnlyList<DiskPartition> Partitions { get; init; } = [];

    /// <summary>GPT at the disk's own sector size or at the other common one (a disk moved between controllers), then MBR; null where there is neither.</summary>
    public static PartitionTable? Read(Stream disk, long sizeBytes, int sectorBytes)
    {
        int[] sizes = sectorBytes == 4096 ? [4096, 512] : [512, 4096];
        foreach (var size in sizes)
        {
            if (GuidPartitionTable.Read(disk, sizeBytes, size) is { } table)
                return table;
        }
        return MasterBootRecord.Read(disk, sizeBytes, sectorBytes == 4096 ? 4096 : 512);
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
