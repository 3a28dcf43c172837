using System.Text.RegularExpressions;
using LpmOs.EndToEnd.Evidence;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>
/// (i) A machine whose agent waits in the boot image: once a task of Debian's installer is approved, the agent hands over by kexec, without a second start of
/// the firmware, and the installer runs our early command.
/// </summary>
public sealed partial class KexecTests(ITestOutputHelper output)
{
    // Three times what an idle machine with two cores needs in software emulation.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(400);

    [Fact]
    [Trait("case", "i")]
    public async Task Waiting_agent_hands_over_to_the_debian_installer_by_kexec()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Repository.NewWorkFolder("i");
        await using var network = await LabNetwork.CreateAsync("i", folder, cancellationToken);
        var files = await Repository.CopyBootFilesAsync(folder, cancellationToken);
        await using var deployment = await Deployment.SeparateAsync(network, "full", cancellationToken, ("Boot:FilesPath", files));
        var spec = new MachineSpec
        {
            Firmware = FirmwareKind.Bios,
            NicDevice = "virtio-net-pci",
            DiskDevice = "virtio-blk-pci",
            SerialNumber = "SN-KEXEC-0001",
            Mac = "52:54:00:77:00:09",
            DiskSerial = "VD-0009",
        };
        var boot = new BootCase("i BIOS, kexec into Debian's installer", network, output);
        var installation = new InstallerCase(spec, network, deployment);
        await using var machine = new VirtualMachine(network, spec);
        await DebianInstaller.ImportAsync(network, cancellationToken);

        await using var capture = await PacketCapture.StartAsync(network, "kexec", cancellationToken);
        await boot.StartAsync(machine, "power-on to first report", ConsoleMarks.Polling(), cancellationToken);
        await installation.CreateAsync(cancellationToken);
        var approved = machine.Console.Now;
        await boot.Operator.ApproveAsync(spec.SerialNumber, cancellationToken);
        await machine.Console.WaitForAsync(HandsOver(), Limit, cancellationToken);
        var started = await machine.Console.WaitForAsync(InstallerCase.Kernel(), Limit, cancellationToken);
        boot.Add("approval to the installer's kernel", started.At - approved);
        await installation.EarlyCommandAsync(machine, Limit, cancellationToken);
        boot.Add("approval to the early command's report", machine.Console.Now - approved);

        await BootCase.CheckAsync(capture, cancellationToken);
        await InstallerCase.CheckPacketsAsync(capture, cancellationToken);
        // The firmware came once: between the agent and the installer is nothing but the kernel.
        var requests = await capture.HttpRequestsAsync(cancellationToken);
        Assert.Single(requests, request => request.Contains("/ipxe?", StringComparison.Ordinal));
        Assert.Single(requests, request => request.EndsWith("/command-line.txt", StringComparison.Ordinal));
        await installation.CheckStoreAsync(cancellationToken);
        await installation.CheckTimelineAsync("agent was given hand_over", cancellationToken);
        Assert.Equal(0, await new DiskImage(machine.DiskFile).AllocatedBytesAsync(cancellationToken));
        await boot.EndAsync(machine, cancellationToken);
    }

    [GeneratedRegex(@"Handing over to the installer of Debian 12 without a restart \(kexec\)")]
    private static partial Regex HandsOver();
}
