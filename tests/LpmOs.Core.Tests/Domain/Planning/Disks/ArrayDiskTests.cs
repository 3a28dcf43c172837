using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Planning;
using LpmOs.Core.Domain.Planning.Disks;

namespace LpmOs.Core.Tests.Domain.Planning.Disks;

/// <summary>The task's disk is an array of its own hardware_config.</summary>
public sealed class ArrayDiskTests
{
    private const long GiB = 1L << 30;
    private static readonly RaidDisk[] Members = [.. Enumerable.Range(0, 4).Select(slot => new RaidDisk { Id = $"252:{slot}", SizeBytes = 447 * GiB, State = "unassigned" })];

    private static PlanOutcome Plan(DiskLayoutSpec layout, string level, int disks, params RaidArray[] there) => Planner.Plan(
        Samples.Task() with
        {
            DiskLayout = layout,
            HardwareConfig = new() { Controllers = [new() { DeleteOthers = true, Arrays = [new() { Name = "system", Level = level, Disks = [.. Members.Take(disks).Select(disk => disk.Id)] }] }] },
        },
        Samples.Hardware(disks: [Samples.Disk(), Samples.Disk("/dev/sda", 500 * GiB, "RAID") with { Wwn = "naa.600a" }]) with
        {
            RaidControllers = [new() { Id = "0", Tool = "storcli", Model = "MegaRAID", Serial = "SV1", Disks = Members, Arrays = there }],
        }, PlanningInputs.OneImage);

    [Theory]
    [InlineData("raid0", 2, 2)]
    [InlineData("raid1", 2, 1)]
    [InlineData("raid5", 4, 3)]
    [InlineData("raid6", 4, 2)]
    [InlineData("raid10", 4, 2)]
    public void One_that_is_made_first_is_planned_by_what_it_is_made_of(string level, int disks, int filled)
    {
        var plan = Plan(new() { Disk = new() { Array = "system" } }, level, disks).Plan!;

        Assert.Equal([OperationNames.HardwareConfig, OperationNames.OsInstall, OperationNames.Reboot], plan.Operations);
        var disk = plan.Disk!;
        Assert.Equal(("/dev/raid/system", null, null, null), (disk.Device, disk.Serial, disk.Wwn, disk.ContentDigest));
        Assert.Equal(("0", "storcli", "SV1", "system", level), (disk.Array!.Controller, disk.Array.Tool, disk.Array.ControllerSerial, disk.Array.Name, disk.Array.Level));
        Assert.Equal(disks, disk.Array.Disks.Count);
        // What is planned fits on what any controller makes of the disks, and nothing much larger is it.
        Assert.InRange(disk.SizeBytes, 440 * GiB * filled, 446 * GiB * filled);
        Assert.InRange(disk.Array.MostBytes, 447 * GiB * filled, 452 * GiB * filled);
        Assert.Null(plan.Partitions[^1].SizeBytes);
    }

    [Theory]
    [InlineData("storcli", "jbod", true, null)]
    [InlineData("storcli", "jbod", false, "With delete_others the controller takes it")]
    [InlineData("ssacli", "jbod", true, "from HBA to RAID mode")]
    [InlineData("perccli", "foreign", true, "perccli /c0/fall import")]
    [InlineData("storcli", "failed", true, "Replace it")]
    public void A_disk_that_is_no_free_one_is_taken_with_consent_or_refused_with_what_to_do(string tool, string state, bool consent, string? advice)
    {
        var outcome = Planner.Plan(
            Samples.Task() with { HardwareConfig = new() { Controllers = [new() { DeleteOthers = consent, Arrays = [new() { Name = "data", Level = "raid1", Disks = ["252:0", "252:1"] }] }] } },
            Samples.Hardware(disks: Samples.Disk()) with { RaidControllers = [new() { Id = "0", Tool = tool, Disks = [Members[0], Members[1] with { State = state, Serial = "OTHER" }] }] }, PlanningInputs.OneImage);

        Assert.Equal(advice is null ? "252:1" : null, string.Join(' ', outcome.Plan?.Controllers?.Single().Claim ?? []) is { Length: > 0 } claim ? claim : null);
        Assert.Equal(advice is not null, outcome.Problems.Any(problem => problem.Code == "raid_not_possible" && problem.Advice?.Contains(advice!, StringComparison.Ordinal) == true));
    }

    [Fact]
    public void The_system_does_not_go_to_a_disk_that_a_controller_takes_before()
    {
        var outcome = Planner.Plan(
            Samples.Task() with { HardwareConfig = new() { Controllers = [new() { DeleteOthers = true, Arrays = [new() { Name = "data", Level = "raid1", Disks = ["252:0", "252:1"] }] }] } },
            Samples.Hardware(disks: Samples.Disk() with { Serial = "S-7" }) with { RaidControllers = [new() { Id = "0", Tool = "storcli", Disks = [Members[0], Members[1] with { State = "jbod", Serial = "S-7" }] }] }, PlanningInputs.OneImage);
        Assert.Contains(outcome.Problems, problem => problem.Message.Contains("the controller would take that disk", StringComparison.Ordinal));
    }

    [Fact]
    public void A_layout_on_it_fits_and_other_disks_are_chosen_beside_it()
    {
        var own = LayoutPresets.All.Single(preset => preset.Name == "lvm").Layout;
        var plan = Plan(own with
        {
            Disks = [own.Disks![0] with { Disk = new() { Array = "system" } }, new() { Name = "data", Disk = new() { MaxSize = "10GB" }, Partitions = [new() { FileSystem = "ext4", MountPoint = "/srv" }] }],
        }, "raid1", 2).Plan!;

        Assert.Equal(["/dev/raid/system", "/dev/vda"], plan.Disks!.Select(disk => disk.Device));
        Assert.Equal((true, false), (plan.Disks![0].Array is not null, plan.Disks[1].Array is not null));
        Assert.True(plan.Partitions.Where(part => part.Disk == 0).Sum(part => part.SizeBytes) < plan.Disks[0].SizeBytes);
        // Nobody meant it by anything else.
        Assert.Equal("/dev/sda", Plan(new() { Disk = new() { Prefer = "largest" } }, "raid1", 2).Plan!.Disk!.Device);
    }

    [Fact]
    public void One_that_is_there_already_is_a_disk_as_any_other()
    {
        var disk = Plan(new() { Disk = new() { Array = "system" } }, "raid1", 2, new RaidArray { Id = "0/0", Level = "raid1", Disks = ["252:1", "252:0"], Wwn = "naa.600a", SizeBytes = 500 * GiB }).Plan!.Disk!;
        Assert.Equal(("/dev/sda", "naa.600a", null), (disk.Device, disk.Wwn, disk.Array));
    }

    [Theory]
    [InlineData("data", "raid1", "plain", "hardware_config makes no array data; it makes: system")]
    [InlineData("system", "raid1", "raid1", "The task asks for 2 disks")]
    public void What_cannot_be_is_said(string array, string level, string preset, string says)
    {
        var none = Plan(new() { Preset = preset, Disk = new() { Array = array } }, level, 2);
        Assert.Null(none.Plan);
        Assert.Contains(none.Problems, problem => problem.Message.Contains(says, StringComparison.Ordinal));
    }
}
