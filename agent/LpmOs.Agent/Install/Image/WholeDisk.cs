using System.Globalization;
using System.Text.Json;
using LpmOs.Agent.Install.Disks;
using LpmOs.Agent.Install.Target;
using LpmOs.Agent.Reporting;
using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Install.Image;

/// <summary>A partition that an image brought.</summary>
/// <param name="Type">GUID of its type in a GPT, number in hexadecimal in an MBR.</param>
/// <param name="FileSystem">As <c>blkid</c> names it; null without one.</param>
/// <param name="Attributes">Of its entry in a GPT, as sfdisk writes them.</param>
internal sealed record ImagePartition(string Device, int Number, long StartSector, string Type, string? Id, string? FileSystem, string? Uuid, string? Label, string Attributes = "");

/// <summary>A disk that was written from an image: its table is grown to the disk, its last file system with it, and its system is found and mounted.</summary>
internal sealed class WholeDisk(Disk disk, ProgramRunner programs, AgentLog log, TimeProvider time)
{
    private readonly string _device = disk.Device;

    private static readonly TimeSpan LongestForNodes = TimeSpan.FromSeconds(20);
    private static readonly string[] Roots = ["ext4", "ext3", "ext2", "xfs", "btrfs"];
    private const string Advice = "The task's log shows what the program said. Is the image that of a disk with a Linux system on a partition of its own (not LVM)? Then retry the task.";

    /// <summary>An empty table by which an interrupted attempt knows its own disk again; see <see cref="AttemptMark"/>.</summary>
    /// <exception cref="InstallException">The disk cannot be written.</exception>
    public Task MarkAsync(string diskGuid, CancellationToken cancellationToken) =>
        DoAsync("marked", () => programs.RunAsync("sfdisk", ["--quiet", "--wipe", "always", _device], new() { Input = $"label: gpt\nlabel-id: {diskGuid.ToUpperInvariant()}\n" }, cancellationToken));

    /// <summary>Moves the backup of the table to the disk's end, and lets the last partition and its file system reach to it.</summary>
    /// <exception cref="InstallException">A program failed.</exception>
    public async Task GrowAsync(string diskGuid, CancellationToken cancellationToken)
    {
        await DoAsync("grown", async () =>
        {
            // The kernel has not seen the table that came with the image.
            await programs.RunAsync("partx", ["--update", _device], new() { Quiet = true }, cancellationToken).ConfigureAwait(false);
            var (label, partitions) = await TableAsync(cancellationToken).ConfigureAwait(false);
            if (label == "gpt")
            {
                // First the identifier: the mark at the disk's end, by which an interrupted attempt knows it until then, gives way to the backup.
                await programs.RunAsync("sfdisk", ["--quiet", "--no-tell-kernel", "--disk-id", _device, diskGuid.ToUpperInvariant()], new() { Quiet = true }, cancellationToken).ConfigureAwait(false);
                // The image ends before the disk does, and the backup with it (UEFI 2.10, 5.3.2).
                await programs.RunAsync("sfdisk", ["--quiet", "--no-tell-kernel", "--relocate", "gpt-bak-std", _device], new() { Quiet = true }, cancellationToken).ConfigureAwait(false);
            }
            else
                AttemptMark.WriteText(_device, disk.SizeBytes, disk.LogicalSectorBytes, diskGuid);
            if (partitions.MaxBy(partition => partition.StartSector) is not { } last || last.FileSystem is null or "vfat" or "swap")
            {
                log.Line("  The last partition has no file system that could grow; the rest of the disk stays free");
                return;
            }
            await programs.RunAsync("sfdisk", ["--quiet", "--no-tell-kernel", "-N", last.Number.ToString(CultureInfo.InvariantCulture), _device], new() { Input = ", +\n", Quiet = true }, cancellationToken).ConfigureAwait(false);
            await RereadAsync(last, cancellationToken).ConfigureAwait(false);
            await GrowFileSystemAsync(last, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <summary>Mounts the system that the image brought, as its own fstab says, subvolumes too.</summary>
    /// <exception cref="InstallException">There is no system, or a part of it cannot be mounted.</exception>
    public async Task MountAsync(TargetMounts mounts, CancellationToken cancellationToken)
    {
        var (_, partitions) = await TableAsync(cancellationToken).ConfigureAwait(false);
        var root = partitions.FirstOrDefault(partition => Roots.Contains(partition.FileSystem) && IsRoot(partition, mounts));
        if (root is null)
            throw new InstallException(FailureCodes.ImageUnpack, $"No partition of the image holds a Linux system: {string.Join(", ", partitions.Select(partition => $"{partition.Number} {partition.FileSystem ?? "no file system"}"))}.", Advice);
        log.Line($"  The image's system is on {root.Device} ({root.FileSystem})");
        await DoAsync("grown", () => GrowMountedAsync(root, mounts.Root, cancellationToken)).ConfigureAwait(false);
        var tree = new TargetTree(mounts.Root);
        foreach (var mount in ImageMount.Read(tree.Read("/etc/fstab") ?? ""))
        {
            if (partitions.FirstOrDefault(mount.IsOn) is not { FileSystem: { } fileSystem } partition || (fileSystem != "vfat" && !Roots.Contains(fileSystem)))
                continue;
            var subvolume = fileSystem == "btrfs" ? mount.Subvolume : null;
            if (partition == root && subvolume is null)
                continue;
            try
            {
                // The image's own links lead where its system would find them, never out of it.
                mounts.Mount(partition.Device, fileSystem, tree.Resolve(mount.Point)[tree.Root.Length..], subvolume);
            }
            catch (InstallException e) when (mount.MayFail)
            {
                log.Line($"  {Printable.Clean(mount.Point, 200)} is not mounted, the image's fstab allows that (nofail): {e.Message}");
            }
        }
    }

    // What the kernel mounts by itself is the default subvolume of btrfs (SUSE). Others have their system in one beside it, and name it to the kernel: root (Fedora), @ (Ubuntu), @rootfs (Debian).
    private static bool IsRoot(ImagePartition partition, TargetMounts mounts)
    {
        mounts.Mount(partition.Device, partition.FileSystem!, "/");
        if (HasSystem(mounts.Root))
            return true;
        var tree = new TargetTree(mounts.Root);
        var subvolumes = partition.FileSystem == "btrfs" ? tree.Names("/").Where(name => !name.Contains(',', StringComparison.Ordinal) && tree.LinkTarget("/" + name) is null && HasSystem(Path.Join(mounts.Root, name))).ToList() : [];
        mounts.UnmountLast();
        return subvolumes.Any(name => IsMounted(() => mounts.Mount(partition.Device, partition.FileSystem!, "/", "subvol=/" + name)));
    }

    // A folder that only looks like one is no subvolume: the kernel refuses it.
    private static bool IsMounted(Action mount)
    {
        try
        {
            mount();
            return true;
        }
        catch (InstallException)
        {
            return false;
        }
    }

    private static bool HasSystem(string folder) => new TargetTree(folder) is var tree && (tree.Exists("/etc/os-release") || tree.Exists("/usr/lib/os-release"));

    /// <summary>Looks for what the firmware that runs now would start; all of the image's file systems are closed.</summary>
    /// <returns>The loader that a boot entry may lead to, as a path on the ESP; null without one.</returns>
    /// <exception cref="InstallException">The machine would not start from this disk.</exception>
    public async Task<string?> RequireStartAsync(FirmwareStart firmware, CancellationToken cancellationToken)
    {
        string? loader = null;
        await DoAsync("read", async () =>
        {
            var (label, partitions) = await TableAsync(cancellationToken).ConfigureAwait(false);
            loader = firmware.Require(label, partitions);
        }).ConfigureAwait(false);
        return loader;
    }

    private async Task<(string Label, IReadOnlyList<ImagePartition>)> TableAsync(CancellationToken cancellationToken)
    {
        var json = await programs.RunAsync("sfdisk", ["--json", _device], new() { Quiet = true }, cancellationToken).ConfigureAwait(false);
        using var document = JsonDocument.Parse(json.Output);
        var table = document.RootElement.GetProperty("partitiontable");
        var partitions = new List<ImagePartition>();
        foreach (var entry in table.TryGetProperty("partitions", out var entries) ? entries.EnumerateArray().ToList() : [])
        {
            var node = entry.GetProperty("node").GetString()!;
            var number = int.Parse(node.AsSpan(node.AsSpan().LastIndexOfAnyExceptInRange('0', '9') + 1), NumberStyles.None, CultureInfo.InvariantCulture);
            await WaitForAsync(node, cancellationToken).ConfigureAwait(false);
            var said = await programs.RunAsync("blkid", ["-p", "-o", "export", node], new() { Quiet = true, AnyExitCode = true }, cancellationToken).ConfigureAwait(false);
            var tags = said.Output.Split('\n').Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2).DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0], pair => pair[1]);
            partitions.Add(new(node, number, entry.GetProperty("start").GetInt64(), entry.GetProperty("type").GetString()!, entry.TryGetProperty("uuid", out var id) ? id.GetString() : null,
                tags.GetValueOrDefault("TYPE"), tags.GetValueOrDefault("UUID"), tags.GetValueOrDefault("LABEL"), entry.TryGetProperty("attrs", out var attributes) ? attributes.GetString()! : ""));
        }
        return (table.GetProperty("label").GetString()!, partitions);
    }

    private async Task GrowFileSystemAsync(ImagePartition last, CancellationToken cancellationToken)
    {
        switch (last.FileSystem)
        {
            case "ext2" or "ext3" or "ext4":
                // Codes 0 and 1: clean, or set right (e2fsck(8)).
                var check = await programs.RunAsync("e2fsck", ["-f", "-p", last.Device], new() { AnyExitCode = true }, cancellationToken).ConfigureAwait(false);
                if (check.ExitCode > 1)
                    throw new ProgramException($"e2fsck ended with code {check.ExitCode}: {Printable.Clean(check.Output + check.Errors, 300)}", check.ExitCode);
                await programs.RunAsync("resize2fs", [last.Device], new() { Quiet = true }, cancellationToken).ConfigureAwait(false);
                log.Line($"  {last.Device} ({last.FileSystem}) grown to the disk's end");
                break;
            case "xfs" or "btrfs":
                // They grow while they are mounted.
                break;
            default:
                log.Line($"  {last.Device} grown to the disk's end; its {last.FileSystem} is left to the system itself");
                break;
        }
    }

    private async Task GrowMountedAsync(ImagePartition root, string folder, CancellationToken cancellationToken)
    {
        switch (root.FileSystem)
        {
            case "xfs":
                await programs.RunAsync("xfs_growfs", [folder], new(), cancellationToken).ConfigureAwait(false);
                break;
            case "btrfs":
                using (var handle = Kernel.OpenFolder(folder))
                    Kernel.GrowBtrfs(handle);
                log.Line($"  {root.Device} (btrfs) grown to its partition's end");
                break;
        }
    }

    // The kernel still knows the former end of the partition: one partition is told anew, the table is not read again while others may be in use.
    private async Task RereadAsync(ImagePartition last, CancellationToken cancellationToken)
    {
        await programs.RunAsync("partx", ["--update", "--nr", last.Number.ToString(CultureInfo.InvariantCulture), _device], new() { Quiet = true }, cancellationToken).ConfigureAwait(false);
        await WaitForAsync(last.Device, cancellationToken).ConfigureAwait(false);
    }

    private async Task WaitForAsync(string node, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (!File.Exists(node))
        {
            if (time.GetElapsedTime(began) > LongestForNodes)
                throw new InstallException(FailureCodes.DiskFailed, $"The kernel does not show {node} though the image's partition table is on the disk.", Advice);
            await Task.Delay(TimeSpan.FromMilliseconds(25), time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task DoAsync(string what, Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (Exception e) when (e is ProgramException or IOException)
        {
            throw new InstallException(FailureCodes.DiskFailed, $"The image's partitions on {_device} could not be {what}: {e.Message}", Advice, e);
        }
        catch (JsonException e)
        {
            throw new InstallException(FailureCodes.DiskFailed, $"The image's partition table on {_device} could not be read: {e.Message}", Advice, e);
        }
    }
}
