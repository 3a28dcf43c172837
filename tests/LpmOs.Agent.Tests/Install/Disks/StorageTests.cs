using LpmOs.Agent.Discovery;
using LpmOs.Agent.Install;
using LpmOs.Agent.Install.Disks;
using LpmOs.Agent.Install.Target;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Tests.Install.Disks;

public sealed class StorageTests
{
    private static readonly InstallPlan Mirror = Plans.Plan with
    {
        Disks = [Plans.Plan.Disk! with { DiskGuid = Plans.Plan.DiskGuid }, new() { Device = "/dev/vdb", Serial = "DISK-2", SizeBytes = 8L << 30, DiskGuid = "7f1c6c1e-7a51-4f0e-9d0a-3f1d5c5b7a11" }],
        Partitions =
        [
            new() { Name = "bios", Role = "bios_boot", SizeBytes = 1 << 20, Disk = 0 }, new() { Name = "root", Role = "data", SizeBytes = 4L << 30, Disk = 0, Array = "root" },
            new() { Name = "bios", Role = "bios_boot", SizeBytes = 1 << 20, Disk = 1 }, new() { Name = "root", Role = "data", SizeBytes = 4L << 30, Disk = 1, Array = "root" },
        ],
        Arrays = [new() { Name = "root", Level = 1, Uuid = "6f1c6c1e-7a51-8f0e-9d0a-3f1d5c5b7a11", MemberBytes = 4080L << 20, SizeBytes = 4080L << 20, FileSystem = "ext4", MountPoint = "/" }],
    };

    [Fact]
    public async Task Each_of_several_disks_must_be_as_planned_before_any_is_written()
    {
        using var machine = RecordedMachine.Qemu().Disk("vdb", 8L << 30, "pci0000:00/0000:00:05.0/virtio3", ("serial", "DISK-2"), ("queue/logical_block_size", "512"));
        machine.Device("dev/vda", 8L << 30);
        machine.Device("dev/vdb", 8L << 30);
        var tree = new SystemTree(machine.Root);
        var finder = new DiskFinder(new DiskDiscovery(tree, new DiskContentReader(tree, new SignatureProber(new ProgramRunner(_ => { }))), TimeProvider.System));
        var blank = DiskContentReader.WithDigest(new()).Digest;
        var plan = Mirror with { Disks = [.. Mirror.Disks!.Select(disk => disk with { ContentDigest = blank })] };

        var found = await finder.FindAsync(plan, TestContext.Current.CancellationToken);
        Assert.Equal(["/dev/vda", "/dev/vdb"], found.Select(target => target.Device));
        Assert.Equal(plan.Disks!.Select(disk => disk.DiskGuid), found.Select(target => target.Guid));

        foreach (var (other, said) in ((InstallPlan, string)[])
        [
            (plan with { Disks = [plan.Disks![0], plan.Disks[1] with { ContentDigest = new string('0', 64) }] }, "/dev/vdb holds something else"),
            (plan with { Disks = [plan.Disks[0], plan.Disks[1] with { Serial = "GONE" }] }, "No disk is the planned one"),
            (plan with { Disks = [plan.Disks[0], plan.Disks[1] with { SizeBytes = 1 << 30 }] }, "/dev/vdb has 8589934592 bytes"),
            (plan with { Disks = [plan.Disks[0], plan.Disks[0]] }, "/dev/vda is more than one of the planned disks"),
        ])
        {
            var failure = await Assert.ThrowsAsync<InstallException>(() => finder.FindAsync(other, TestContext.Current.CancellationToken));
            Assert.Equal("disk_changed", failure.Code);
            Assert.Contains(said, failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_disk_that_could_not_be_read_when_the_plan_was_made_and_now_holds_data_is_not_written()
    {
        using var machine = RecordedMachine.Qemu();
        var device = machine.Device("dev/vda", 8L << 30);
        var tree = new SystemTree(machine.Root);
        var finder = new DiskFinder(new DiskDiscovery(tree, new DiskContentReader(tree, new SignatureProber(new ProgramRunner(_ => { }))), TimeProvider.System));
        var plan = Mirror with { Disks = [Mirror.Disks![0] with { ContentDigest = null }] };
        Assert.Single(await finder.FindAsync(plan, TestContext.Current.CancellationToken));

        RecordedMachine.Program("sfdisk", $"-q {device}", "label: gpt\nsize=65536\n");
        var failure = await Assert.ThrowsAsync<InstallException>(() => finder.FindAsync(plan, TestContext.Current.CancellationToken));
        Assert.Equal("disk_changed", failure.Code);
        Assert.Contains("/dev/vda could not be read when the plan was made, and now holds data", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Two disks with one image are one to whoever looks for the identifiers of its file systems.</summary>
    [Theory]
    [InlineData("6f1c6c1e-7a51-4f0e-9d0a-3f1d5c5b7a11", true)]
    [InlineData("7f1c6c1e-7a51-4f0e-9d0a-3f1d5c5b7a11", false)]
    public async Task A_second_disk_with_the_same_image_is_told_of(string uuid, bool refused)
    {
        using var machine = RecordedMachine.Qemu().Disk("vdb", 8L << 30, "pci0000:00/0000:00:05.0/virtio3", ("serial", "DISK-2"), ("queue/logical_block_size", "512"));
        foreach (var (name, id) in new[] { ("vda", "6f1c6c1e-7a51-4f0e-9d0a-3f1d5c5b7a11"), ("vdb", uuid) })
        {
            RecordedMachine.Program("sfdisk", $"-q {machine.Device("dev/" + name, 8L << 30)}", "label: gpt\nsize=65536\n");
            RecordedMachine.Program("mkfs.ext4", $"-q -F -U {id} {machine.Device($"dev/{name}1", 32 << 20)}", "");
        }
        var tree = new SystemTree(machine.Root);
        var discovery = new DiskDiscovery(tree, new DiskContentReader(tree, new SignatureProber(new ProgramRunner(_ => { }))), TimeProvider.System);
        var written = (await discovery.DisksAsync(TestContext.Current.CancellationToken)).First(disk => disk.Device == "/dev/vda");
        Assert.Equal("6f1c6c1e-7a51-4f0e-9d0a-3f1d5c5b7a11", Assert.Single(written.Content!.Partitions).Uuid);

        var failure = await Record.ExceptionAsync(() => new DiskFinder(discovery).RequireNoTwinAsync(written, TestContext.Current.CancellationToken));
        if (refused)
            Assert.Contains("/dev/vdb (serial DISK-2) holds a copy of the same image", Assert.IsType<InstallException>(failure).Message, StringComparison.Ordinal);
        else
            Assert.Null(failure);
    }

    [Fact]
    public void The_files_of_a_mirrored_system_name_its_array_and_volumes()
    {
        Assert.Contains("ARRAY /dev/md/root level=raid1 metadata=1.2 UUID=6f1c6c1e:7a518f0e:9d0a3f1d:5c5b7a11\n", StorageFiles.Arrays(Mirror.Arrays!, "db-1"), StringComparison.Ordinal);
        PreparedPartition Part(string? fileSystem, string? point, string device, StorageLayer layer, string uuid, string role = "data") => new(new() { Name = "x", Role = role, FileSystem = fileSystem, MountPoint = point }, device, uuid, layer);
        var disk = new PreparedDisk("/dev/vda",
        [
            Part("swap", null, "/dev/vda4", StorageLayer.Partition, "S"), Part("ext4", "/boot", "/dev/md100", StorageLayer.Array, "B"), Part("xfs", "/", "/dev/mapper/system-root", StorageLayer.Volume, "R"),
            Part("vfat", "/boot/efi", "/dev/vda2", StorageLayer.Partition, "E", "esp"), Part("vfat", null, "/dev/vdb2", StorageLayer.Partition, "F", "esp"),
        ]);
        Assert.Equal("/dev/mapper/system-root / xfs defaults 0 0\nUUID=B /boot ext4 defaults 0 2\nUUID=E /boot/efi vfat umask=0077,nofail 0 1\nUUID=S none swap sw,nofail 0 0\n/swapfile none swap sw 0 0\n",
            SystemIdentity.FileSystemTable(disk, new() { Path = "/swapfile", SizeBytes = 1 << 30 }));
        Assert.Equal(("B", "/dev/vdb2"), (disk.Boot.Uuid, Assert.Single(disk.SpareEsps).Device));
    }

    [Fact]
    public void Each_disk_gets_its_own_table_with_types_that_say_what_is_on_it()
    {
        var script = DiskPreparation.Script([.. Mirror.Partitions.Where(part => part.Disk == 1)], Mirror.Disks![1].DiskGuid!, 4096);
        Assert.Equal("label: gpt\nlabel-id: 7F1C6C1E-7A51-4F0E-9D0A-3F1D5C5B7A11\nfirst-lba: 256\nstart=256, size=256, type=21686148-6449-6E6F-744E-656564454649, name=\"bios\"\nstart=512, size=1048576, type=A19D880F-05FC-4D3B-A006-743F0F84911E, name=\"root\"\n", script);
    }

    public static TheoryData<string, Func<InstallPlan, InstallPlan>> Hostile => new()
    {
        { "arrays.name", plan => plan with { Arrays = [plan.Arrays![0] with { Name = "a b" }], Partitions = [.. plan.Partitions.Select(part => part.Array is null ? part : part with { Array = "a b" })] } },
        { "arrays.level", plan => plan with { Arrays = [plan.Arrays![0] with { Level = 5 }] } },
        { "partitions.array", plan => plan with { Partitions = [.. plan.Partitions.Select(part => part.Array is null ? part : part with { Array = "other" })] } },
        { "partitions.disk", plan => plan with { Partitions = [.. plan.Partitions.Select(part => part with { Disk = 7 })] } },
        { "disks[1].device", plan => plan with { Disks = [plan.Disks![0], plan.Disks[1] with { Device = "/dev/../etc/passwd" }] } },
        { "disks[1].disk_guid", plan => plan with { Disks = [plan.Disks![0], plan.Disks[1] with { DiskGuid = "$(reboot)" }] } },
        { "volume_groups.name", plan => plan with { VolumeGroups = [new() { Name = "--yes", SizeBytes = 1, Volumes = [] }] } },
        { "encryption", plan => plan with { Arrays = [plan.Arrays![0] with { Encrypted = true }] } },
        { "encryption", plan => plan with { Encryption = new() { PassphraseDigest = "x" } } },
        { "partitions.encrypted", plan => plan with { Encryption = new() { PassphraseDigest = "x" }, Partitions = [.. plan.Partitions.Select(part => part with { Encrypted = true })] } },
        { "partitions", plan => plan with { Arrays = [plan.Arrays![0] with { MountPoint = null }] } },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void What_could_mean_something_else_on_a_command_line_is_refused(string field, Func<InstallPlan, InstallPlan> change)
    {
        StorageCheck.Require(Mirror);
        PlanCheck.Require(Mirror);
        var failure = Assert.Throws<InstallException>(() => PlanCheck.Require(change(Mirror)));
        Assert.Contains($"The plan's {field} is", failure.Message, StringComparison.Ordinal);
    }
}
