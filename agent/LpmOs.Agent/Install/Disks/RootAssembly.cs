using System.Globalization;
using LpmOs.Agent.Discovery;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Disks;

/// <summary>Opens what the root of an installed system lies on, from its plan: arrays are assembled, encrypted volumes opened, volume groups activated, and nothing is written.</summary>
internal sealed class RootAssembly(ProgramRunner programs)
{
    /// <returns>Device and file system of the root.</returns>
    /// <exception cref="ProgramException">A program failed.</exception>
    public async Task<(string Device, string FileSystem)> OpenAsync(InstallPlan plan, IReadOnlyList<TargetDisk> targets, LuksVolumes luks, CancellationToken cancellationToken)
    {
        var group = plan.VolumeGroups?.FirstOrDefault(one => one.Volumes.Any(volume => volume.MountPoint == "/"));
        bool IsBelow(string? mountPoint, string? of) => group is null ? mountPoint == "/" : of == group.Name;
        var physical = new List<string>();
        var fileSystem = "";
        foreach (var (partition, device) in Devices(plan, targets).Where(pair => pair.Partition.Array is null && IsBelow(pair.Partition.MountPoint, pair.Partition.VolumeGroup)))
        {
            physical.Add(partition.Encrypted == true ? await luks.OpenAsync(partition.Name, device, cancellationToken).ConfigureAwait(false) : device);
            fileSystem = partition.FileSystem;
        }
        foreach (var (at, array) in (plan.Arrays ?? []).Index().Where(pair => IsBelow(pair.Item.MountPoint, pair.Item.VolumeGroup)))
        {
            // As when it was made; what is not whole starts as it is.
            var device = string.Create(CultureInfo.InvariantCulture, $"/dev/md{100 + at}");
            await programs.RunAsync("mdadm", ["--assemble", device, "--run", "--quiet", $"--uuid={array.Uuid}", .. Devices(plan, targets).Where(pair => pair.Partition.Array == array.Name).Select(pair => pair.Device)], new(), cancellationToken).ConfigureAwait(false);
            physical.Add(array.Encrypted == true ? await luks.OpenAsync(array.Name, device, cancellationToken).ConfigureAwait(false) : device);
            fileSystem = array.FileSystem;
        }
        if (group is null)
            return (physical.Single(), fileSystem!);
        await new LogicalVolumes(programs, physical).ActivateAsync(group.Name, cancellationToken).ConfigureAwait(false);
        var root = group.Volumes.Single(volume => volume.MountPoint == "/");
        var volume = LogicalVolumes.Device(group.Name, root.Name);
        return (root.Encrypted == true ? await luks.OpenAsync($"{group.Name}-{root.Name}", volume, cancellationToken).ConfigureAwait(false) : volume, root.FileSystem!);
    }

    private static IEnumerable<(PartitionPlan Partition, string Device)> Devices(InstallPlan plan, IReadOnlyList<TargetDisk> targets) => targets.Index().SelectMany(target =>
        plan.Partitions.Where(partition => (partition.Disk ?? 0) == target.Index).Select((partition, at) => (partition, DiskContentReader.PartitionDevice(target.Item.Device, at + 1))));
}
