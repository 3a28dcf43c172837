using System.Globalization;
using System.Text.RegularExpressions;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Planning.Disks;
using LpmOs.Core.Hosting;

namespace LpmOs.Tasks.Validation;

/// <summary>What a disk layout may ask for, as far as it can be said without the machine.</summary>
internal static partial class LayoutRules
{
    private const string Field = "disk_layout";
    private const string MountPointAllowed = "an absolute path such as /var/lib of letters, digits and any of _ . - /, without '..'";
    private const string PartitionNameAllowed = "1 to 36 letters, digits, '_' or '-'";
    private const string ArrayNameAllowed = "1 to 16 small letters, digits or '-', beginning with a letter";
    private const string VolumeNameAllowed = "1 to 16 small letters, digits or '_', beginning with a letter";
    private static readonly string[] RootFileSystems = ["ext4", "xfs", "btrfs"];
    private static readonly string[] FileSystems = [.. RootFileSystems, "vfat", "swap"];
    private static readonly string[] Roles = ["bios_boot", "esp", "boot", "root", "swap", "data"];
    // What the new system makes for itself at each start, or what must lie on the root file system.
    private static readonly string[] NoMountPoints = ["/dev", "/proc", "/sys", "/run", "/etc", "/bin", "/sbin", "/lib", "/lib64"];

    public static void Check(DiskLayoutSpec layout, FieldErrors errors)
    {
        if (layout.RootFileSystem is not null)
            errors.Check($"{Field}.root_file_system", RootFileSystems.Contains(layout.RootFileSystem), layout.RootFileSystem, string.Join(", ", RootFileSystems));
        if (layout.Wipe is not null)
            errors.Check($"{Field}.wipe", WipePolicies.All.Contains(layout.Wipe), layout.Wipe, string.Join(", ", WipePolicies.All));
        DiskSelectorRules.Size(errors, $"{Field}.swap_file", layout.SwapFile);
        if (layout.Disk is { } disk)
            DiskSelectorRules.Check(disk, $"{Field}.disk", errors);
        if (layout.Encryption is { } encryption)
            Unlocking(encryption, errors);
        if (layout.Disks is null)
        {
            Preset(layout, errors);
            return;
        }
        if (layout.Preset is not null || layout.Disk is not null || layout.RootFileSystem is not null)
            errors.Add(Field, "Give either a preset (with disk and root_file_system) or a layout of your own (disks, arrays, volume_groups).");
        errors.Check($"{Field}.disks", layout.Disks.Count > 0, "[]", "one group of disks at least");
        var parts = Parts(layout);
        Names(layout, errors);
        foreach (var part in parts)
            Check(part, layout, errors);
        Whole(layout, parts, errors);
    }

    private static void Unlocking(EncryptionSpec encryption, FieldErrors errors)
    {
        if (encryption.Unlock is not null)
            errors.Check($"{Field}.encryption.unlock", EncryptionUnlocks.All.Contains(encryption.Unlock), encryption.Unlock, string.Join(", ", EncryptionUnlocks.All));
        if (encryption.TpmPcrs is not { } pcrs)
            return;
        if (encryption.Unlock != EncryptionUnlocks.Tpm)
            errors.Add($"{Field}.encryption.tpm_pcrs", $"Is for unlock: {EncryptionUnlocks.Tpm} alone.");
        foreach (var (at, pcr) in pcrs.Index())
            errors.Check($"{Field}.encryption.tpm_pcrs[{at}]", EncryptionUnlocks.Pcrs.Contains(pcr), pcr.ToString(CultureInfo.InvariantCulture), $"{string.Join(", ", EncryptionUnlocks.Pcrs)} (the others read otherwise in the boot image than in the installed system)");
    }

    /// <summary>Anything that may have a file system, and where it was written.</summary>
    private sealed record Part(string Field, string Kind, string? Role, string? Size, string? FileSystem, string? MountPoint, string? Array, string? VolumeGroup, int Copies, int Group, bool Encrypted);

    private static List<Part> Parts(DiskLayoutSpec layout) =>
    [
        .. layout.Disks!.SelectMany((group, at) => group.Partitions.Select((part, place) =>
            new Part($"{Field}.disks[{at}].partitions[{place}]", "partition", part.Role ?? "data", part.Size, part.FileSystem, part.MountPoint, part.Array, part.VolumeGroup, Copies(group), at, part.Encrypted == true))),
        .. layout.Arrays?.Select((array, at) => new Part($"{Field}.arrays[{at}]", "array", null, null, array.FileSystem, array.MountPoint, null, array.VolumeGroup, 1, -1, array.Encrypted == true)) ?? [],
        .. layout.VolumeGroups?.SelectMany((group, at) => group.Volumes.Select((volume, place) =>
            new Part($"{Field}.volume_groups[{at}].volumes[{place}]", "volume", null, volume.Size, volume.FileSystem, volume.MountPoint, null, null, 1, -1, volume.Encrypted == true))) ?? [],
    ];

    private static int Copies(DiskGroupSpec group) => group.Disk?.Equal ?? group.Disk?.Count ?? 1;

    private static void Preset(DiskLayoutSpec layout, FieldErrors errors)
    {
        if (layout.Arrays is not null || layout.VolumeGroups is not null)
            errors.Add(Field, "arrays and volume_groups are part of a layout of your own: give its disks too.");
        if (layout.Preset is not null)
            errors.Check($"{Field}.preset", LayoutPresets.Names.Contains(layout.Preset), layout.Preset, string.Join(", ", LayoutPresets.Names));
        if (layout.Encryption is not null && !LayoutPresets.Encryptable.Contains(layout.Preset ?? LayoutPresets.Plain))
            errors.Add($"{Field}.encryption", $"The preset {layout.Preset ?? LayoutPresets.Plain} has no /boot of its own, and no boot loader reads an encrypted one; allowed with: {string.Join(", ", LayoutPresets.Encryptable)}, or a layout of your own.");
        if (LayoutPresets.All.FirstOrDefault(preset => preset.Name == (layout.Preset ?? LayoutPresets.Plain)) is not { } known || (layout.Disk?.Equal ?? layout.Disk?.Count) is not { } count)
            return;
        var allowed = known.Count switch { 1 => count == 1, 4 => count >= 4 && count % 2 == 0, _ => count >= known.Count };
        errors.Check($"{Field}.disk.{(layout.Disk?.Equal is null ? "count" : "equal")}", allowed, count.ToString(CultureInfo.InvariantCulture), $"for {known.Name} {known.Count switch { 1 => "1", 4 => "4 or more, an even number", _ => $"{known.Count} or more" }}");
    }

    private static void Names(DiskLayoutSpec layout, FieldErrors errors)
    {
        Unique(layout.Disks!.Select(group => group.Name), "disks", ArrayNamePattern(), ArrayNameAllowed, errors);
        Unique(layout.Arrays?.Select(array => array.Name) ?? [], "arrays", ArrayNamePattern(), ArrayNameAllowed, errors);
        Unique(layout.VolumeGroups?.Select(group => group.Name) ?? [], "volume_groups", VolumeNamePattern(), VolumeNameAllowed, errors);
        for (var i = 0; i < layout.VolumeGroups?.Count; i++)
            Unique(layout.VolumeGroups[i].Volumes.Select(volume => volume.Name), $"volume_groups[{i}].volumes", VolumeNamePattern(), VolumeNameAllowed, errors);
        for (var i = 0; i < layout.Disks!.Count; i++)
        {
            if (layout.Disks[i].Disk is { } selector)
                DiskSelectorRules.Check(selector, $"{Field}.disks[{i}].disk", errors);
            errors.Check($"{Field}.disks[{i}].partitions", layout.Disks[i].Partitions.Count > 0, "[]", "one partition at least");
            for (var place = 0; place < layout.Disks[i].Partitions.Count; place++)
            {
                if (layout.Disks[i].Partitions[place].Name is { } name)
                    errors.Check($"{Field}.disks[{i}].partitions[{place}].name", PartitionNamePattern().IsMatch(name), name, PartitionNameAllowed);
            }
        }
    }

    private static void Unique(IEnumerable<string> names, string field, Regex pattern, string allowed, FieldErrors errors)
    {
        var seen = new HashSet<string>();
        foreach (var (at, name) in names.Index())
        {
            errors.Check($"{Field}.{field}[{at}].name", pattern.IsMatch(name), name, allowed);
            if (!seen.Add(name))
                errors.Add($"{Field}.{field}[{at}].name", $"'{name}' is the name of another one.");
        }
    }

    private static void Check(Part part, DiskLayoutSpec layout, FieldErrors errors)
    {
        if (part.Role is not null)
            errors.Check($"{part.Field}.role", Roles.Contains(part.Role), part.Role, string.Join(", ", Roles));
        errors.Check($"{part.Field}.size", PartSize.Parse(part.Size) is not null, part.Size, PartSize.Allowed);
        if (part.FileSystem is not null)
            errors.Check($"{part.Field}.file_system", FileSystems.Contains(part.FileSystem), part.FileSystem, string.Join(", ", FileSystems));
        if (part.MountPoint is { } point)
        {
            errors.Check($"{part.Field}.mount_point", MountPointPattern().IsMatch(point) && !point.Contains("..", StringComparison.Ordinal) && !point.Contains("//", StringComparison.Ordinal) && (point == "/" || !point.EndsWith('/')), point, MountPointAllowed);
            if (NoMountPoints.Contains(point))
                errors.Add($"{part.Field}.mount_point", $"{point} must be on the root file system.");
            if (part.FileSystem is null or "swap")
                errors.Add($"{part.Field}.mount_point", "Needs a file system that can be mounted.");
            if (part.Copies > 1 && part.Role != "esp")
                errors.Add($"{part.Field}.mount_point", $"The partition is made on {part.Copies} disks, and only one can be mounted there: make it a member of an array.");
        }
        if (part.Array is not null)
            errors.Check($"{part.Field}.array", layout.Arrays?.Any(array => array.Name == part.Array) == true, part.Array, Known(layout.Arrays?.Select(array => array.Name)));
        if (part.VolumeGroup is not null)
            errors.Check($"{part.Field}.volume_group", layout.VolumeGroups?.Any(group => group.Name == part.VolumeGroup) == true, part.VolumeGroup, Known(layout.VolumeGroups?.Select(group => group.Name)));
        if (((string?[])[part.FileSystem, part.Array, part.VolumeGroup]).Count(use => use is not null) > 1)
            errors.Add(part.Field, "Has more than one of file_system, array, volume_group; a member of an array or group has no file system of its own.");
        if (part.Role == "esp" && part.FileSystem != "vfat")
            errors.Check($"{part.Field}.file_system", false, part.FileSystem ?? "none", "vfat for an esp");
        if (part.Encrypted)
            Encrypted(part, errors);
        if (part.Role == "bios_boot" && (part.FileSystem ?? part.Array ?? part.VolumeGroup) is not null)
            errors.Add(part.Field, "A bios_boot partition holds GRUB itself, nothing else.");
    }

    private static void Encrypted(Part part, FieldErrors errors)
    {
        if (part.Role is "esp" or "bios_boot" || part.MountPoint is "/boot" or "/boot/efi")
            errors.Add($"{part.Field}.encrypted", "Is what the firmware and the boot loader read, which open nothing.");
        else if (part.Array is not null)
            errors.Add($"{part.Field}.encrypted", $"Is a member of the array {part.Array}: encrypt the array.");
        else if (part.FileSystem is null && part.VolumeGroup is null)
            errors.Add($"{part.Field}.encrypted", "Has neither file_system nor volume_group: there would be nothing in it.");
    }

    private static string Known(IEnumerable<string>? names) => names is null ? "none: the layout has none" : string.Join(", ", names);

    private static void Whole(DiskLayoutSpec layout, List<Part> parts, FieldErrors errors)
    {
        foreach (var (at, group) in layout.Disks!.Index())
        {
            if (group.Partitions.Count(part => PartSize.Parse(part.Size) is { IsRest: true }) > 1)
                errors.Add($"{Field}.disks[{at}].partitions", "More than one has no size or 'rest'; only one can take what the others leave.");
        }
        foreach (var (at, group) in (layout.VolumeGroups ?? []).Index())
        {
            if (group.Volumes.Count(volume => PartSize.Parse(volume.Size) is { IsRest: true }) > 1)
                errors.Add($"{Field}.volume_groups[{at}].volumes", "More than one has no size or 'rest'; only one can take what the others leave.");
            if (parts.All(part => part.VolumeGroup != group.Name))
                errors.Add($"{Field}.volume_groups[{at}]", $"No partition and no array is part of {group.Name} (volume_group).");
        }
        foreach (var (at, array) in (layout.Arrays ?? []).Index())
        {
            errors.Check($"{Field}.arrays[{at}].level", array.Level is 1 or 10, array.Level.ToString(CultureInfo.InvariantCulture), "1, 10");
            var members = parts.Where(part => part.Array == array.Name).Sum(part => part.Copies);
            if (array.Level == 10 ? members < 4 || members % 2 != 0 : members < 2)
                errors.Add($"{Field}.arrays[{at}]", $"Has {members} members (partitions with array: {array.Name}, once for each disk of their group); level {array.Level} needs {(array.Level == 10 ? "4 or more, an even number" : "2 or more")}.");
        }
        foreach (var twice in parts.Where(part => part.MountPoint is not null).GroupBy(part => part.MountPoint).Where(same => same.Count() > 1 && same.Any(part => part.Role != "esp")))
            errors.Add($"{twice.Last().Field}.mount_point", $"{twice.Key} is mounted from {twice.First().Field} already.");
        if (layout.Encryption is null && parts.FirstOrDefault(part => part.Encrypted) is { } secret)
            errors.Add($"{Field}.encryption", $"{secret.Field} is to be encrypted: give the passphrase.");
        if (layout.Encryption is not null && !parts.Any(part => part.Encrypted))
            errors.Add($"{Field}.encryption", "Nothing is encrypted: say encrypted: true at partitions, arrays or volumes.");
        Boot(layout, parts, errors);
    }

    // GRUB is put on each disk that /boot is on, for both kinds of firmware; it reads partitions and arrays.
    private static void Boot(DiskLayoutSpec layout, List<Part> parts, FieldErrors errors)
    {
        if (parts.FirstOrDefault(part => part.MountPoint == "/") is not { } root)
        {
            errors.Add(Field, "Nothing is mounted at /.");
            return;
        }
        errors.Check($"{root.Field}.file_system", RootFileSystems.Contains(root.FileSystem), root.FileSystem, $"{string.Join(", ", RootFileSystems)} for /");
        var boot = parts.FirstOrDefault(part => part.MountPoint == "/boot") ?? root;
        if (boot.Encrypted)
        {
            errors.Add(boot.Field, "The boot loader opens nothing: give a partition or an array with mount_point /boot that is not encrypted.");
            return;
        }
        if (boot.Kind == "volume")
        {
            errors.Add(boot.Field, "The boot loader starts from partitions and arrays: give a partition or an array with mount_point /boot.");
            return;
        }
        var groups = boot.Kind == "partition" ? [boot.Group] : parts.Where(part => part.Array == layout.Arrays![BootArray(boot)].Name).Select(part => part.Group).Distinct();
        foreach (var group in groups)
        {
            foreach (var role in (string[])["bios_boot", "esp"])
            {
                if (layout.Disks![group].Partitions.All(part => part.Role != role))
                    errors.Add($"{Field}.disks[{group}].partitions", $"The system starts from these disks, and none of their partitions has role {role}.");
            }
        }
    }

    private static int BootArray(Part boot) => int.Parse(boot.Field[(Field.Length + ".arrays[".Length)..^1], CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,36}\z")]
    private static partial Regex PartitionNamePattern();

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{0,15}\z")]
    private static partial Regex ArrayNamePattern();

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,15}\z")]
    private static partial Regex VolumeNamePattern();

    [GeneratedRegex(@"\A/[A-Za-z0-9_./-]{0,200}\z")]
    private static partial Regex MountPointPattern();
}
