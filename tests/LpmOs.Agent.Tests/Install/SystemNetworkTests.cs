using LpmOs.Agent.Install;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Tests.Install;

/// <summary>The operation network_config on a system that was installed on a loop device.</summary>
[Collection("loop devices")]
public sealed class SystemNetworkTests
{
    private const string Needs = "Needs root, loop devices, sfdisk, zstd and busybox.";
    private const string File = "etc/systemd/network/10-lpmos0.network";

    private static async Task<InstallPlan> PlanAsync(InstallationUnderTest it) => await it.PlanAsync() with
    {
        Operations = [OperationNames.OsInstall, OperationNames.NetworkConfig, OperationNames.Reboot],
        Network = new() { Interfaces = [new() { Mac = "52:54:00:00:00:01", Dhcp4 = false, Addresses = ["10.0.0.5/24"], Gateway = "10.0.0.1" }] },
    };

    [Fact]
    public async Task It_is_an_operation_of_its_own_that_can_be_done_again_with_another_network()
    {
        Assert.True(LoopDisk.Possible, Needs);
        await using var it = await InstallationUnderTest.StartAsync(SmallSystem.Archive());
        var plan = await PlanAsync(it);

        await it.RunAsync(plan);
        it.Disk.Look(3, root => Assert.False(System.IO.File.Exists(Path.Join(root, File))));
        Assert.Equal("Network for systemd-networkd: lpmos0", await it.ConfigureNetworkAsync(plan));
        it.Disk.Look(3, root => Assert.Contains("Address=10.0.0.5/24\n", System.IO.File.ReadAllText(Path.Join(root, File)), StringComparison.Ordinal));
        await it.ConfigureNetworkAsync(plan with { Network = new() { Interfaces = [plan.Network.Interfaces[0] with { Addresses = ["10.0.0.6/24"] }] } });
        it.Disk.Look(3, root =>
        {
            Assert.Contains("Address=10.0.0.6/24\n", System.IO.File.ReadAllText(Path.Join(root, File)), StringComparison.Ordinal);
            Assert.Equal("db-1\n", System.IO.File.ReadAllText(Path.Join(root, "etc/hostname")));
        });
        await it.DrainAsync();
        Assert.Contains(it.Regional.Progress, report => report.Percent == 99 && report.Message == "Network for systemd-networkd: lpmos0");
        Assert.DoesNotContain("lpmos-target-", System.IO.File.ReadAllText("/proc/mounts"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_that_this_attempt_did_not_install_is_left_as_it_is()
    {
        Assert.True(LoopDisk.Possible, Needs);
        await using var it = await InstallationUnderTest.StartAsync(SmallSystem.Archive());
        var plan = await PlanAsync(it);
        it.Disk.Write(1 << 16, "precious"u8.ToArray());
        plan = plan with { Disk = plan.Disk! with { ContentDigest = (await it.DiscoverAsync()).Content!.Digest } };

        var failure = await Assert.ThrowsAsync<InstallException>(() => it.ConfigureNetworkAsync(plan));

        Assert.Equal(("disk_changed", false), (failure.Code, it.NetworkSealed));
        Assert.Equal("precious"u8.ToArray(), it.Disk.Read(1 << 16, 8));
    }

    [Fact]
    public async Task The_programs_of_a_system_whose_usr_is_a_file_system_of_its_own_are_found()
    {
        Assert.True(LoopDisk.Possible, Needs);
        await using var it = await InstallationUnderTest.StartAsync(SmallSystem.Archive());
        var plan = await PlanAsync(it);
        plan = plan with { Partitions = [.. plan.Partitions.Select(part => part.MountPoint == "/" ? part with { SizeBytes = 200 << 20 } : part), new() { Name = "usr", Role = "data", FileSystem = "ext4", MountPoint = "/usr" }] };
        await it.RunAsync(plan);
        it.Disk.Look(3, root => Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Join(root, "usr"))));

        Assert.Equal("Network for systemd-networkd: lpmos0", await it.ConfigureNetworkAsync(plan));

        it.Disk.Look(3, root => Assert.Contains("Address=10.0.0.5/24\n", System.IO.File.ReadAllText(Path.Join(root, File)), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_disk_that_cannot_be_written_keeps_neither_the_others_from_being_sealed_nor_the_cause_from_being_told()
    {
        Assert.True(LoopDisk.Possible, Needs);
        await using var it = await InstallationUnderTest.StartAsync(SmallSystem.Archive("rm usr/lib/systemd/system/systemd-networkd.service"));
        var plan = await PlanAsync(it);
        await it.RunAsync(plan);
        using var first = new LoopDisk(64 << 20);
        const string guid = "7f1c6c1e-7a51-4f0e-9d0a-3f1d5c5b7a11";
        RecordedMachine.Program("/usr/sbin/sfdisk", $"-q {first.Device}", $"label: gpt\nlabel-id: {guid}\n");
        it.Machine.Disk(first.Name, first.Bytes, "pci0000:00/0000:00:06.0/virtio4", ("serial", "LOOP-2"), ("queue/logical_block_size", "512"));
        System.IO.File.CreateSymbolicLink(Path.Join(it.Machine.Root, first.Device), first.Device);
        plan = plan with
        {
            Disks = [new() { Device = first.Device, Serial = "LOOP-2", SizeBytes = first.Bytes, DiskGuid = guid }, plan.Disk! with { DiskGuid = plan.DiskGuid }],
            Partitions = [.. plan.Partitions.Select(part => part with { Disk = 1 })],
        };
        // The same bytes by another device, which takes no writes.
        var writeProtected = RecordedMachine.Program("losetup", $"-r -f --show {first.Device}").Trim();
        try
        {
            System.IO.File.Delete(first.Device);
            System.IO.File.CreateSymbolicLink(first.Device, writeProtected);

            var failure = await Assert.ThrowsAsync<InstallException>(() => it.ConfigureNetworkAsync(plan));

            Assert.Equal(("network_config_failed", true), (failure.Code, it.NetworkSealed));
            Assert.Contains("none of netplan", failure.Message, StringComparison.Ordinal);
            Assert.Contains($"{first.Device} cannot be written", it.Console, StringComparison.Ordinal);
            Assert.False(it.Disk.Read(0, 1 << 20).ContainsAnyExcept((byte)0));
        }
        finally
        {
            RecordedMachine.Program("losetup", $"-d {writeProtected}");
        }
    }

    [Fact]
    public async Task A_system_that_takes_no_network_does_not_boot_and_says_why()
    {
        Assert.True(LoopDisk.Possible, Needs);
        await using var it = await InstallationUnderTest.StartAsync(SmallSystem.Archive("rm usr/lib/systemd/system/systemd-networkd.service"));
        var plan = await PlanAsync(it);
        await it.RunAsync(plan);

        var failure = await Assert.ThrowsAsync<InstallException>(() => it.ConfigureNetworkAsync(plan));

        Assert.Equal(("network_config_failed", true), (failure.Code, it.NetworkSealed));
        Assert.Contains("none of netplan", failure.Message, StringComparison.Ordinal);
        Assert.False(it.Disk.Read(0, 1 << 20).ContainsAnyExcept((byte)0));
        Assert.DoesNotContain("lpmos-target-", System.IO.File.ReadAllText("/proc/mounts"), StringComparison.Ordinal);
    }
}
