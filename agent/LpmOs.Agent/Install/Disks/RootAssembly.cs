using System.Globalization;
using LpmOs.Agent.Discovery;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Disks;

/// <summary>
/// Opens what the root of an installed system lies on, and its /usr where that is apart, from its plan: arrays are assembled, encrypted volumes opened, volume groups activated, and nothing is written.
/// </summary>
internal sealed class RootAssembly(ProgramRunner programs)
{
    /// <returns>Device, file system and mount point of each, outer ones first.</returns>
    /// <exception cref="ProgramException">A program failed.</exception>
    public async Task<IReadOnlyList<(string Device, string FileSystem, string MountPoint)>> OpenAsync(InstallPlan plan, IReadOnlyList<TargetDisk> targets, LuksVolumes luks, CancellationToken cancellationToken)
    {
        var groups = (plan.VolumeGroups ?? []).Where(group => group.Volumes.Any(volume => IsWanted(volume.MountPoint))).ToList();
        var physical = groups.ToDictionary(group => group.Name, _ => new List<string>());
        var found = new List<(string Device, string FileSystem, string MountPoint)>();
        bool IsBelow(string? mountPoint, string? group) => group is null ? IsWanted(mountPoint) : physical.ContainsKey(group);
        async Task AddAsync(string name, bool? encrypted, string device, string? fileSystem, string? mountPoint, string? group)
        {
            var opened = encrypted == true ? await luks.OpenAsync(name, device, cancellationToken).ConfigureAwait(false) : device;
            if (group is null)
                found.Add((opened, fileSystem!, mountPoint!));
            else
                physical[group].Add(opened);
        }
        foreach (var (partition, device) in Devices(plan, targets).Where(pair => pair.Partition.Array is null && IsBelow(pair.Partition.MountPoint, pair.Partition.VolumeGroup)))
            await AddAsync(partition.Name, partition.Encrypted, device, partition.FileSystem, partition.MountPoint, partition.VolumeGroup).ConfigureAwait(false);
        foreach (var (at, array) in (plan.Arrays ?? []).Index().Where(pair => IsBelow(pair.Item.MountPoint, pair.Item.VolumeGroup)))
        {
            // As when it was made; what is not whole starts as it is.
            var device = string.Create(CultureInfo.InvariantCulture, $"/dev/md{100 + at}");
            await programs.RunAsync("mdadm", ["--assemble", device, "--run", "--quiet", $"--uuid={array.Uuid}", .. Devices(plan, targets).Where(pair => pair.Partition.Array == array.Name).Select(pair => pair.Device)], new(), cancellationToken).ConfigureAwait(false);
            await AddAsync(array.Name, array.Encrypted, device, array.FileSystem, array.MountPoint, array.VolumeGroup).ConfigureAwait(false);
        }
        foreach (var group in groups)
        {
            await new LogicalVolumes(programs, physical[group.Name]).ActivateAsync(group.Name, cancellationToken).ConfigureAwait(false);
            foreach (var volume in group.Volumes.Where(volume => IsWanted(volume.MountPoint)))
                await AddAsync($"{group.Name}-{volume.Name}", volume.Encrypted, LogicalVolumes.Device(group.Name, volume.Name), volume.FileSystem, volume.MountPoint, null).ConfigureAwait(false);
        }
        return [.. found.OrderBy(one => one.MountPoint.Length)];
    }

    // The programs and units by which it is known what configures the network are below /usr.
    private static bool IsWanted(string? mountPoint) => mountPoint is "/" or "/usr" || mountPoint?.StartsWith("/usr/", StringComparison.Ordinal) == true;

    private static IEnumerable<(PartitionPlan Partition, string Device)> Devices(InstallPlan plan, IReadOnlyList<TargetDisk> targets) => targets.Index().SelectMany(target =>
        plan.Partitions.Where(partition => (partition.Disk ?? 0) == target.Index).Select((partition, at) => (partition, DiskContentReader.PartitionDevice(target.Item.Device, at + 1))));
}
