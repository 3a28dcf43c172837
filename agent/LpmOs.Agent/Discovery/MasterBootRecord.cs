using System.Buffers.Binary;
using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Discovery;

/// <summary>DOS partition table with its chain of extended boot records.</summary>
internal static class MasterBootRecord
{
    private const int RecordBytes = 512;
    private const int FirstEntry = 446;
    private const int EntryBytes = 16;
    private const int FirstLogical = 5;
    private const int MostLogical = 60;

    public static PartitionTable? Read(Stream disk, long sizeBytes, int sectorBytes)
    {
        var record = new byte[RecordBytes];
        if (!PartitionTable.ReadAt(disk, 0, record) || !IsTable(record))
            return null;
        var sectors = sizeBytes / sectorBytes;
        var partitions = new List<DiskPartition>();
        for (var i = 0; i < 4; i++)
        {
            var entry = Entry.At(record, i);
            if (!entry.Fits(0, sectors))
                continue;
            partitions.Add(entry.Partition(i + 1, 0, sectorBytes));
            if (entry.IsExtended)
                ReadLogical(disk, entry, sectors, sectorBytes, partitions);
        }
        var id = BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan(440));
        return new() { Kind = "dos", DiskId = id == 0 ? null : $"{id:x8}", Partitions = partitions };
    }

    // Each record of the chain holds one logical partition, relative to itself, and the next record, relative to the extended partition.
    private static void ReadLogical(Stream disk, Entry extended, long sectors, int sectorBytes, List<DiskPartition> partitions)
    {
        var record = new byte[RecordBytes];
        var seen = new HashSet<long>();
        long at = extended.Start;
        var number = FirstLogical + partitions.Count(partition => partition.Number >= FirstLogical);
        while (partitions.Count < MostLogical && seen.Add(at) && PartitionTable.ReadAt(disk, at * sectorBytes, record) && record[510] == 0x55 && record[511] == 0xAA)
        {
            var logical = Entry.At(record, 0);
            if (logical.Fits(at, sectors) && !logical.IsExtended)
                partitions.Add(logical.Partition(number++, at, sectorBytes));
            var next = Entry.At(record, 1);
            if (!next.IsExtended || next.Start == 0)
                break;
            at = extended.Start + next.Start;
            if (at >= sectors)
                break;
        }
    }

    // The boot sector of a bare FAT or NTFS file system ends in 55 AA too, and has code where the entries would be.
    private static bool IsTable(byte[] record)
    {
        if (record[510] != 0x55 || record[511] != 0xAA)
            return false;
        var text = record.AsSpan();
        if (text[3..11].SequenceEqual("NTFS    "u8) || text[3..11].SequenceEqual("EXFAT   "u8) || text[54..57].SequenceEqual("FAT"u8) || text[82..87].SequenceEqual("FAT32"u8))
            return false;
        for (var i = 0; i < 4; i++)
        {
            if (record[FirstEntry + i * EntryBytes] is not (0x00 or 0x80))
                return false;
        }
        return text[440..510].ContainsAnyExcept((byte)0);
    }

    private readonly record struct Entry(byte Type, uint Start, uint Count)
    {
        public static Entry At(byte[] record, int index)
        {
            var entry = record.AsSpan(FirstEntry + index * EntryBytes, EntryBytes);
            return new(entry[4], BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]), BinaryPrimitives.ReadUInt32LittleEndian(entry[12..]));
        }

        public bool IsExtended => Type is 0x05 or 0x0F or 0x85;

        public bool Fits(long from, long sectors) => Type != 0 && Count > 0 && from + Start < sectors && from + Start > 0;

        public DiskPartition Partition(int number, long from, int sectorBytes) =>
            new() { Number = number, StartBytes = (from + Start) * sectorBytes, SizeBytes = (long)Count * sectorBytes, TypeId = $"{Type:x2}" };
    }
}
