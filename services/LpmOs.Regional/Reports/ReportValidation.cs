using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Hardware;
using LpmOs.Core.Domain.Identity;
using LpmOs.Core.Hosting;

namespace LpmOs.Regional.Reports;

/// <summary>Bounds a hardware report: it comes from a machine that nobody has vouched for.</summary>
internal static class ReportValidation
{
    private const int MostDisks = 1024;
    private const int MostNics = 512;
    private const int MostDevices = 1024;
    private const int MostPartitions = 256;

    /// <summary>The report with its MACs in their one form.</summary>
    /// <exception cref="InvalidRequestException">Every field that is wrong.</exception>
    public static HardwareReport Check(HardwareReport report)
    {
        var errors = new FieldErrors();
        errors.Sn(report.Sn);
        var mac = errors.Mac(report.MacAddress, "mac_address");
        var hardware = report.Hardware;
        Count(errors, "hardware.disks", hardware.Disks?.Count, MostDisks);
        Count(errors, "hardware.nics", hardware.Nics?.Count, MostNics);
        Count(errors, "hardware.driverless_devices", hardware.DriverlessDevices?.Count, MostDevices);
        foreach (var disk in (hardware.Disks ?? []).Where(disk => disk?.Content is not null).Take(MostDisks))
            Count(errors, $"hardware.disks[{disk.Device}].content.partitions", disk.Content!.Partitions?.Count, MostPartitions);
        errors.ThrowIfAny();
        // A NIC without a usable MAC (InfiniBand, a bond's slave of zeros) stays out of the index, not out of the report.
        var nics = hardware.Nics!.Where(nic => nic is not null).Select(nic => MacAddress.TryNormalize(nic.Mac, out var form) ? nic with { Mac = form } : nic);
        return report with { MacAddress = mac, Hardware = hardware with { SerialNumber = report.Sn, MacAddress = mac, Nics = [.. nics], Disks = [.. hardware.Disks!.Where(disk => disk is not null).Select(WithoutGaps)], DriverlessDevices = [.. hardware.DriverlessDevices!.Where(device => device is not null)] } };
    }

    // Whoever reads the list later counts on there being something in each place.
    private static Disk WithoutGaps(Disk disk) =>
        disk.Content is { } content && content.Partitions.Any(partition => partition is null) ? disk with { Content = content with { Partitions = [.. content.Partitions.Where(partition => partition is not null)] } } : disk;

    private static void Count(FieldErrors errors, string field, int? count, int most)
    {
        if (count is null)
            errors.Add(field, "Must be a list.");
        else if (count > most)
            errors.Add(field, $"Has {count} entries; at most {most} are allowed.");
    }
}
