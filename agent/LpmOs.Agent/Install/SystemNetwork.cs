using System.Text;
using LpmOs.Agent.Discovery;
using LpmOs.Agent.Install.Disks;
using LpmOs.Agent.Install.Image;
using LpmOs.Agent.Install.Target;
using LpmOs.Agent.Install.Target.Network;
using LpmOs.Agent.Reporting;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install;

/// <summary>
/// The operation network_config: writes the plan's network into the system that this attempt has installed, on its disks and on no others. It can be done again, and by an agent
/// that knows nothing of the one before. A system that has not got its network does not boot: it would never be heard of.
/// </summary>
internal sealed class SystemNetwork(DiskFinder finder, StorageHolders holders, ProgramRunner programs, ProgressReporter progress, AgentLog log, SystemTree machine, string? bootMac, TimeProvider time)
{
    private const string ResolverFile = "etc/resolv.conf";

    /// <summary>In which state the last run left the disk, where it failed.</summary>
    public bool Sealed { get; private set; }

    public static bool IsApart(InstallPlan plan) => plan.Operations.Contains(OperationNames.NetworkConfig);

    /// <returns>What was done, for a person.</returns>
    /// <exception cref="InstallException">The disks are not those of this attempt, or the system cannot take the network.</exception>
    public async Task<string> RunAsync(InstallPlan plan, string? passphrase, CancellationToken cancellationToken)
    {
        Sealed = false;
        PlanCheck.Require(plan);
        var network = NetworkPlan.From(plan.Network, bootMac ?? NicDiscovery.BootMac(NicDiscovery.Nics(machine), null));
        var disks = await finder.FindAsync(plan, cancellationToken).ConfigureAwait(false);
        if (disks.FirstOrDefault(disk => !disk.IsOurs) is { } other)
            throw new InstallException(FailureCodes.DiskChanged, $"{other.Device} does not hold what this attempt has installed.", "Look at the machine's disks as they are now, then retry the task.");
        progress.Report(ProgressSteps.Finalizing, 98, "Configuring the network of the new system");
        List<string> devices = [.. disks.Select(disk => disk.Device)];
        try
        {
            await holders.ReleaseAsync(devices, cancellationToken).ConfigureAwait(false);
            var written = await WriteAsync(plan, disks, network, new LuksVolumes(programs, passphrase), cancellationToken).ConfigureAwait(false);
            await holders.ReleaseAsync(devices, cancellationToken).ConfigureAwait(false);
            var message = $"Network for {written}: {string.Join(", ", network.Select(one => one.Id))}";
            log.Line("  " + message);
            progress.Report(ProgressSteps.Finalizing, 99, message);
            return message;
        }
        catch (Exception e)
        {
            DiskEdges.SealAll(disks, log);
            Sealed = true;
            if (e is ProgramException or IOException or UnauthorizedAccessException)
                throw new InstallException(FailureCodes.NetworkConfig, $"The network of the new system could not be configured: {e.Message}", "The task's log shows the last step. Check the task's network and the image, then retry the task.", e);
            if (e is InstallException { Code: FailureCodes.Configuration } refused)
                throw new InstallException(FailureCodes.NetworkConfig, refused.Message, refused.Advice, refused);
            throw;
        }
    }

    private async Task<string> WriteAsync(InstallPlan plan, IReadOnlyList<TargetDisk> disks, IReadOnlyList<NetworkPlan> network, LuksVolumes luks, CancellationToken cancellationToken)
    {
        using var mounts = new TargetMounts(log);
        // A whole disk's network is a part of its installation; plans that were approved before that was so have it apart.
        if (ImageFormats.IsWholeDisk(plan.Image!.Format))
        {
            await new WholeDisk(disks[0].Disk, programs, log, time).MountAsync(mounts, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            foreach (var (device, fileSystem, mountPoint) in await new RootAssembly(programs).OpenAsync(plan, disks, luks, cancellationToken).ConfigureAwait(false))
                mounts.Mount(device, fileSystem, mountPoint);
        }
        var resolver = machine.Exists(ResolverFile) ? Encoding.UTF8.GetString(machine.Bytes(ResolverFile, 4096)) : null;
        var written = new NetworkConfiguration(new TargetTree(mounts.Root)).Write(network, resolver);
        await Task.Run(mounts.Unmount, cancellationToken).ConfigureAwait(false);
        return written;
    }
}
