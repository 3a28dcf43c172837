using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Security;

namespace LpmOs.Core.Domain.Planning.Disks;

/// <summary>Computes sizes and members of all that a layout asks for, on the disks that were chosen.</summary>
internal sealed class LayoutPlanner(InstallTask task, DiskLayoutSpec layout, ChosenDisks chosen)
{
    private const long MiB = 1024 * 1024;
    /// <summary>LVM's usual extent; its labels take the first MiB of each physical volume.</summary>
    private const long Extent = 4 * MiB;
    /// <summary>What mdadm is told to leave at the front of each member: superblock and write-intent bitmap.</summary>
    public const long ArrayOffset = 16 * MiB;
    /// <summary>GPT at the front, where partitions begin at 1 MiB, and its copy at the end.</summary>
    private const long TableBytes = 2 * MiB;

    /// <summary>What cryptsetup leaves at the front of each encrypted part: the two headers and the key slots of LUKS2.</summary>
    public const long LuksBytes = 16 * MiB;

    private readonly List<PartitionPlan> _partitions = [];
    private readonly List<TaskFailure> _problems = [];

    /// <summary>Smallest file system of one kind; others hold what they are given.</summary>
    private static readonly Dictionary<string, long> Smallest = new() { ["vfat"] = 33 * MiB, ["xfs"] = 300 * MiB, ["btrfs"] = 256 * MiB };

    public (DiskLayout Layout, IReadOnlyList<TaskFailure> Problems) Plan()
    {
        var disks = chosen.Groups.SelectMany(group => group).ToList();
        var place = 0;
        for (var group = 0; group < chosen.Groups.Count; group++)
        {
            foreach (var disk in chosen.Groups[group])
                Partition(disk, place++, layout.Disks![group], field: layout.Preset is null ? $"disk_layout.disks[{group}]" : "disk_layout");
        }
        var arrays = _problems.Count > 0 ? [] : layout.Arrays?.Select(Array).ToList() ?? [];
        var groups = _problems.Count > 0 ? [] : layout.VolumeGroups?.Select(group => Group(group, arrays)).ToList() ?? [];
        CheckSizes(arrays, groups);
        var plans = disks.Select((disk, at) => Describe(disk, layout.Wipe) with { DiskGuid = DerivedGuid.OfDisk(task.TaskId, task.Attempt, at) }).ToList();
        return (new DiskLayout(plans.FirstOrDefault(), plans, _partitions)
        {
            Arrays = arrays.Count > 0 ? arrays : null, VolumeGroups = groups.Count > 0 ? groups : null, SwapFile = SwapFile(layout.SwapFile),
            Encryption = Encryption(layout),
        }, _problems);
    }

    public static DiskPlan Describe(Disk disk, string? wipe) => new()
    {
        Device = disk.Device, Serial = disk.Serial, Wwn = disk.Wwn, Model = disk.Model, SizeBytes = disk.SizeBytes, ContentDigest = disk.Content?.Digest, Wipe = WipeChoice.Method(disk, wipe),
    };

    public static SwapFilePlan? SwapFile(string? size) => ByteSize.Parse(size) is { } bytes ? new() { Path = "/swapfile", SizeBytes = (bytes + MiB - 1) / MiB * MiB } : null;

    /// <summary>Null where nothing is encrypted.</summary>
    private static EncryptionPlan? Encryption(DiskLayoutSpec layout) => layout.Encryption is not { } asked ? null : asked.Unlock != EncryptionUnlocks.Tpm
        ? new() { PassphraseDigest = SealedText.Digest(asked.Passphrase) }
        : new() { PassphraseDigest = SealedText.Digest(asked.Passphrase), Unlock = EncryptionUnlocks.Tpm, TpmPcrs = [.. (asked.TpmPcrs ?? EncryptionUnlocks.UsualPcrs).Distinct().Order()] };

    private void Partition(Disk disk, int place, DiskGroupSpec group, string field)
    {
        var usable = disk.SizeBytes - TableBytes;
        var (sizes, missing) = PartSize.Divide([.. group.Partitions.Select(part => PartSize.Parse(part.Size) ?? PartSize.Rest)], usable, MiB);
        if (sizes is null)
        {
            TooSmall($"The partitions that {field} asks for do not fit on {disk.Device} (serial {disk.Serial ?? "-"}, {ByteSize.Text(disk.SizeBytes)}): {ByteSize.Text(missing)} are missing.");
            return;
        }
        _partitions.AddRange(group.Partitions.Select((part, at) => new PartitionPlan
        {
            Name = part.Name ?? part.Role ?? part.Array ?? part.VolumeGroup ?? "data", Role = part.Role ?? "data", SizeBytes = sizes[at], FileSystem = part.FileSystem,
            // Of alike ESPs one is mounted; the boot loader goes on all of them.
            MountPoint = part.Role == "esp" && _partitions.Any(other => other.MountPoint == part.MountPoint) ? null : part.MountPoint,
            Disk = place, Array = part.Array, VolumeGroup = part.VolumeGroup, Encrypted = part.Encrypted == true ? true : null,
        }));
    }

    private ArrayPlan Array(ArraySpec array)
    {
        var members = _partitions.Where(part => part.Array == array.Name).ToList();
        var used = members.Count == 0 ? 0 : members.Min(part => part.SizeBytes!.Value) - ArrayOffset;
        if (used < MiB)
            TooSmall($"The members of the array {array.Name} are too small: each needs more than {ByteSize.Text(ArrayOffset)}.");
        return new()
        {
            Name = array.Name, Level = array.Level, Uuid = DerivedGuid.OfArray(task.TaskId, task.Attempt, array.Name), MemberBytes = used, SizeBytes = array.Level == 10 ? used * members.Count / 2 : used,
            FileSystem = array.FileSystem, MountPoint = array.MountPoint, VolumeGroup = array.VolumeGroup, Encrypted = array.Encrypted == true ? true : null,
        };
    }

    private VolumeGroupPlan Group(VolumeGroupSpec group, List<ArrayPlan> arrays)
    {
        var physical = _partitions.Where(part => part.VolumeGroup == group.Name).Select(part => Within(part.SizeBytes!.Value, part.Encrypted)).Concat(arrays.Where(array => array.VolumeGroup == group.Name).Select(array => Within(array.SizeBytes, array.Encrypted)));
        var whole = physical.Sum(bytes => Math.Max(0, bytes - MiB) / Extent * Extent);
        var (sizes, missing) = PartSize.Divide([.. group.Volumes.Select(volume => PartSize.Parse(volume.Size) ?? PartSize.Rest)], whole, Extent);
        if (sizes is null)
            TooSmall($"The volumes do not fit into the volume group {group.Name} of {ByteSize.Text(whole)}: {ByteSize.Text(missing)} are missing.");
        return new()
        {
            Name = group.Name, SizeBytes = whole,
            Volumes = sizes is null ? [] : [.. group.Volumes.Select((volume, at) => new VolumePlan { Name = volume.Name, SizeBytes = sizes[at], FileSystem = volume.FileSystem, MountPoint = volume.MountPoint, Encrypted = volume.Encrypted == true ? true : null })],
        };
    }

    private void CheckSizes(List<ArrayPlan> arrays, List<VolumeGroupPlan> groups)
    {
        var all = _partitions.Select(part => (part.Name, SizeBytes: Within(part.SizeBytes!.Value, part.Encrypted), part.FileSystem, part.MountPoint, part.Encrypted))
            .Concat(arrays.Select(array => (array.Name, Within(array.SizeBytes, array.Encrypted), array.FileSystem, array.MountPoint, array.Encrypted)))
            .Concat(groups.SelectMany(group => group.Volumes).Select(volume => (volume.Name, Within(volume.SizeBytes, volume.Encrypted), volume.FileSystem, volume.MountPoint, volume.Encrypted)));
        foreach (var (name, bytes, fileSystem, mountPoint, encrypted) in all)
        {
            if (bytes <= 0 && encrypted == true)
                TooSmall($"{name} is too small to be encrypted: LUKS2 takes {ByteSize.Text(LuksBytes)} of it.");
            if (fileSystem is not null && Smallest.TryGetValue(fileSystem, out var least) && bytes < least)
                TooSmall($"{name} would have {ByteSize.Text(bytes)}, and {fileSystem} needs {ByteSize.Text(least)}.");
            if (mountPoint == "/" && bytes < DiskChoice.SmallestBytes / 2)
                TooSmall($"{name}, the root file system, would have {ByteSize.Text(bytes)}: too little for a system.");
        }
    }

    private static long Within(long bytes, bool? encrypted) => encrypted == true ? bytes - LuksBytes : bytes;

    private void TooSmall(string message) =>
        _problems.Add(new TaskFailure { Code = "disk_too_small", Message = message, Advice = "Give smaller sizes in disk_layout, or choose larger disks." });
}
