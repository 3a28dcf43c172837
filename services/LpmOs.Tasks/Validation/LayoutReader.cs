using LpmOs.Contracts.Tasks;
using LpmOs.Tasks.Requests;

namespace LpmOs.Tasks.Validation;

/// <summary>Reads <c>disk_layout</c> as somebody wrote it; <see cref="LayoutRules"/> checks it.</summary>
internal static class LayoutReader
{
    public const int MostGroups = 8;
    public const int MostParts = 16;

    public static DiskLayoutSpec? Read(JsonFields? json) => Closed(json, fields => new DiskLayoutSpec
    {
        Disk = ReadDisk(fields.Object("disk")), RootFileSystem = fields.Text("root_file_system"), Preset = fields.Text("preset"), Wipe = fields.Text("wipe"), SwapFile = fields.Text("swap_file"),
        Disks = fields.Objects("disks", MostGroups)?.Select(ReadGroup).ToList(), Arrays = fields.Objects("arrays", MostParts)?.Select(ReadArray).ToList(),
        VolumeGroups = fields.Objects("volume_groups", MostGroups)?.Select(ReadVolumeGroup).ToList(), Encryption = Closed(fields.Object("encryption"), one => new EncryptionSpec
        {
            Passphrase = one.Text("passphrase") ?? "", Unlock = one.Text("unlock"), TpmPcrs = one.Numbers("tpm_pcrs", EncryptionUnlocks.Pcrs.Count),
        }),
    });

    private static DiskSelector? ReadDisk(JsonFields? json) => Closed(json, fields => new DiskSelector
    {
        Array = fields.Text("array"), Serial = fields.Text("serial"), Wwn = fields.Text("wwn"), Device = fields.Text("device"), Path = fields.Text("path"), Model = fields.Text("model"), MinSize = fields.Text("min_size"), MaxSize = fields.Text("max_size"),
        Rotational = fields.Flag("rotational"), Transport = fields.Text("transport"), Prefer = fields.Text("prefer"), Count = fields.Number("count"), Equal = fields.Number("equal"),
    });

    private static DiskGroupSpec ReadGroup(JsonFields json) => Closed(json, fields => new DiskGroupSpec
    {
        Name = fields.Text("name") ?? "", Disk = ReadDisk(fields.Object("disk")), Partitions = fields.Objects("partitions", MostParts)?.Select(ReadPartition).ToList() ?? [],
    })!;

    private static PartitionSpec ReadPartition(JsonFields json) => Closed(json, fields => new PartitionSpec
    {
        Name = fields.Text("name"), Role = fields.Text("role"), Size = fields.Text("size"), FileSystem = fields.Text("file_system"), MountPoint = fields.Text("mount_point"),
        Array = fields.Text("array"), VolumeGroup = fields.Text("volume_group"), Encrypted = fields.Flag("encrypted"),
    })!;

    private static ArraySpec ReadArray(JsonFields json) => Closed(json, fields => new ArraySpec
    {
        Name = fields.Text("name") ?? "", Level = fields.Number("level") ?? 0, FileSystem = fields.Text("file_system"), MountPoint = fields.Text("mount_point"), VolumeGroup = fields.Text("volume_group"), Encrypted = fields.Flag("encrypted"),
    })!;

    private static VolumeGroupSpec ReadVolumeGroup(JsonFields json) => Closed(json, fields => new VolumeGroupSpec
    {
        Name = fields.Text("name") ?? "", Volumes = fields.Objects("volumes", MostParts)?.Select(ReadVolume).ToList() ?? [],
    })!;

    private static VolumeSpec ReadVolume(JsonFields json) => Closed(json, fields => new VolumeSpec
    {
        Name = fields.Text("name") ?? "", Size = fields.Text("size"), FileSystem = fields.Text("file_system"), MountPoint = fields.Text("mount_point"), Encrypted = fields.Flag("encrypted"),
    })!;

    // A misspelt field that is quietly ignored wipes the wrong disk.
    private static T? Closed<T>(JsonFields? json, Func<JsonFields, T> read) where T : class
    {
        if (json is null)
            return null;
        var value = read(json);
        json.RefuseOthers();
        return value;
    }
}
