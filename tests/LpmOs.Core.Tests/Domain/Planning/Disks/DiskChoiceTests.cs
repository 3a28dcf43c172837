using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Planning.Disks;

namespace LpmOs.Core.Tests.Domain.Planning.Disks;

public sealed class DiskChoiceTests
{
    private const long GB = 1_000_000_000;

    /// <summary>A storage server: two small SSDs for the system, three hard disks of one kind, one NVMe, a stick in the front.</summary>
    private static readonly Disk[] Server =
    [
        Disk("/dev/sda", "INTEL SSD", "S0", 480, "sata", path: "pci-0000:00:1f.2-ata-1"), Disk("/dev/sdb", "INTEL SSD", "S1", 480, "sata", path: "pci-0000:00:1f.2-ata-2"),
        Disk("/dev/sdc", "ST8000", "H0", 8000, "sas", rotational: true), Disk("/dev/sdd", "ST8000", "H1", 8000, "sas", rotational: true), Disk("/dev/sde", "ST8000", "H2", 8000, "sas", rotational: true),
        Disk("/dev/nvme0n1", "P4610", "N0", 1600, "nvme"), Disk("/dev/sdf", "Stick", "U0", 32, "usb") with { Removable = true },
    ];

    public static TheoryData<DiskSelector, string> Fitting => new()
    {
        { new() { Serial = "h1" }, "/dev/sdd" },
        { new() { Path = "pci-0000:00:1f.2-ata-2" }, "/dev/sdb" },
        { new() { Path = "*ata-1" }, "/dev/sda" },
        { new() { MinSize = "1TB", MaxSize = "2TB" }, "/dev/nvme0n1" },
        { new() { Transport = "nvme" }, "/dev/nvme0n1" },
        { new() { Rotational = false, Prefer = "largest" }, "/dev/nvme0n1" },
        { new() { Equal = 2 }, "/dev/sda /dev/sdb" },
        { new() { Equal = 3 }, "/dev/sdc /dev/sdd /dev/sde" },
        { new() { Count = 3, Rotational = true }, "/dev/sdc /dev/sdd /dev/sde" },
        { new() { Count = 2, Prefer = "smallest" }, "/dev/sda /dev/sdb" },
        { new() { Count = 3, Prefer = "smallest" }, "/dev/sda /dev/sdb /dev/nvme0n1" },
        { new() { Count = 4, Prefer = "largest" }, "/dev/sdc /dev/sdd /dev/sde /dev/nvme0n1" },
        { new() { Model = "INTEL*", Count = 2 }, "/dev/sda /dev/sdb" },
    };

    [Theory]
    [MemberData(nameof(Fitting))]
    public void Exactly_the_disks_that_are_meant(DiskSelector selector, string expected)
    {
        var choice = DiskChoice.Of(Server, selector);
        Assert.Null(choice.Problem);
        Assert.Equal(expected.Split(' '), choice.Disks.Select(disk => disk.Device));
        Assert.Equal(Server.Length - choice.Disks.Count, choice.Reasons.Count);
    }

    /// <summary>A disk on two ports of an HBA, or a LUN on two fabrics: "the two equal ones" would be one disk twice.</summary>
    [Fact]
    public void A_disk_over_two_paths_is_no_two_disks_and_is_refused_before_approval()
    {
        Disk Path(string device) => Disk(device, "ST8000", "H7", 8000, "sas", rotational: true) with { Wwn = "naa.5000c500a1b2c3d4" };
        foreach (var selector in new DiskSelector[] { new() { Equal = 2, Rotational = true }, new() { Serial = "H7" }, new() { Wwn = "naa.5000c500a1b2c3d4" } })
        {
            var choice = DiskChoice.Of([Path("/dev/sda"), Path("/dev/sdb")], selector);
            Assert.Equal("no_disk", choice.Problem?.Code);
            Assert.Contains("one disk over 2 paths (/dev/sda, /dev/sdb): leave one path connected", choice.Problem!.Message, StringComparison.Ordinal);
        }
        Assert.Equal("/dev/sdc", Assert.Single(DiskChoice.Of([Path("/dev/sda"), Path("/dev/sdb"), Disk("/dev/sdc", "INTEL SSD", "S0", 480, "sata")], null).Disks).Device);
    }

    public static TheoryData<DiskSelector, string, string> NotFitting => new()
    {
        { new() { Serial = "X" }, "no_disk", "/dev/sda  480 GB  INTEL SSD  serial S0  wwn -: other serial" },
        { new() { MinSize = "500GB", MaxSize = "1TB" }, "no_disk", "/dev/sda  480 GB  INTEL SSD  serial S0  wwn -: smaller than 500GB" },
        { new() { MaxSize = "1TB", Transport = "nvme" }, "no_disk", "/dev/nvme0n1  1600 GB  P4610  serial N0  wwn -: larger than 1TB" },
        { new() { Equal = 4 }, "no_disk", "/dev/sdc  8000 GB  ST8000  serial H0  wwn -: one of 3 equal ones, not of 4" },
        { new() { Equal = 2, Rotational = true }, "no_disk", "/dev/sda  480 GB  INTEL SSD  serial S0  wwn -: no hard disk" },
        { new() { Count = 2, Rotational = true }, "several_disks", "/dev/sdc  8000 GB  ST8000  serial H0  wwn -: fits" },
        { new() { Count = 1, Prefer = "largest" }, "several_disks", "/dev/nvme0n1  1600 GB  P4610  serial N0  wwn -: not the largest" },
        { new() { Count = 9 }, "no_disk", "/dev/sdf  32 GB  Stick  serial U0  wwn -: removable" },
        { new() { Path = "*-ata-9" }, "no_disk", "/dev/sda  480 GB  INTEL SSD  serial S0  wwn -: plugged in at pci-0000:00:1f.2-ata-1" },
    };

    [Theory]
    [MemberData(nameof(NotFitting))]
    public void None_or_too_many_are_told_with_the_reason_of_each(DiskSelector selector, string code, string line)
    {
        var choice = DiskChoice.Of(Server, selector);
        Assert.Empty(choice.Disks);
        Assert.Equal(code, choice.Problem?.Code);
        Assert.Contains(line, choice.Problem?.Message, StringComparison.Ordinal);
        Assert.All(Server, disk => Assert.Contains(disk.Device + "  ", choice.Problem?.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Two_pairs_of_equal_disks_are_not_told_apart_but_by_a_preference()
    {
        Disk[] disks = [.. Server[..2], Disk("/dev/sdx", "ST8000", "H8", 8000, "sas", rotational: true), Disk("/dev/sdy", "ST8000", "H9", 8000, "sas", rotational: true)];
        Assert.Equal("several_disks", DiskChoice.Of(disks, new() { Equal = 2 }).Problem?.Code);
        Assert.Equal(["S0", "S1"], DiskChoice.Of(disks, new() { Equal = 2, Prefer = "smallest" }).Disks.Select(disk => disk.Serial!));
        Assert.Equal(["H8", "H9"], DiskChoice.Of(disks, new() { Equal = 2, Prefer = "largest" }).Disks.Select(disk => disk.Serial!));
    }

    [Theory]
    [InlineData("512MiB", 536_870_912L)]
    [InlineData("20GB", 20_000_000_000L)]
    [InlineData("1.92TB", 1_920_000_000_000L)]
    [InlineData("1tib", 1_099_511_627_776L)]
    [InlineData("4096", 4096L)]
    [InlineData("0GB", null)]
    [InlineData("-1GB", null)]
    [InlineData("1e3GB", null)]
    [InlineData("NaNGB", null)]
    [InlineData("ten", null)]
    [InlineData("99999999TB", null)]
    [InlineData("", null)]
    public void Sizes_as_people_write_them(string text, long? bytes) => Assert.Equal(bytes, ByteSize.Parse(text));

    private static Disk Disk(string device, string model, string serial, long gigabytes, string transport, bool rotational = false, string? path = null) => new()
    {
        Device = device, Model = model, Serial = serial, SizeBytes = gigabytes * GB, SizeGb = (int)gigabytes, Transport = transport, Rotational = rotational, Path = path,
    };
}
