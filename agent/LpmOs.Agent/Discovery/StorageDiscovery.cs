using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Discovery;

/// <summary>What is laid over disks: md arrays and multipath from sysfs, members of arrays that are not assembled from what is on the disks.</summary>
internal static class StorageDiscovery
{
    private const int MostHolders = 16;

    /// <summary>md array, LVM volume group, multipath or other mapping that holds a disk or one of its partitions.</summary>
    public static IReadOnlyList<string> HoldersOf(SystemTree tree, string disk)
    {
        var folder = $"sys/block/{disk}";
        var parts = tree.Names(folder).Where(name => name.StartsWith(disk, StringComparison.Ordinal)).Select(name => $"{folder}/{name}").Prepend(folder);
        return [.. parts.SelectMany(part => tree.Names(part + "/holders")).Select(holder => NameOf(tree, holder)).Distinct().Take(MostHolders)];
    }

    public static IReadOnlyList<SoftwareArray> Arrays(SystemTree tree, IReadOnlyList<Disk> disks)
    {
        var assembled = tree.Names("sys/block").Where(name => name.StartsWith("md", StringComparison.Ordinal) && tree.Exists($"sys/block/{name}/md")).Take(InventoryBounds.SoftwareArrays).Select(name => Array(tree, name)).ToList();
        var held = assembled.SelectMany(array => array.Devices).ToHashSet(StringComparer.Ordinal);
        var idle = Signatures(disks).Where(member => member.Type == "linux_raid_member" && !held.Contains(member.Device)).GroupBy(member => member.Uuid ?? member.Device)
            .Select(members => new SoftwareArray { Uuid = members.First().Uuid, Name = members.First().Label, State = "not_assembled", Devices = [.. members.Select(member => member.Device).Take(InventoryBounds.Members)] });
        return [.. assembled.Concat(idle).Take(InventoryBounds.SoftwareArrays)];
    }

    public static IReadOnlyList<Multipath> Multipaths(SystemTree tree) =>
    [
        .. tree.Names("sys/block").Where(name => tree.Line($"sys/block/{name}/dm/uuid")?.StartsWith("mpath-", StringComparison.Ordinal) == true).Take(InventoryBounds.Multipaths).Select(name => new Multipath
        {
            Device = "/dev/" + name, Name = tree.Line($"sys/block/{name}/dm/name"), Wwid = tree.Line($"sys/block/{name}/dm/uuid")!["mpath-".Length..],
            Paths = [.. tree.Names($"sys/block/{name}/slaves").Take(InventoryBounds.Members).Select(path => "/dev/" + Printable.Clean(path, 64))],
        }),
    ];

    /// <summary>File system or member signatures of disks and partitions.</summary>
    public static IEnumerable<(string Device, string? Type, string? Uuid, string? Label)> Signatures(IReadOnlyList<Disk> disks) =>
        disks.Where(disk => disk.Content is not null).SelectMany(disk => disk.Content!.Partitions.Select(part => (DiskContentReader.PartitionDevice(disk.Device, part.Number), part.FileSystem, part.Uuid, part.Label))
            .Prepend((disk.Device, disk.Content!.Signature, null, null)));

    private static SoftwareArray Array(SystemTree tree, string name)
    {
        var folder = $"sys/block/{name}/md/";
        return new()
        {
            Device = "/dev/" + Printable.Clean(name, 32),
            Uuid = tree.Line(folder + "uuid"),
            Level = tree.Line(folder + "level"),
            State = tree.Line(folder + "array_state"),
            SizeBytes = tree.Number($"sys/block/{name}/size") is > 0 and < long.MaxValue / 512 and var sectors ? sectors * 512 : 0,
            Members = tree.Number(folder + "raid_disks") is >= 0 and <= 4096 and var members ? (int)members : null,
            Degraded = tree.Number(folder + "degraded") is >= 0 and <= 4096 and var degraded ? (int)degraded : null,
            Devices = [.. tree.Names($"sys/block/{name}/slaves").Take(InventoryBounds.Members).Select(member => "/dev/" + Printable.Clean(member, 64))],
        };
    }

    // dm/uuid "LVM-…" with the name "group-volume", in which a '-' of a name itself is doubled.
    private static string NameOf(SystemTree tree, string holder)
    {
        var name = tree.Line($"sys/block/{holder}/dm/name");
        if (name is null)
            return Printable.Clean(holder, 64);
        if (tree.Line($"sys/block/{holder}/dm/uuid")?.StartsWith("LVM-", StringComparison.Ordinal) != true)
            return name;
        var group = name.Replace("--", "\0", StringComparison.Ordinal).Split('-')[0].Replace('\0', '-');
        return group.Length > 0 ? group : name;
    }
}
