using System.Buffers.Binary;
using LpmOs.Agent.Install.Image;

namespace LpmOs.Agent.Tests.Install.Image;

/// <summary>First sectors as boot loaders write them. What cannot be known to fail is taken.</summary>
public sealed class BiosStartTests
{
    [Theory]
    [InlineData("zeros", "no boot code in its first sector (MBR)")]
    [InlineData("unknown", null)]
    [InlineData("grub to 1", null)]
    [InlineData("grub to 40", "nothing in sector 40")]
    [InlineData("grub to 999999", "nothing in sector 999999")]
    // GRUB 0.97 keeps its sector elsewhere.
    [InlineData("old grub", null)]
    [InlineData("usual", "no partition is active")]
    [InlineData("usual, protective", "no partition is active")]
    [InlineData("usual, active at 1", null)]
    [InlineData("usual, active at 40", "that partition has no boot code")]
    [InlineData("usual, legacy at 1", null)]
    [InlineData("usual, legacy at 40", "that partition has no boot code")]
    public void TheFirstSectorTellsWhetherABiosStartsIt(string what, string? missing)
    {
        var disk = new byte[64 * 512];
        (disk[510], disk[511]) = (0x55, 0xAA);
        disk[512] = 0xEA;
        var number = what.Split(' ').Select(word => long.TryParse(word, out var sector) ? sector : 0).Last();
        if (what != "zeros")
            disk[0] = 0xEB;
        if (what.Contains("grub", StringComparison.Ordinal))
            "GRUB \0Geom\0Hard Disk\0Read\0 Error"u8.CopyTo(disk.AsSpan(0x17D));
        if (what.StartsWith("grub to", StringComparison.Ordinal))
        {
            disk[0x5B] = 0x80;
            BinaryPrimitives.WriteInt64LittleEndian(disk.AsSpan(0x5C), number);
        }
        if (what.StartsWith("usual", StringComparison.Ordinal))
            "Missing operating system"u8.CopyTo(disk.AsSpan(0x100));
        if (what.Contains("active", StringComparison.Ordinal) || what.Contains("protective", StringComparison.Ordinal))
        {
            (disk[446], disk[450]) = (0x80, (byte)(number == 0 ? 0xEE : 0x83));
            BinaryPrimitives.WriteUInt32LittleEndian(disk.AsSpan(454), (uint)number);
        }
        using var stream = new MemoryStream(disk);

        var said = BiosStart.Missing(stream, 512, what.Contains("legacy", StringComparison.Ordinal) ? [number] : []);

        if (missing is null)
            Assert.Null(said);
        else
            Assert.Contains(missing, said, StringComparison.Ordinal);
    }
}
