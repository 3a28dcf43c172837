using System.Globalization;
using System.Text.RegularExpressions;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Planning.Disks;
using LpmOs.Core.Hosting;

namespace LpmOs.Tasks.Validation;

/// <summary>What may name disks.</summary>
internal static partial class DiskSelectorRules
{
    public const int MostDisks = 64;
    private const int LongestText = 128;
    private const string DeviceAllowed = "a kernel path such as /dev/sda or /dev/nvme0n1";
    private const string TextAllowed = "1 to 128 printable characters";
    private static readonly string[] Transports = ["nvme", "sata", "sas", "scsi", "usb", "virtio"];

    public static void Check(DiskSelector disk, string field, FieldErrors errors)
    {
        if (disk == new DiskSelector())
            errors.Add(field, "Names nothing; give at least one of array, serial, wwn, device, path, model, min_size, max_size, rotational, transport, prefer, count, equal.");
        if (disk.Array is not null)
        {
            errors.Check($"{field}.array", ArrayPattern().IsMatch(disk.Array), disk.Array, "the name of an array of hardware_config: 1 to 15 letters, digits or any of _ -");
            if (disk != new DiskSelector { Array = disk.Array })
                errors.Add(field, "array names one disk by itself: leave the others out.");
        }
        if (disk.Device is not null)
            errors.Check($"{field}.device", DevicePattern().IsMatch(disk.Device), disk.Device, DeviceAllowed);
        if (disk.Prefer is not null)
            errors.Check($"{field}.prefer", disk.Prefer is "smallest" or "largest", disk.Prefer, "smallest, largest");
        if (disk.Transport is not null)
            errors.Check($"{field}.transport", Transports.Contains(disk.Transport), disk.Transport, string.Join(", ", Transports));
        Printable(errors, $"{field}.serial", disk.Serial);
        Printable(errors, $"{field}.wwn", disk.Wwn);
        Printable(errors, $"{field}.path", disk.Path);
        Printable(errors, $"{field}.model", disk.Model);
        Size(errors, $"{field}.min_size", disk.MinSize);
        Size(errors, $"{field}.max_size", disk.MaxSize);
        if (ByteSize.Parse(disk.MinSize) is { } least && ByteSize.Parse(disk.MaxSize) is { } most && least > most)
            errors.Add($"{field}.min_size", $"'{disk.MinSize}' is more than max_size '{disk.MaxSize}'.");
        Number(errors, $"{field}.count", disk.Count, 1);
        Number(errors, $"{field}.equal", disk.Equal, 2);
        if (disk is { Count: not null, Equal: not null })
            errors.Add($"{field}.count", "Give either count or equal.");
        if ((disk.Equal ?? disk.Count ?? 1) > 1 && (disk.Serial ?? disk.Wwn ?? disk.Device) is not null)
            errors.Add(field, "serial, wwn and device name one disk; for several give what they have in common, or a group each.");
    }

    public static void Size(FieldErrors errors, string field, string? value)
    {
        if (value is not null)
            errors.Check(field, ByteSize.Parse(value) is not null, value, ByteSize.Allowed);
    }

    private static void Number(FieldErrors errors, string field, int? value, int least)
    {
        if (value is not null)
            errors.Check(field, value >= least && value <= MostDisks, value.Value.ToString(CultureInfo.InvariantCulture), $"{least} to {MostDisks}");
    }

    private static void Printable(FieldErrors errors, string field, string? value)
    {
        if (value is not null)
            errors.Check(field, value.Trim().Length > 0 && value.Length <= LongestText && !value.Any(char.IsControl), value, TextAllowed);
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,15}\z")]
    private static partial Regex ArrayPattern();

    [GeneratedRegex(@"\A/dev/[A-Za-z0-9][A-Za-z0-9/_.:-]{0,100}\z")]
    private static partial Regex DevicePattern();
}
