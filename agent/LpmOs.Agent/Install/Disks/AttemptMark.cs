using System.Text;

namespace LpmOs.Agent.Install.Disks;

/// <summary>
/// In the disk's last sector, where the image of a whole disk is written: by it an interrupted attempt knows its disk again once the image's own table is on it, whose identifier is
/// the image's. At first it is the backup of the empty table with the planned GUID (UEFI 2.10, 5.3.2). Under an MBR that would be the rest of a GPT, at which partition tools stop and ask:
/// there a line of text takes its place. It lies in the open, a file system that has grown over it may overwrite it.
/// </summary>
internal static class AttemptMark
{
    private const int HeaderGuid = 56;

    /// <exception cref="IOException">The disk cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Not started as root.</exception>
    public static bool IsOn(string device, long sizeBytes, int sectorBytes, string guid)
    {
        if (sizeBytes < sectorBytes)
            return false;
        using var disk = File.OpenHandle(device, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var sector = new byte[sectorBytes];
        return RandomAccess.Read(disk, sector, sizeBytes - sectorBytes) == sectorBytes && (sector.AsSpan().StartsWith(Text(guid))
            || (sector.AsSpan().StartsWith("EFI PART"u8) && new Guid(sector.AsSpan(HeaderGuid, 16)) == Guid.Parse(guid)));
    }

    /// <summary>Puts the text in the place of the backup.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public static void WriteText(string device, long sizeBytes, int sectorBytes, string guid)
    {
        using var disk = File.OpenHandle(device, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var sector = new byte[sectorBytes];
        Text(guid).CopyTo(sector, 0);
        RandomAccess.Write(disk, sector, sizeBytes - sectorBytes);
        RandomAccess.FlushToDisk(disk);
    }

    private static byte[] Text(string guid) => Encoding.ASCII.GetBytes($"LpmOs installation {Guid.Parse(guid):D}\n");
}
