using LpmOs.Agent.Install;
using LpmOs.Agent.Install.Disks;
using LpmOs.Agent.Raid;
using LpmOs.Contracts.Tasks;
using LpmOs.Testing;

namespace LpmOs.Agent.Tests.Install;

/// <summary>An array that hardware_config makes is the disk of the same task: the controller's answers are storcli's recorded ones, the disk that the kernel shows of it is a loop device.</summary>
[Collection("loop devices")]
public sealed class ArrayInstallationTests
{
    private const string Needs = "Needs root, loop devices, sfdisk, zstd and busybox.";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<(InstallationUnderTest It, InstallPlan Plan)> StartAsync(RecordedStorcli storcli, string? wwn = RecordedStorcli.ScratchWwn, TimeProvider? clock = null)
    {
        var it = await InstallationUnderTest.StartAsync(SmallSystem.Archive(), arrays: log => new ArrayFinder(RaidPrograms.All(storcli.CallAsync), log, clock ?? TimeProvider.System));
        if (wwn is not null)
            it.Machine.File($"sys/block/{it.Disk.Name}/wwid", wwn + "\n");
        var plan = await it.PlanAsync();
        return (it, plan with
        {
            Controllers = [new() { Id = "0", Tool = "storcli", Serial = "SV70000001", Delete = [RecordedStorcli.Data], Create = [RecordedStorcli.Scratch] }],
            // Nothing of the disk itself is known when the plan is made.
            Disk = new() { Device = "/dev/raid/scratch", SizeBytes = it.Disk.Bytes - (100 << 20), Array = new() { Controller = "0", Tool = "storcli", ControllerSerial = "SV70000001", Name = "scratch", Level = "raid0", Disks = ["252:2"], MostBytes = it.Disk.Bytes } },
        });
    }

    private static Task<string> ConfigureAsync(RecordedStorcli storcli, InstallPlan plan) =>
        new HardwareConfiguration(RaidPrograms.All(storcli.CallAsync), new ProgramRunner(_ => { }), null, _ => { }).RunAsync(plan, "SN-1", null, Token);

    [Fact]
    public async Task The_array_that_was_just_made_is_installed_on_and_known_again_afterwards()
    {
        Assert.True(LoopDisk.Possible, Needs);
        var storcli = new RecordedStorcli();
        var (it, plan) = await StartAsync(storcli);
        await using var _ = it;
        plan = plan with { Operations = [OperationNames.HardwareConfig, OperationNames.OsInstall, OperationNames.NetworkConfig, OperationNames.Reboot] };

        await ConfigureAsync(storcli, plan);
        await it.RunAsync(plan);
        await it.ConfigureNetworkAsync(plan);

        Assert.Equal([RecordedStorcli.Delete, RecordedStorcli.Create], storcli.Changes);
        it.Disk.Look(3, root => Assert.Equal("db-1\n", File.ReadAllText(Path.Join(root, "etc/hostname"))));
        Assert.Contains($"Array scratch (raid0 of 252:2) of RAID controller 0 is {it.Disk.Device}, wwn {RecordedStorcli.ScratchWwn}", it.Console, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not made", "has no array of raid0 on 252:2 (scratch)")]
    [InlineData("another controller", "is not there")]
    [InlineData("another disk", "No disk is the array scratch (wwn naa.600605b00a0000002b0000000000a002")]
    [InlineData("larger", "bytes. Planned: /dev/raid/scratch")]
    public async Task What_is_not_that_array_is_left_as_it_is(string fault, string says)
    {
        Assert.True(LoopDisk.Possible, Needs);
        var storcli = new RecordedStorcli();
        var clock = new ManualTime();
        var (it, plan) = await StartAsync(storcli, fault == "another disk" ? "naa.600605b00a0000002b0000000000a001" : RecordedStorcli.ScratchWwn, clock);
        await using var _ = it;
        it.Disk.Write(1 << 16, "precious"u8.ToArray());
        if (fault != "not made")
            await ConfigureAsync(storcli, plan);
        plan = fault switch
        {
            "another controller" => plan with { Disk = plan.Disk! with { Array = plan.Disk.Array! with { ControllerSerial = "SV7" } } },
            "larger" => plan with { Disk = plan.Disk! with { Array = plan.Disk.Array! with { MostBytes = it.Disk.Bytes - 1 } } },
            _ => plan,
        };

        var running = Assert.ThrowsAsync<InstallException>(() => it.RunAsync(plan));
        // A disk that the kernel does not show is waited for.
        while (!running.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(5, Token);
        }
        var failure = await running;

        Assert.Contains(failure.Code, (string[])["disk_changed", "hardware_changed"]);
        Assert.Contains(says, failure.Message, StringComparison.Ordinal);
        Assert.Equal("precious"u8.ToArray(), it.Disk.Read(1 << 16, 8));
    }
}
