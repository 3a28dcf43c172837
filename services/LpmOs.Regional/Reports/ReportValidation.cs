using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Hardware;
using LpmOs.Core.Domain.Identity;
using LpmOs.Core.Hosting;

namespace LpmOs.Regional.Reports;

/// <summary>Bounds a hardware report: it comes from a machine that nobody has vouched for.</summary>
internal static class ReportValidation
{
    /// <summary>The report with its MACs in their one form.</summary>
    /// <exception cref="InvalidRequestException">Every field that is wrong.</exception>
    public static HardwareReport Check(HardwareReport report)
    {
        var errors = new FieldErrors();
        errors.Sn(report.Sn);
        var mac = errors.Mac(report.MacAddress, "mac_address");
        var hardware = report.Hardware;
        Count(errors, "hardware.disks", hardware.Disks, InventoryBounds.Disks);
        Count(errors, "hardware.nics", hardware.Nics, InventoryBounds.Nics);
        Count(errors, "hardware.driverless_devices", hardware.DriverlessDevices, InventoryBounds.PciDevices);
        Count(errors, "hardware.pci_devices", hardware.PciDevices, InventoryBounds.PciDevices);
        Count(errors, "hardware.gpus", hardware.Gpus, InventoryBounds.Gpus);
        Count(errors, "hardware.software_arrays", hardware.SoftwareArrays, InventoryBounds.SoftwareArrays);
        Count(errors, "hardware.volume_groups", hardware.VolumeGroups, InventoryBounds.VolumeGroups);
        Count(errors, "hardware.multipaths", hardware.Multipaths, InventoryBounds.Multipaths);
        Count(errors, "hardware.raid_controllers", hardware.RaidControllers, InventoryBounds.RaidControllers);
        Count(errors, "hardware.memory.dimms", hardware.Memory?.Dimms, InventoryBounds.Dimms);
        Count(errors, "hardware.cpu.flags", hardware.Cpu?.Flags, InventoryBounds.Flags);
        Count(errors, "hardware.cpu.numa_nodes", hardware.Cpu?.NumaNodes, InventoryBounds.NumaNodes);
        Count(errors, "hardware.warnings", hardware.Warnings, InventoryBounds.Warnings);
        errors.ThrowIfAny();
        foreach (var (i, disk) in hardware.Disks.Index())
        {
            Count(errors, $"hardware.disks[{i}].content.partitions", disk.Content?.Partitions, InventoryBounds.Partitions);
            Count(errors, $"hardware.disks[{i}].member_of", disk.MemberOf, InventoryBounds.Members);
        }
        foreach (var (i, array) in hardware.SoftwareArrays.Index())
            Count(errors, $"hardware.software_arrays[{i}].devices", array.Devices, InventoryBounds.Members);
        foreach (var (i, group) in hardware.VolumeGroups.Index())
        {
            Count(errors, $"hardware.volume_groups[{i}].physical_volumes", group.PhysicalVolumes, InventoryBounds.Members);
            Count(errors, $"hardware.volume_groups[{i}].logical_volumes", group.LogicalVolumes, InventoryBounds.LogicalVolumes);
        }
        foreach (var (i, multipath) in hardware.Multipaths.Index())
            Count(errors, $"hardware.multipaths[{i}].paths", multipath.Paths, InventoryBounds.Members);
        foreach (var (i, controller) in hardware.RaidControllers.Index())
        {
            Count(errors, $"hardware.raid_controllers[{i}].arrays", controller.Arrays, InventoryBounds.Members);
            Count(errors, $"hardware.raid_controllers[{i}].disks", controller.Disks, InventoryBounds.Members);
        }
        errors.ThrowIfAny();
        ReportTexts.Check(hardware, errors);
        errors.ThrowIfAny();
        // A NIC without a usable MAC (InfiniBand, a bond's slave of zeros) stays out of the index, not out of the report.
        var nics = hardware.Nics.Select(nic => MacAddress.TryNormalize(nic.Mac, out var form) ? nic with { Mac = form } : nic);
        return report with { MacAddress = mac, Hardware = hardware with { SerialNumber = report.Sn, MacAddress = mac, Nics = [.. nics] } };
    }

    private static void Count<T>(FieldErrors errors, string field, IReadOnlyList<T>? entries, int most)
    {
        if (entries?.Count > most)
            errors.Add(field, $"Has {entries.Count} entries; at most {most} are allowed.");
    }
}
