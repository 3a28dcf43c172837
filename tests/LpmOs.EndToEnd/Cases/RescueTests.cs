using System.Text.RegularExpressions;
using LpmOs.EndToEnd.Evidence;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>
/// (u) The rescue system of the catalogue, which is our own boot image: nothing of it before the approval; then no agent and no disk, shells on the consoles, and
/// the task is completed because the rescue system says so; at the next start the machine boots its disk again.
/// </summary>
public sealed partial class RescueTests(ITestOutputHelper output)
{
    [Fact]
    [Trait("case", "u")]
    public async Task Rescue_system_comes_up_in_memory_once_and_touches_no_disk()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Repository.NewWorkFolder("u");
        await using var network = await LabNetwork.CreateAsync("u", folder, cancellationToken);
        var files = await Repository.CopyBootFilesAsync(folder, cancellationToken);
        await using var deployment = await Deployment.StandaloneAsync(network, "full", cancellationToken, ("Boot:FilesPath", files));
        var spec = new MachineSpec
        {
            Firmware = FirmwareKind.Bios,
            NicDevice = "virtio-net-pci",
            DiskDevice = "virtio-blk-pci",
            SerialNumber = "SN-RESCUE-0001",
            Mac = "52:54:00:77:00:21",
            DiskSerial = "VD-0021",
        };
        var disk = Path.Combine(folder, "disk.raw");
        await new SampleDisk(disk).MakeSystemAsync("THE SYSTEM ON THE DISK", new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero), false, cancellationToken);
        var digest = await DebianInstaller.DigestAsync(disk, cancellationToken);
        var boot = new BootCase("u BIOS, rescue system in memory", network, output);
        await using var machine = new VirtualMachine(network, spec);
        foreach (var (name, file) in new[] { ("rescue-1/vmlinuz", "vmlinuz"), ("rescue-1/initramfs", "initramfs") })
            await Lpmosctl.RunAsync(network, ["assets", "import", "dc1", name, Path.Combine(files, "boot", file), "--server", OperatorApi.Url], cancellationToken);

        await boot.StartAsync(machine, "power-on to first report", ConsoleMarks.Polling(), cancellationToken, Rescue());
        await machine.PowerOffAsync();
        await boot.Operator.CreateTaskAsync(spec, "rescued", cancellationToken, os: "Rescue system in memory", version: "1");
        await boot.Operator.ApproveAsync(spec.SerialNumber, cancellationToken);

        await boot.StartAsync(machine, "power-on to the rescue system's shell", Shell(), cancellationToken, ConsoleMarks.AgentStarted());
        await boot.Operator.WaitForTaskAsync(spec.SerialNumber, task => task.GetProperty("status").GetString() == "completed", TimeSpan.FromSeconds(240), cancellationToken);
        Assert.False(machine.Console.Contains(ConsoleMarks.AgentStarted()));
        Assert.True(machine.Console.Contains(Rescue()));
        await machine.PowerOffAsync();
        Assert.Equal(digest, await DebianInstaller.DigestAsync(disk, cancellationToken));

        await boot.StartAsync(machine, "power-on to the disk's system", DiskSystem(), cancellationToken, ConsoleMarks.BootImage());
        await boot.EndAsync(machine, cancellationToken);
    }

    [GeneratedRegex("init: rescue system, because")]
    private static partial Regex Rescue();

    [GeneratedRegex("init: rescue shell on ttyS0")]
    private static partial Regex Shell();

    [GeneratedRegex("THE SYSTEM ON THE DISK")]
    private static partial Regex DiskSystem();
}
