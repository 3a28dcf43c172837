using System.Buffers.Binary;
using System.Text;
using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Discovery;

/// <summary>GPT: UEFI 2.10 section 5.3.</summary>
internal static class GuidPartitionTable
{
    private const int HeaderBytes = 92;
    private const int MostEntryBytes = 1 << 20;
    private const int MostPartitions = 128;

    /// <summary>The primary table, else the backup in the last sector; null where both are absent or damaged.</summary>
    public static PartitionTable? Read(Stream disk, long sizeBytes, int sectorBytes)
    {
        var sectors = sizeBytes / sectorBytes;
        return sectors < 3 ? null : ReadHeader(disk, 1, sectors, sectorBytes) ?? ReadHeader(disk, sectors - 1, sectors, sectorBytes);
    }

    private static PartitionTable? ReadHeader(Stream disk, long at, long sectors, int sectorBytes)
    {
        var header = new byte[sectorBytes];
        if (!PartitionTable.ReadAt(disk, at * sectorBytes, header) || !header.AsSpan().StartsWith("EFI PART"u8))
            return null;
        var length = (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(12)), int.MaxValue);
        if (length < HeaderBytes || length > sectorBytes)
            return null;
        var stated = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(16));
        header.AsSpan(16, 4).Clear();
        if (Crc32.Of(header.AsSpan(0, length)) != stated || BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(24)) != at)
            return null;
        var firstEntry = BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(72));
        long count = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(80));
        long entryBytes = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(84));
        if (entryBytes is < 128 or > 4096 || entryBytes % 8 != 0 || count * entryBytes > MostEntryBytes || firstEntry < 2 || firstEntry >= sectors)
            return null;
        var entries = new byte[count * entryBytes];
        if (!PartitionTable.ReadAt(disk, firstEntry * sectorBytes, entries) || Crc32.Of(entries) != BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(88)))
            return null;
        var partitions = new List<DiskPartition>();
        for (var i = 0; i < count && partitions.Count < MostPartitions; i++)
        {
            if (ReadEntry(entries.AsSpan((int)(i * entryBytes), (int)entryBytes), i + 1, sectors, sectorBytes) is { } partition)
                partitions.Add(partition);
        }
        return new() { Kind = "gpt", DiskId = new Guid(header.AsSpan(56, 16)).ToString(), Partitions = partitions };
    }

    private static DiskPartition? ReadEntry(ReadOnlySpan<byte> entry, int number, long sectors, int sectorBytes)
    {
        var type = new Guid(entry[..16]);
        var first = BinaryPrimitives.ReadInt64LittleEndian(entry[32..]);
        var last = BinaryPrimitives.ReadInt64LittleEndian(entry[40..]);
        if (type == Guid.Empty || first < 1 || last < first || last >= sectors)
            return null;
        var name = Encoding.Unicode.GetString(entry[56..128]);
        var end = name.IndexOf('\0', StringComparison.Ordinal);
        return new()
        {
            Number = number,
            StartBytes = first * sectorBytes,
            SizeBytes = (last - first + 1) * sectorBytes,
            Name = Printable.Clean(end < 0 ? name : name[..end], 36) is { Length: > 0 } clean ? clean : null,
            TypeId = type.ToString(),
        };
    }
}
