using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Planning;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Snapshot;
using LpmOs.Testing;

namespace LpmOs.Core.Tests.Domain.Planning;

public sealed class PlannerTests
{
    private static readonly OsCatalog Catalog = OsCatalog.Load(Repository.Templates);
    private static readonly SiteTemplates Templates = new(Repository.Templates);

    private static PlanningInput Input(params SiteImage[] images) => new(Catalog, Templates.For(StateSnapshot.Empty, "dc1")) { Images = images };

    [Fact]
    public void Names_the_only_disk_by_what_it_is()
    {
        var plan = Planner.Plan(Samples.Task(), Samples.Hardware(disks: Samples.Disk()), Input(Samples.Image())).Plan!;
        Assert.Equal(("VD0", 4_000_000_000), (plan.Disk!.Serial, plan.Disk.SizeBytes));
        Assert.Equal("/files/images/debian%2012.tar.zst", plan.Image!.Url);
        Assert.Equal(["bios", "esp", "root"], plan.Partitions.Select(partition => partition.Name));
        Assert.Equal("sn-001", plan.Hostname);
        Assert.Equal(Samples.Mac, plan.Network.Interfaces[0].Mac);
        Assert.Equal(Planner.Hash(plan), plan.PlanHash);
    }

    [Fact]
    public void The_same_input_gives_the_same_hash_and_any_change_another()
    {
        var hardware = Samples.Hardware(disks: Samples.Disk());
        string Hash(InstallTask task, params SiteImage[] images) => Planner.Plan(task, hardware, Input(images)).Plan!.PlanHash!;
        var first = Hash(Samples.Task(), Samples.Image());
        Assert.Equal(first, Hash(Samples.Task(), Samples.Image()));
        Assert.NotEqual(first, Hash(Samples.Task() with { Hostname = "other" }, Samples.Image()));
        Assert.NotEqual(first, Hash(Samples.Task(), Samples.Image() with { Sha256 = new string('b', 64) }));
        Assert.NotEqual(first, Hash(Samples.Task() with { Attempt = 2 }, Samples.Image()));
    }

    [Fact]
    public void Several_disks_are_never_chosen_from_by_chance()
    {
        var hardware = Samples.Hardware(disks: [Samples.Disk(), Samples.Disk("/dev/vdb", serial: "VD1")]);
        var outcome = Planner.Plan(Samples.Task(), hardware, Input(Samples.Image()));
        Assert.Null(outcome.Plan);
        Assert.Equal("several_disks", Assert.Single(outcome.Problems).Code);
        Assert.Contains("VD1", outcome.Problems[0].Message, StringComparison.Ordinal);

        var named = Samples.Task() with { DiskLayout = new DiskLayoutSpec { Disk = new DiskSelector { Serial = "vd1" } } };
        Assert.Equal("/dev/vdb", Planner.Plan(named, hardware, Input(Samples.Image())).Plan!.Disk!.Device);
    }

    [Fact]
    public void Two_equal_disks_are_not_told_apart_by_size()
    {
        var hardware = Samples.Hardware(disks: [Samples.Disk(), Samples.Disk("/dev/vdb", serial: "VD1"), Samples.Disk("/dev/vdc", 9_000_000_000, "VD2")]);
        InstallTask Prefer(string which) => Samples.Task() with { DiskLayout = new DiskLayoutSpec { Disk = new DiskSelector { Prefer = which } } };
        Assert.Equal("several_disks", Planner.Plan(Prefer("smallest"), hardware, Input(Samples.Image())).Problems[0].Code);
        Assert.Equal("/dev/vdc", Planner.Plan(Prefer("largest"), hardware, Input(Samples.Image())).Plan!.Disk!.Device);
    }

    [Fact]
    public void Says_everything_that_is_missing()
    {
        var task = Samples.Task() with { OsType = "ubuntu", OsVersion = "22.04" };
        var codes = Planner.Plan(task, Samples.Hardware(), Input(Samples.Image())).Problems.Select(problem => problem.Code);
        Assert.Equal(["no_image", "no_disk"], codes);
        Assert.Equal("no_hardware", Planner.Plan(task, null, Input()).Problems[0].Code);
    }

    [Fact]
    public void A_removable_or_tiny_disk_never_fits()
    {
        var hardware = Samples.Hardware(disks: [Samples.Disk() with { Removable = true }, Samples.Disk("/dev/sda", 500_000_000)]);
        var problem = Planner.Plan(Samples.Task(), hardware, Input(Samples.Image())).Problems[0];
        Assert.Equal("no_disk", problem.Code);
        Assert.Contains("removable", problem.Message, StringComparison.Ordinal);
    }
}
