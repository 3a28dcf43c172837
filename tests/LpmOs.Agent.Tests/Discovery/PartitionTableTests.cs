using LpmOs.Agent.Discovery;

namespace LpmOs.Agent.Tests.Discovery;

/// <summary>Tables written by sfdisk, then cut, flipped and forged.</summary>
public sealed class PartitionTableTests
{
    private const long Size = 64L << 20;
    private const string Gpt = "label: gpt\nlabel-id: 6F1C6C1E-7A51-4F0E-9D0A-3F1D5C5B7A11\nsize=2048, type=21686148-6449-6E6F-744E-656564454649, name=\"bios\"\nsize=20480, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, name=\"系统 esp\"\ntype=0FC63DAF-8483-4772-8E79-3D69D8477DE4, name=\"root\"\n";
    private const string Dos = "label: dos\nlabel-id: 0xcafe1234\n1 : size=20480, type=83, bootable\n2 : size=81920, type=5\n5 : size=8192, type=82\n6 : size=8192, type=83\n";

    [Fact]
    public void GptIsReadAsSfdiskWroteIt()
    {
        var table = Read(Disk(Gpt));

        Assert.Equal("gpt", table!.Kind);
        Assert.Equal("6f1c6c1e-7a51-4f0e-9d0a-3f1d5c5b7a11", table.DiskId);
        Assert.Equal([(1, 1L << 20, 1L << 20, "bios"), (2, 2L << 20, 10L << 20, "系统 esp"), (3, 12L << 20, 51L << 20, "root")],
            table.Partitions.Select(partition => (partition.Number, partition.StartBytes, partition.SizeBytes, partition.Name!)));
        Assert.Equal("c12a7328-f81f-11d2-ba4b-00a0c93ec93b", table.Partitions[1].TypeId);
    }

    [Fact]
    public void TheBackupServesWhereThePrimaryIsDamaged()
    {
        var disk = Disk(Gpt);
        Array.Clear(disk, 512, 1024);

        var table = Read(disk);

        Assert.Equal("gpt", table!.Kind);
        Assert.Equal(3, table.Partitions.Count);
    }

    [Fact]
    public void GptOf4096ByteSectorsIsReadWhateverTheDiskSays()
    {
        var disk = new byte[Size];
        Forge(disk, 4096);

        Assert.Equal(4096L * 256, Assert.Single(Read(disk, 4096)!.Partitions).StartBytes);
        Assert.Equal(4096L * 256, Assert.Single(Read(disk, 512)!.Partitions).StartBytes);
    }

    [Fact]
    public void DosTablesAreReadWithTheirLogicalPartitions()
    {
        var table = Read(Disk(Dos));

        Assert.Equal("dos", table!.Kind);
        Assert.Equal("cafe1234", table.DiskId);
        Assert.Equal([(1, "83", 20480L * 512), (2, "05", 81920L * 512), (5, "82", 8192L * 512), (6, "83", 8192L * 512)], table.Partitions.Select(partition => (partition.Number, partition.TypeId!, partition.SizeBytes)));
    }

    /// <summary>A smaller image with an MBR was written onto a disk that had a GPT: its backup still lies at the end, and blkid and the kernel know better.</summary>
    [Fact]
    public void WhatIsLeftOfAnOlderGptDoesNotHideTheTableThatHolds()
    {
        var disk = Disk(Gpt);
        Disk(Dos)[..(1 << 20)].CopyTo(disk, 0);

        Assert.Equal("EFI PART"u8.ToArray(), disk[^512..^504]);
        Assert.Equal(("dos", "cafe1234"), (Read(disk)!.Kind, Read(disk)!.DiskId));
        // Nor does a primary one, which only the sector before it was written over.
        var half = Disk(Gpt);
        disk[..512].CopyTo(half, 0);
        Assert.Equal(("dos", "cafe1234"), (Read(half)!.Kind, Read(half)!.DiskId));
    }

    [Fact]
    public void ABareFatFileSystemIsNoTable()
    {
        var path = Path.GetTempFileName();
        using (var file = File.OpenWrite(path))
            file.SetLength(Size);
        RecordedMachine.Program("mkfs.vfat", path);
        var bytes = File.ReadAllBytes(path);
        File.Delete(path);

        Assert.Equal([0x55, 0xAA], bytes[510..512]);
        Assert.Null(Read(bytes));
    }

    [Fact]
    public void AnExtendedChainThatGoesInACircleEnds()
    {
        var disk = Disk(Dos);
        // The first extended record begins at sector 22528; its second entry is made to lead to itself.
        var extended = BitConverter.ToUInt32(disk, 446 + 16 + 8) * 512;
        BitConverter.TryWriteBytes(disk.AsSpan((int)extended + 446 + 16 + 8), 0u);
        disk[extended + 446 + 16 + 4] = 5;

        Assert.InRange(Read(disk)!.Partitions.Count, 1, 64);
    }

    [Theory]
    [InlineData(80)] // number of entries
    [InlineData(84)] // size of an entry
    [InlineData(72)] // where they begin
    [InlineData(12)] // length of the header
    public void HostileNumbersAreRefusedEvenWithARightChecksum(int field)
    {
        foreach (var value in (uint[])[0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
        {
            var disk = new byte[Size];
            Forge(disk, 512, header => BitConverter.TryWriteBytes(header[field..], value));
            var table = Read(disk);
            Assert.True(table is null or { Partitions.Count: <= 128 });
        }
    }

    [Fact]
    public void AnyByteMayBeWrongAndAnyLengthCut()
    {
        var whole = Disk(Gpt)[..(34 * 512)];
        var random = new Random(20261122);
        for (var i = 0; i < 3000; i++)
        {
            var disk = whole.AsSpan(0, random.Next(whole.Length + 1)).ToArray();
            for (var flips = random.Next(1, 6); flips > 0 && disk.Length > 0; flips--)
                disk[random.Next(Math.Min(disk.Length, 2048))] = (byte)random.Next(256);
            PartitionTable.Read(new MemoryStream(disk), Size, random.Next(2) == 0 ? 512 : 4096);
            PartitionTable.Read(new MemoryStream(disk), disk.Length, 512);
        }
    }

    // A GPT with one partition, built here so that tests can lie in it.
    private static void Forge(byte[] disk, int sector, Action<Span<byte>>? lie = null)
    {
        var entries = disk.AsSpan(2 * sector, 128 * 128);
        Guid.Parse("0FC63DAF-8483-4772-8E79-3D69D8477DE4").TryWriteBytes(entries);
        BitConverter.TryWriteBytes(entries[32..], 256L);
        BitConverter.TryWriteBytes(entries[40..], 511L);
        var header = disk.AsSpan(sector, sector);
        "EFI PART"u8.CopyTo(header);
        BitConverter.TryWriteBytes(header[8..], 0x00010000u);
        BitConverter.TryWriteBytes(header[12..], 92u);
        BitConverter.TryWriteBytes(header[24..], 1L);
        BitConverter.TryWriteBytes(header[72..], 2L);
        BitConverter.TryWriteBytes(header[80..], 128u);
        BitConverter.TryWriteBytes(header[84..], 128u);
        BitConverter.TryWriteBytes(header[88..], Crc32.Of(entries));
        lie?.Invoke(header);
        var length = Math.Clamp(BitConverter.ToUInt32(header[12..]), 0u, (uint)sector);
        BitConverter.TryWriteBytes(header[16..], Crc32.Of(header[..(int)length]));
    }

    private static PartitionTable? Read(byte[] disk, int sector = 512) => PartitionTable.Read(new MemoryStream(disk), disk.Length, sector);

    private static byte[] Disk(string script)
    {
        var path = Path.GetTempFileName();
        using (var file = File.OpenWrite(path))
            file.SetLength(Size);
        RecordedMachine.Program("sfdisk", $"-q {path}", script);
        var bytes = File.ReadAllBytes(path);
        File.Delete(path);
        return bytes;
    }
}
