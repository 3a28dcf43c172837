using LpmOs.Agent.Discovery;
using LpmOs.Agent.Install.Disks;
using LpmOs.Agent.Install.Disks.Wiping;
using LpmOs.Agent.Install.Image;
using LpmOs.Agent.Install.Target;
using LpmOs.Agent.Install.Target.Efi;
using LpmOs.Agent.Install.Target.Network;
using LpmOs.Agent.Reporting;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install;

/// <summary>
/// Installation by image: disk, partitions, archive, configuration, boot loader, in this order, so that nothing on the disk boots before
/// the digest is verified and the system is configured. Whatever stops it, the disk is left without anything that boots.
/// </summary>
internal sealed class ImageInstallation(DiskFinder finder, DiskPreparation preparation, StorageHolders holders, Wiper wiper, DiskEdges edges, ImageStep image, ProgramRunner programs, ProgressReporter progress, AgentLog log, SystemTree machine, string? bootMac, TimeProvider time) : IInstallation
{
    /// <summary>Whom the new system's call trusts; see <see cref="Reporting.ServerTrust.Pem"/>.</summary>
    public Func<string?> Authorities { get; init; } = () => null;

    private const string ResolverFile = "etc/resolv.conf";

    public async Task RunAsync(InstallPlan? plan, InstallOrder order, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        progress.Step(ProgressSteps.InstallStart, $"Installing {plan.Os.Name} on {plan.Disk?.Device}");
        PlanCheck.Require(plan);
        var mac = bootMac ?? NicDiscovery.BootMac(NicDiscovery.Nics(machine), null);
        var network = NetworkPlan.From(plan.Network, mac);
        var luks = new LuksVolumes(programs, order.DiskPassphrase);
        if (LuksVolumes.IsWanted(plan))
            await luks.RequireAsync(cancellationToken).ConfigureAwait(false);
        if (TpmUnlock.IsWanted(plan))
            TpmUnlock.Require(machine);
        var disks = await finder.FindAsync(plan, cancellationToken).ConfigureAwait(false);
        await new ScriptRun(programs, log.Line).BeforeAsync(plan, cancellationToken).ConfigureAwait(false);
        // A script may have done something to them.
        if (plan.Scripts is { Count: > 0 })
            disks = await finder.FindAsync(plan, cancellationToken).ConfigureAwait(false);
        foreach (var disk in disks)
            log.Line($"  Disk {disk.Device}, serial {disk.Disk.Serial ?? "-"}, is the planned one{(disk.IsOurs ? ", begun by an earlier run of this attempt" : " and unchanged")}");
        await holders.ReleaseAsync([.. disks.Select(disk => disk.Device)], cancellationToken).ConfigureAwait(false);
        // All of them, before anything is written to any, and before what follows a failure: what somebody uses is left as it is.
        foreach (var disk in disks)
            await edges.RequireUnusedAsync(disk.Device, cancellationToken).ConfigureAwait(false);
        progress.Step(ProgressSteps.Partitioning, $"Partitioning {string.Join(", ", disks.Select(disk => disk.Device))}");
        try
        {
            var zeroed = await wiper.WipeAsync(plan, disks, cancellationToken).ConfigureAwait(false);
            foreach (var disk in disks)
                await edges.ClearAsync(disk.Device, disk.Disk.SizeBytes, cancellationToken).ConfigureAwait(false);
            await InstallAsync(plan, disks, zeroed, luks, network, order, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception)
        {
            DiskEdges.SealAll(disks, log);
            throw;
        }
    }

    private async Task InstallAsync(InstallPlan plan, IReadOnlyList<TargetDisk> disks, bool zeroed, LuksVolumes luks, IReadOnlyList<NetworkPlan> network, InstallOrder order, CancellationToken cancellationToken)
    {
        if (ImageFormats.IsWholeDisk(plan.Image!.Format))
        {
            await InstallWholeAsync(plan, disks[0].Disk, luks, network, order, cancellationToken).ConfigureAwait(false);
            return;
        }
        var prepared = await preparation.PrepareAsync(plan, disks, zeroed, luks, cancellationToken).ConfigureAwait(false);
        using var mounts = new TargetMounts(log);
        mounts.Mount(prepared);
        await image.UnpackAsync(plan.Image, mounts.Root, mounts.WriteOut, order.DownloadMbps, cancellationToken).ConfigureAwait(false);

        progress.Step(ProgressSteps.Configuring, "Configuring the new system");
        var tree = new TargetTree(mounts.Root);
        var target = new TargetPrograms(programs, tree);
        mounts.MountSystem();
        using (new QuietServices(tree))
        {
            await ConfigureAsync(plan, prepared, luks, network, order, tree, target, cancellationToken).ConfigureAwait(false);
            await new ScriptRun(programs, log.Line).AfterAsync(plan, tree, cancellationToken).ConfigureAwait(false);
        }

        progress.Step(ProgressSteps.Finalizing, "Installing the boot loader");
        await new BootLoader(tree, target, mounts, new EfiEntries(machine, programs, log), log, machine.Exists("sys/firmware/efi")).InstallAsync(plan, prepared, cancellationToken).ConfigureAwait(false);
        progress.Report(ProgressSteps.Finalizing, 95, "Writing out");
        await Task.Run(mounts.Unmount, cancellationToken).ConfigureAwait(false);
        // Arrays and volumes are closed, so that the new system finds them clean.
        await holders.ReleaseAsync(prepared.Disks, cancellationToken).ConfigureAwait(false);
        foreach (var device in prepared.Disks)
            FlushDisk(device);
        progress.Report(ProgressSteps.Finalizing, 98, "Installed; the machine is to start its new system");
    }

    /// <summary>The image brings partitions, file systems and boot loader; the system on it is made this machine's.</summary>
    private async Task InstallWholeAsync(InstallPlan plan, Disk disk, LuksVolumes luks, IReadOnlyList<NetworkPlan> network, InstallOrder order, CancellationToken cancellationToken)
    {
        var whole = new WholeDisk(disk, programs, log, time);
        await whole.MarkAsync(plan.DiskGuid, cancellationToken).ConfigureAwait(false);
        await image.WriteAsync(plan.Image!, disk.Device, disk.SizeBytes, order.DownloadMbps, cancellationToken).ConfigureAwait(false);
        progress.Step(ProgressSteps.Configuring, "Growing the image to the disk");
        await whole.GrowAsync(plan.DiskGuid, cancellationToken).ConfigureAwait(false);
        await finder.RequireNoTwinAsync(disk, cancellationToken).ConfigureAwait(false);
        using var mounts = new TargetMounts(log);
        await whole.MountAsync(mounts, cancellationToken).ConfigureAwait(false);
        var tree = new TargetTree(mounts.Root);
        var target = new TargetPrograms(programs, tree);
        mounts.MountSystem();
        using (new QuietServices(tree))
        {
            await ConfigureAsync(plan, null, luks, network, order, tree, target, cancellationToken).ConfigureAwait(false);
            log.Line($"  Kernel arguments added to: {string.Join(", ", new BootArguments(tree).Add(plan.KernelArguments))}");
            await new ScriptRun(programs, log.Line).AfterAsync(plan, tree, cancellationToken).ConfigureAwait(false);
        }
        progress.Step(ProgressSteps.Finalizing, "Writing out");
        BootLoaderDates.Renew(tree, time.GetUtcNow());
        await Task.Run(mounts.Unmount, cancellationToken).ConfigureAwait(false);
        // Last of all: a script of the task may have brought the loader that the image lacks.
        if (await whole.RequireStartAsync(new FirmwareStart(machine, disk, log), cancellationToken).ConfigureAwait(false) is { } loader)
            await new EfiEntries(machine, programs, log).WriteAsync(plan.Os.Name, [disk.Device], loader, cancellationToken).ConfigureAwait(false);
        FlushDisk(disk.Device);
        progress.Report(ProgressSteps.Finalizing, 98, "Installed; the machine is to start its new system");
    }

    private async Task ConfigureAsync(InstallPlan plan, PreparedDisk? disk, LuksVolumes luks, IReadOnlyList<NetworkPlan> network, InstallOrder order, TargetTree tree, TargetPrograms target, CancellationToken cancellationToken)
    {
        try
        {
            await new SystemIdentity(tree, target).WriteAsync(plan, disk, cancellationToken).ConfigureAwait(false);
            await new Users(tree, target).CreateAsync(plan.Users, order.PasswordHashes, cancellationToken).ConfigureAwait(false);
            await new SystemSettings(tree, target).WriteAsync(plan, cancellationToken).ConfigureAwait(false);
            var resolver = machine.Exists(ResolverFile) ? System.Text.Encoding.UTF8.GetString(machine.Bytes(ResolverFile, 4096)) : null;
            await new Packages(tree, target, log).InstallAsync(plan.Packages ?? [], resolver, cancellationToken).ConfigureAwait(false);
            if (disk is not null)
                await new StorageFiles(tree, target, programs, log).WriteAsync(plan, disk, luks, cancellationToken).ConfigureAwait(false);
            log.Line($"  Hostname {plan.Hostname}, {plan.Users.Count} user(s), {(SystemNetwork.IsApart(plan) ? "network as an operation of its own" : "network for " + new NetworkConfiguration(tree).Write(network, resolver))}");
            if (new CloudInitSeed(tree).Write(plan))
                log.Line("  cloud-init seed written");
            if (order.FirstBoot is { } firstBoot)
                new FirstBootUnit(tree).Write(plan, firstBoot, Authorities());
            if (new SecurityLabels(tree).Mark())
                log.Line("  The image enforces SELinux: files are labelled at the first boot, which restarts once");
        }
        catch (Exception e) when (e is ProgramException or IOException or UnauthorizedAccessException)
        {
            throw new InstallException(FailureCodes.Configuration, $"The new system could not be configured: {e.Message}", "The task's log shows the last step. Check the image, then retry the task.", e);
        }
    }

    // Barriers were off while unpacking: this makes the disk write out its own cache.
    private static void FlushDisk(string device)
    {
        using var stream = new FileStream(device, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, 0);
        stream.Flush(flushToDisk: true);
    }
}
