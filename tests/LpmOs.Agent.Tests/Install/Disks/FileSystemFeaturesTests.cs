using LpmOs.Agent.Install.Disks;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Tests.Install.Disks;

/// <summary>Made by the real mkfs, read by the real xfs_db and dumpe2fs.</summary>
[Collection("loop devices")]
public sealed class FileSystemFeaturesTests
{
    [Theory]
    [InlineData("centos", "7", true)]
    [InlineData("rhel", "7.9", true)]
    [InlineData("sles", "12-SP5", true)]
    [InlineData("opensuse", "42.3", true)]
    [InlineData("ubuntu", "18.04", true)]
    [InlineData("opensuse", "15.6", false)]
    [InlineData("rocky", "8", false)]
    [InlineData("centos", "8", false)]
    [InlineData("kylin", "V10", false)]
    [InlineData("debian", "12", false)]
    public async Task AFileSystemHasNothingThatItsSystemDoesNotKnow(string id, string version, bool isOld)
    {
        Assert.True(File.Exists("/usr/sbin/mkfs.xfs") && File.Exists("/usr/sbin/xfs_db") && File.Exists("/usr/sbin/mkfs.ext4"), "Needs xfsprogs and e2fsprogs.");
        var os = new OsPlan { Id = id, Version = version, Name = id, InstallMethod = "image" };
        using var machine = new RecordedMachine();

        var features = await FeaturesAsync(machine, "xfs", os, "xfs_db -r -c version");

        string[] late = ["BIGTIME", "INOBTCNT", "NREXT64", "RMAPBT"];
        string[] old = ["REFLINK", "SPARSE_INODES", "FINOBT"];
        Assert.DoesNotContain(features, late.Contains);
        Assert.Equal(isOld ? [] : old.Order(StringComparer.Ordinal), features.Where(old.Contains).Order(StringComparer.Ordinal));
        Assert.Contains("CRC", features);

        features = await FeaturesAsync(machine, "ext4", os, "dumpe2fs -h");
        Assert.Equal(!isOld, features.Contains("metadata_csum"));
        Assert.Contains("extent", features);
    }

    /// <summary>A boot image has the mke2fs.conf of the machine that built it: Debian 13's makes what Debian 11 does not check.</summary>
    [Fact]
    public void WhatABuildersSettingsAddIsTakenAway()
    {
        using var machine = new RecordedMachine().File("mke2fs.conf", "[fs_types]\n\text4 = {\n\t\tfeatures = has_journal,extent,64bit,metadata_csum,metadata_csum_seed,orphan_file\n\t}\n");
        var file = machine.Device("ext4", 100L << 20);
        string[] Features(string options) => RecordedMachine.Program($"export MKE2FS_CONFIG={machine.Root}/mke2fs.conf PATH=$PATH:/usr/sbin:/sbin;", $"mkfs.ext4 -q -F {options} {file} && dumpe2fs -h {file} 2> /dev/null | grep features:").Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

        Assert.Contains("orphan_file", Features(""));
        var features = Features("-O " + FileSystemFeatures.Ext4(new() { Id = "debian", Version = "11", Name = "Debian 11", InstallMethod = "image" }));

        Assert.DoesNotContain("orphan_file", features);
        Assert.DoesNotContain("metadata_csum_seed", features);
        Assert.Contains("metadata_csum", features);
    }

    private static async Task<string[]> FeaturesAsync(RecordedMachine machine, string fileSystem, OsPlan os, string read)
    {
        var file = machine.Device(fileSystem, 400L << 20);
        var uuid = await new FileSystems(new ProgramRunner(_ => { })).MakeAsync(new() { Name = "root", Role = "root", FileSystem = fileSystem }, file, os, TestContext.Current.CancellationToken);
        Assert.Equal(uuid, RecordedMachine.Program("/usr/sbin/blkid", $"-p -s UUID -o value {file}").Trim());
        return RecordedMachine.Program("PATH=$PATH:/usr/sbin:/sbin", $"{read} {file} 2> /dev/null").Split((char[])[' ', ',', '\n', '='], StringSplitOptions.RemoveEmptyEntries);
    }
}
