using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Discovery;

/// <summary>Asks disks how they are: <c>smartctl --json</c>; NVMe also with <c>nvme smart-log</c> where only that is installed. Virtual disks are not asked.</summary>
internal sealed class DiskHealthReader(ProgramCall call)
{
    private static readonly ProgramOptions Options = new() { TimeLimit = TimeSpan.FromSeconds(15), Quiet = true, AnyExitCode = true };
    private static readonly JsonDocumentOptions Bounded = new() { MaxDepth = InventoryBounds.Depth };
    private static readonly int[] WearAttributes = [233, 177, 202, 231];
    private bool _isMissing;

    public async Task<Disk> WithHealthAsync(Disk disk, CancellationToken cancellationToken)
    {
        if (disk.Type == "virtual" || disk.Transport is "usb" or "virtio" or null || disk.Removable)
            return disk;
        try
        {
            // Its exit code has a bit for each thing that is wrong with the disk.
            if (!_isMissing)
            {
                var told = FromSmartctl((await call("smartctl", ["--json=c", "-i", "-H", "-A", disk.Device], Options, cancellationToken).ConfigureAwait(false)).Output);
                // Its serial number stays what sysfs says: by that the disk is found again before it is written.
                return disk with { Health = told.Health, Firmware = told.Firmware ?? disk.Firmware };
            }
        }
        catch (ProgramException e) when (e.InnerException is Win32Exception)
        {
            _isMissing = true;
        }
        catch (Exception e) when (e is ProgramException or JsonException)
        {
            return disk;
        }
        try
        {
            return disk.Transport == "nvme" ? disk with { Health = FromNvme((await call("nvme", ["smart-log", disk.Device, "-o", "json"], Options, cancellationToken).ConfigureAwait(false)).Output) } : disk;
        }
        catch (Exception e) when (e is ProgramException or JsonException)
        {
            return disk;
        }
    }

    /// <exception cref="JsonException">It is no JSON.</exception>
    public static (DiskHealth? Health, string? Firmware) FromSmartctl(string output)
    {
        using var json = JsonDocument.Parse(output, Bounded);
        var root = json.RootElement;
        var health = new DiskHealth
        {
            Passed = Find(root, "smart_status", "passed") is { ValueKind: JsonValueKind.True or JsonValueKind.False } passed ? passed.GetBoolean() : null,
            TemperatureCelsius = Number(root, "temperature", "current") is > -100 and < 1000 and var celsius ? (int)celsius : null,
            PowerOnHours = Number(root, "power_on_time", "hours"),
        };
        if (Find(root, "nvme_smart_health_information_log") is { ValueKind: JsonValueKind.Object } log)
        {
            health = health with
            {
                WearPercent = Percent(Number(log, "percentage_used")), MediaErrors = Number(log, "media_errors"), PowerOnHours = Number(log, "power_on_hours") ?? health.PowerOnHours,
                WrittenBytes = Units(Number(log, "data_units_written")),
            };
        }
        else
        {
            health = health with
            {
                ReallocatedSectors = Attribute(root, 5) ?? Number(root, "scsi_grown_defect_list"), PendingSectors = Attribute(root, 197),
                // ATA: reported uncorrectable errors; SCSI: error counter log of reads, writes and verifies.
                MediaErrors = Attribute(root, 187) ?? Sum(Number(root, "scsi_error_counter_log", "read", "total_uncorrected_errors"), Number(root, "scsi_error_counter_log", "write", "total_uncorrected_errors")),
                WearPercent = Percent(Number(root, "scsi_percentage_used_endurance_indicator") ?? Worn(root)),
                // Some count in other units under the same number, and say so in the name.
                WrittenBytes = Name(root, 241) == "Total_LBAs_Written" && Attribute(root, 241) is > 0 and < long.MaxValue / 512 and var sectors ? sectors * 512 : null,
            };
        }
        var said = health == new DiskHealth() ? null : health with { Source = "smartctl" };
        return (said, Text(root, "firmware_version"));
    }

    /// <exception cref="JsonException">It is no JSON.</exception>
    public static DiskHealth? FromNvme(string output)
    {
        using var json = JsonDocument.Parse(output, Bounded);
        var root = json.RootElement;
        if (Number(root, "critical_warning") is not { } warning)
            return null;
        return new()
        {
            Passed = warning == 0, WearPercent = Percent(Number(root, "percent_used") ?? Number(root, "percentage_used")), MediaErrors = Number(root, "media_errors"),
            // In kelvin.
            TemperatureCelsius = Number(root, "temperature") is > 173 and < 1273 and var kelvin ? (int)kelvin - 273 : null,
            PowerOnHours = Number(root, "power_on_hours"), WrittenBytes = Units(Number(root, "data_units_written")), Source = "nvme",
        };
    }

    // A vendor's wear attribute counts its normalized value down from 100: Intel and others 233, Samsung 177, Micron and Crucial 202, SanDisk 230 and 231.
    private static long? Worn(JsonElement root) => Find(root, "rotation_rate") is { } rate && rate.TryGetInt64Safe() > 0 ? null
        : WearAttributes.Select(id => Attribute(root, id, "value")).FirstOrDefault(left => left is >= 0 and <= 100) is { } left ? 100 - left : null;

    private static long? Attribute(JsonElement root, int id, string? field = null) => Entry(root, id) is { } found ? field is null ? Number(found, "raw", "value") : Number(found, field) : null;

    private static string? Name(JsonElement root, int id) => Entry(root, id) is { } found ? Text(found, "name") : null;

    private static JsonElement? Entry(JsonElement root, int id)
    {
        if (Find(root, "ata_smart_attributes", "table") is not { ValueKind: JsonValueKind.Array } table)
            return null;
        var found = table.EnumerateArray().FirstOrDefault(entry => entry.ValueKind == JsonValueKind.Object && Number(entry, "id") == id);
        return found.ValueKind == JsonValueKind.Object ? found : null;
    }

    // NVMe counts in thousands of 512 bytes.
    private static long? Units(long? units) => units is >= 0 and < long.MaxValue / 512_000 and var known ? known * 512_000 : null;

    private static int? Percent(long? value) => value is >= 0 and <= 255 and var percent ? (int)percent : null;

    private static long? Sum(long? a, long? b) => a is null && b is null ? null : (a ?? 0) + (b ?? 0);

    private static JsonElement? Find(JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                return null;
        }
        return element;
    }

    private static long? Number(JsonElement element, params ReadOnlySpan<string> path) => Find(element, path)?.TryGetInt64Safe() is >= 0 and < long.MaxValue / 4 and var number ? number : null;

    private static string? Text(JsonElement element, string name) => Find(element, name) is { ValueKind: JsonValueKind.String } value && Printable.Clean(value.GetString()) is { Length: > 0 } text ? text : null;
}

file static class JsonNumbers
{
    /// <summary>Null where it is no whole number; big ones come as text.</summary>
    public static long? TryGetInt64Safe(this JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number when element.TryGetInt64(out var number) => number,
        JsonValueKind.String when long.TryParse(element.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };
}
