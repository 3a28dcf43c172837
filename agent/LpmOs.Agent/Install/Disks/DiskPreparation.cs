using System.Globalization;
using System.Text;
using LpmOs.Agent.Discovery;
using LpmOs.Agent.Reporting;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Disks;

/// <summary>Writes the planned partition tables, makes arrays, volumes and file systems.</summary>
internal sealed class DiskPreparation(ProgramRunner programs, AgentLog log, TimeProvider time)
{
    private static readonly TimeSpan LongestForNodes = TimeSpan.FromSeconds(20);
    private const int MiB = 1 << 20;
    private const string Advice = "The task's log shows what the program said. Check the disk; a retry begins anew.";
    private const string LinuxData = "0FC63DAF-8483-4772-8E79-3D69D8477DE4";

    private readonly FileSystems _fileSystems = new(programs);

    /// <summary>Type GUIDs: UEFI 2.10 table 5.7 (ESP), GRUB manual 3.4 (BIOS boot), Linux file system data, swap.</summary>
    private static readonly Dictionary<string, string> Types = new()
    {
        ["bios_boot"] = "21686148-6449-6E6F-744E-656564454649",
        ["esp"] = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B",
        ["swap"] = "0657FD6D-A4AB-43C4-84E5-0933C84B4F4F",
    };

    /// <param name="zeroed">All targets read as zeros all over.</param>
    /// <exception cref="InstallException">A program failed, or the kernel did not show the partitions.</exception>
    public async Task<PreparedDisk> PrepareAsync(InstallPlan plan, IReadOnlyList<TargetDisk> targets, bool zeroed, LuksVolumes luks, CancellationToken cancellationToken)
    {
        try
        {
            var parts = new List<PreparedPartition>();
            var bootDisks = new List<string>();
            foreach (var (place, target) in targets.Index())
            {
                var own = plan.Partitions.Where(partition => (partition.Disk ?? 0) == place).ToList();
                await programs.RunAsync("sfdisk", ["--quiet", "--wipe", "always", "--wipe-partitions", "always", target.Device], new() { Input = Script(own, target.Guid, target.Disk.LogicalSectorBytes) }, cancellationToken).ConfigureAwait(false);
            }
            // By their tables an interrupted attempt knows its disks again: all have theirs before anything else is made.
            foreach (var (place, target) in targets.Index())
            {
                var own = plan.Partitions.Where(partition => (partition.Disk ?? 0) == place).ToList();
                foreach (var (at, partition) in own.Index())
                {
                    var device = DiskContentReader.PartitionDevice(target.Device, at + 1);
                    await WaitForAsync(device, cancellationToken).ConfigureAwait(false);
                    parts.Add(await MakeAsync(plan.Os, partition, device, StorageLayer.Partition, luks, cancellationToken).ConfigureAwait(false));
                }
                if (own.Any(partition => partition.Role == "bios_boot"))
                    bootDisks.Add(target.Device);
            }
            await ArraysAsync(plan, parts, zeroed, luks, cancellationToken).ConfigureAwait(false);
            await VolumesAsync(plan, parts, luks, cancellationToken).ConfigureAwait(false);
            return new(targets[0].Device, parts) { Disks = [.. targets.Select(target => target.Device)], BootDisks = bootDisks };
        }
        catch (ProgramException e)
        {
            throw new InstallException(FailureCodes.DiskFailed, $"{string.Join(", ", targets.Select(target => target.Device))} could not be partitioned and formatted: {e.Message}", Advice, e);
        }
    }

    /// <summary>
    /// Input of sfdisk (util-linux), in sectors of the disk. Each begins at a whole MiB, as the plan reckons: left to itself sfdisk takes multiples of the
    /// optimal I/O size, of RAID volumes and SAN units 2 MiB and more, and the last partition no longer fits.
    /// </summary>
    public static string Script(IReadOnlyList<PartitionPlan> partitions, string diskGuid, int sectorBytes)
    {
        var script = new StringBuilder("label: gpt\n").Append("label-id: ").Append(diskGuid.ToUpperInvariant()).Append(CultureInfo.InvariantCulture, $"\nfirst-lba: {MiB / sectorBytes}\n");
        long start = MiB / sectorBytes;
        foreach (var partition in partitions)
        {
            script.Append(CultureInfo.InvariantCulture, $"start={start}, ");
            if (partition.SizeBytes is { } bytes)
            {
                var sectors = (bytes + sectorBytes - 1) / sectorBytes;
                script.Append(CultureInfo.InvariantCulture, $"size={sectors}, ");
                start = (start + sectors + (MiB / sectorBytes) - 1) / (MiB / sectorBytes) * (MiB / sectorBytes);
            }
            script.Append("type=").Append(Type(partition)).Append(", name=\"").Append(partition.Name).Append("\"\n");
        }
        return script.ToString();
    }

    // Linux RAID and LVM have types of their own in the same list (util-linux, gpt).
    private static string Type(PartitionPlan partition) => partition.Array is not null ? "A19D880F-05FC-4D3B-A006-743F0F84911E"
        : partition.VolumeGroup is not null ? "E6D6D379-F507-44C2-A23C-238F2A3DF928" : Types.GetValueOrDefault(partition.Role, LinuxData);

    private async Task ArraysAsync(InstallPlan plan, List<PreparedPartition> parts, bool zeroed, LuksVolumes luks, CancellationToken cancellationToken)
    {
        foreach (var (at, array) in (plan.Arrays ?? []).Index())
        {
            var members = parts.Where(part => part.Plan.Array == array.Name).Select(part => part.Device).ToList();
            // Numbers that no array assembled by itself has: those count down from 127.
            var device = string.Create(CultureInfo.InvariantCulture, $"/dev/md{100 + at}");
            List<string> arguments =
            [
                "--create", device, "--run", "--quiet", "--metadata=1.2", string.Create(CultureInfo.InvariantCulture, $"--level={array.Level}"), string.Create(CultureInfo.InvariantCulture, $"--raid-devices={members.Count}"),
                $"--name={array.Name}", $"--homehost={plan.Hostname}", $"--uuid={array.Uuid}", "--data-offset=16M", string.Create(CultureInfo.InvariantCulture, $"--size={array.MemberBytes >> 10}"), "--bitmap=internal",
            ];
            // What was wiped reads the same on all members: there is nothing to synchronize.
            if (zeroed)
                arguments.Add("--assume-clean");
            await programs.RunAsync("mdadm", [.. arguments, .. members], new(), cancellationToken).ConfigureAwait(false);
            await WaitForAsync(device, cancellationToken).ConfigureAwait(false);
            var plain = new PartitionPlan { Name = array.Name, Role = "data", SizeBytes = array.SizeBytes, FileSystem = array.FileSystem, MountPoint = array.MountPoint, VolumeGroup = array.VolumeGroup, Encrypted = array.Encrypted };
            parts.Add(await MakeAsync(plan.Os, plain, device, StorageLayer.Array, luks, cancellationToken).ConfigureAwait(false));
        }
    }

    private async Task VolumesAsync(InstallPlan plan, List<PreparedPartition> parts, LuksVolumes luks, CancellationToken cancellationToken)
    {
        foreach (var group in plan.VolumeGroups ?? [])
        {
            var physical = parts.Where(part => part.Plan.VolumeGroup == group.Name).Select(part => part.Device).ToList();
            var lvm = new LogicalVolumes(programs, physical);
            await lvm.CreateGroupAsync(group.Name, cancellationToken).ConfigureAwait(false);
            foreach (var volume in group.Volumes)
            {
                var device = await lvm.CreateAsync(group.Name, volume, cancellationToken).ConfigureAwait(false);
                await WaitForAsync(device, cancellationToken).ConfigureAwait(false);
                var plain = new PartitionPlan { Name = volume.Name, Role = "data", SizeBytes = volume.SizeBytes, FileSystem = volume.FileSystem, MountPoint = volume.MountPoint, Encrypted = volume.Encrypted };
                parts.Add(await MakeAsync(plan.Os, plain, device, StorageLayer.Volume, luks, cancellationToken, group.Name).ConfigureAwait(false));
            }
        }
    }

    private async Task<PreparedPartition> MakeAsync(OsPlan os, PartitionPlan plan, string device, StorageLayer layer, LuksVolumes luks, CancellationToken cancellationToken, string? inGroup = null)
    {
        var volume = plan.Encrypted == true ? await luks.CreateAsync(inGroup is null ? plan.Name : $"{inGroup}-{plan.Name}", device, cancellationToken).ConfigureAwait(false) : null;
        if (volume is not null)
        {
            await WaitForAsync(volume.Device, cancellationToken).ConfigureAwait(false);
            log.Line($"  {device}: LUKS2, open as {volume.Device}");
            device = volume.Device;
        }
        var uuid = await _fileSystems.MakeAsync(plan, device, os, cancellationToken).ConfigureAwait(false);
        log.Line($"  {device}: {plan.Name}, {plan.FileSystem ?? (plan.Array is { } array ? "member of the array " + array : plan.VolumeGroup is { } group ? "of the volume group " + group : "no file system")}");
        return new(plan, device, uuid, layer) { Luks = volume, Group = inGroup };
    }

    // The kernel makes the nodes when it reads the new table; behind slow controllers somewhat later.
    private async Task WaitForAsync(string device, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (!File.Exists(device))
        {
            if (time.GetElapsedTime(began) > LongestForNodes)
                throw new InstallException(FailureCodes.DiskFailed, $"The kernel does not show {device} though the partition table was written.", Advice);
            await Task.Delay(TimeSpan.FromMilliseconds(25), time, cancellationToken).ConfigureAwait(false);
        }
    }
}
