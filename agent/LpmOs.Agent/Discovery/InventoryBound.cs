using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Discovery;

/// <summary>Keeps a report within what the regional service accepts; what is left out is told in the report itself.</summary>
internal static class InventoryBound
{
    private const int LongestWarning = 300;

    public static Inventory Cut(Inventory machine)
    {
        var warnings = machine.Warnings.Select(warning => Printable.Clean(warning, LongestWarning)).Take(InventoryBounds.Warnings / 2).ToList();
        if (IsTooLong(machine, warnings))
        {
            warnings.Add("Too much for one report: partitions of the disks are left out.");
            machine = machine with { Disks = [.. machine.Disks.Select(disk => disk with { Content = disk.Content is { } content ? content with { Partitions = [] } : null })] };
        }
        if (IsTooLong(machine, warnings))
        {
            warnings.Add("Too much for one report: disks behind RAID controllers, logical volumes and PCI devices are left out.");
            machine = machine with { RaidControllers = [.. machine.RaidControllers.Select(one => one with { Disks = [] })], VolumeGroups = [.. machine.VolumeGroups.Select(one => one with { LogicalVolumes = [] })], PciDevices = [] };
        }
        for (var kept = machine.Disks.Count / 2; IsTooLong(machine, warnings) && kept > 0; kept /= 2)
        {
            warnings.Add($"Too much for one report: of {machine.Disks.Count} disks the first {kept} are told.");
            machine = machine with { Disks = [.. machine.Disks.Take(kept)] };
        }
        return machine with { Warnings = warnings };
    }

    private static bool IsTooLong(Inventory machine, IReadOnlyList<string> warnings) =>
        JsonSerializer.SerializeToUtf8Bytes(machine with { Warnings = warnings }, ContractsJson.Default.Inventory).Length > InventoryBounds.Bytes - 4096;
}
