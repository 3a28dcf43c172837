using System.Buffers.Binary;

namespace LpmOs.Agent.Install.Image;

/// <summary>
/// What a BIOS would start from a disk: the code of its first sector, and what that code loads as far as it is known. Code that nobody here knows is taken for good: a disk that starts must not be refused.
/// </summary>
internal static class BiosStart
{
    /// <summary>Behind the code are the disk's signature and the table (UEFI 2.10, table 5.1).</summary>
    private const int CodeBytes = 440;
    private const int SectorBytes = 512;
    private const int FirstEntry = 446, EntryBytes = 16;
    private const byte Active = 0x80, Protective = 0xEE;
    // GRUB's boot.img (include/grub/i386/pc/boot.h): where it loads the next sector to, always 0x8000, and the number of that sector, in 512 bytes.
    private const int GrubAddress = 0x5A, GrubSector = 0x5C, GrubLoadsTo = 0x8000;

    /// <param name="disk">The whole disk, from its first byte.</param>
    /// <param name="sectorBytes">Of the sectors that its table counts in.</param>
    /// <param name="legacy">First sectors of GPT partitions with the attribute LegacyBIOSBootable.</param>
    /// <returns>What is missing, as the end of a sentence that begins with "it has"; null: as far as can be known, nothing.</returns>
    /// <exception cref="IOException">The disk cannot be read.</exception>
    public static string? Missing(Stream disk, int sectorBytes, IReadOnlyList<long> legacy)
    {
        var record = Read(disk, 0);
        var code = record.AsSpan(0, CodeBytes);
        if (!code.ContainsAnyExcept((byte)0))
            return "no boot code in its first sector (MBR)";
        if (code.IndexOf("GRUB"u8) >= 0 && BinaryPrimitives.ReadUInt16LittleEndian(code[GrubAddress..]) == GrubLoadsTo)
        {
            var next = BinaryPrimitives.ReadInt64LittleEndian(code[GrubSector..]);
            return IsEmpty(disk, next, SectorBytes) ? $"GRUB's boot code in its first sector (MBR), and nothing in sector {next}, where that code finds the rest of GRUB (the BIOS boot partition, or the gap behind the MBR)" : null;
        }
        // The usual code, by the words that Windows', syslinux' and others' have in common, starts the active partition.
        if (code.IndexOf("issing operating system"u8) < 0)
            return null;
        var starts = legacy.Concat(ActiveOf(record)).ToList();
        if (starts.Count == 0)
            return "boot code in its first sector (MBR) that starts the active partition, and no partition is active";
        return starts.All(start => IsEmpty(disk, start, sectorBytes)) ? "boot code in its first sector (MBR) that starts the active partition, and that partition has no boot code" : null;
    }

    private static IEnumerable<long> ActiveOf(byte[] record)
    {
        for (var at = FirstEntry; at < FirstEntry + (4 * EntryBytes); at += EntryBytes)
        {
            if (record[at] == Active && record[at + 4] is not (0 or Protective))
                yield return BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan(at + 8));
        }
    }

    private static bool IsEmpty(Stream disk, long sector, int sectorBytes)
    {
        if (sector <= 0 || sector >= disk.Seek(0, SeekOrigin.End) / sectorBytes)
            return true;
        return !Read(disk, sector * sectorBytes).AsSpan(0, CodeBytes).ContainsAnyExcept((byte)0);
    }

    private static byte[] Read(Stream disk, long offset)
    {
        var bytes = new byte[SectorBytes];
        disk.Position = offset;
        disk.ReadExactly(bytes);
        return bytes;
    }
}
