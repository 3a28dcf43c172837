using LpmOs.EndToEnd.Evidence;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>
/// (h) The real Debian installer, started by our boot script: it fetches our preseed file and runs our early command, whose report
/// arrives. Its later modules are not to be had in every package source, so the case ends there; the disk is still blank then. What our preseed file answers is held against
/// the questions of the modules that are there.
/// </summary>
public sealed class DebianInstallerTests(ITestOutputHelper output)
{
    // Three times what an idle machine with two cores needs in software emulation, where the installer's start takes 100 s.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(400);

    [Fact]
    [Trait("case", "h")]
    public async Task Debian_installer_runs_our_preseed_up_to_its_early_command()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Repository.NewWorkFolder("h");
        await using var network = await LabNetwork.CreateAsync("h", folder, cancellationToken);
        var files = await Repository.CopyBootFilesAsync(folder, cancellationToken);
        await using var deployment = await Deployment.SeparateAsync(network, "full", cancellationToken, ("Boot:FilesPath", files));
        var spec = new MachineSpec
        {
            Firmware = FirmwareKind.Bios,
            NicDevice = "virtio-net-pci",
            DiskDevice = "virtio-blk-pci",
            SerialNumber = "SN-PRESEED-0001",
            Mac = "52:54:00:77:00:08",
            DiskSerial = "VD-0008",
        };
        var boot = new BootCase("h BIOS, Debian's own installer", network, output);
        var installation = new InstallerCase(spec, network, deployment);
        await using var machine = new VirtualMachine(network, spec);
        await DebianInstaller.ImportAsync(network, cancellationToken);

        await boot.StartAsync(machine, "power-on to first report", ConsoleMarks.Polling(), cancellationToken);
        await machine.PowerOffAsync();
        await installation.CreateAsync(cancellationToken);
        // Until somebody approves, no installer is started, whatever was asked for.
        await boot.StartAsync(machine, "power-on before the approval", ConsoleMarks.Polling(), cancellationToken, InstallerCase.Kernel());
        await machine.PowerOffAsync();
        await boot.Operator.ApproveAsync(spec.SerialNumber, cancellationToken);

        await using var capture = await PacketCapture.StartAsync(network, "installer", cancellationToken);
        await boot.StartAsync(machine, "power-on to the installer's kernel", InstallerCase.Kernel(), cancellationToken, ConsoleMarks.BootImage());
        await installation.EarlyCommandAsync(machine, Limit, cancellationToken);
        boot.Add("power-on to the early command's report", machine.Console.Now);
        await BootCase.CheckAsync(capture, cancellationToken);
        await InstallerCase.CheckPacketsAsync(capture, cancellationToken);
        await installation.CheckStoreAsync(cancellationToken);
        await installation.CheckTimelineAsync("script installer", cancellationToken);
        Assert.False(machine.Console.Contains(ConsoleMarks.BootImage()));
        Assert.Equal(0, await new DiskImage(machine.DiskFile).AllocatedBytesAsync(cancellationToken));
        await DebianInstaller.CheckAnswersAsync(
            await Lpmosctl.RunAsync(network, ["templates", "render", "preseed/preseed.cfg", "--sample", "uefi_nvme", "--os", "Debian 12", "--server", OperatorApi.Url], cancellationToken), cancellationToken);
        await boot.EndAsync(machine, cancellationToken);
    }
}
