using System.Globalization;
using LpmOs.Contracts.Hardware;

namespace LpmOs.Tasks.Machines;

/// <summary>Every field of the hardware by the name under which a search asks for it. A machine has several values where it has several disks.</summary>
internal static class HardwareFields
{
    public static IReadOnlyDictionary<string, Func<Inventory, IEnumerable<string?>>> Texts { get; } = new SortedDictionary<string, Func<Inventory, IEnumerable<string?>>>(StringComparer.Ordinal)
    {
        ["serial_number"] = machine => [machine.SerialNumber],
        ["mac_address"] = machine => [machine.MacAddress],
        ["company"] = machine => [machine.Company],
        ["product"] = machine => [machine.Product],
        ["model_name"] = machine => [machine.ModelName],
        ["uuid"] = machine => [machine.Uuid],
        ["virtualization"] = machine => [machine.Virtualization],
        ["is_vm"] = machine => [Text(machine.IsVm)],
        ["agent_version"] = machine => [machine.AgentVersion],
        ["boot_image"] = machine => [machine.BootImage is { } inMemory ? Text(inMemory) : null],
        ["firmware.vendor"] = machine => [machine.Firmware?.Vendor],
        ["firmware.version"] = machine => [machine.Firmware?.Version],
        ["firmware.date"] = machine => [machine.Firmware?.Date],
        ["firmware.boot_mode"] = machine => [machine.Firmware?.BootMode],
        ["firmware.secure_boot"] = machine => [machine.Firmware?.SecureBoot is { } on ? Text(on) : null],
        ["chassis.type"] = machine => [machine.Chassis?.Type],
        ["chassis.serial"] = machine => [machine.Chassis?.SerialNumber],
        ["chassis.asset_tag"] = machine => [machine.Chassis?.AssetTag],
        ["board.product"] = machine => [machine.Board?.Product],
        ["board.serial"] = machine => [machine.Board?.SerialNumber],
        ["tpm.version"] = machine => [machine.Tpm?.Version],
        ["bmc.address"] = machine => [machine.Bmc?.Address],
        ["bmc.mac"] = machine => [machine.Bmc?.Mac],
        ["bmc.version"] = machine => [machine.Bmc?.Version],
        ["cpu.flag"] = machine => machine.Cpu?.Flags ?? [],
        ["dimm.slot"] = machine => Dimms(machine).Select(dimm => dimm.Slot),
        ["dimm.manufacturer"] = machine => Dimms(machine).Select(dimm => dimm.Manufacturer),
        ["dimm.part"] = machine => Dimms(machine).Select(dimm => dimm.PartNumber),
        ["dimm.serial"] = machine => Dimms(machine).Select(dimm => dimm.SerialNumber),
        ["dimm.type"] = machine => Dimms(machine).Select(dimm => dimm.Type),
        ["cpu.model"] = machine => [machine.Cpu?.Model],
        ["cpu.architecture"] = machine => [machine.Cpu?.Architecture],
        ["disk.device"] = machine => machine.Disks.Select(disk => disk.Device),
        ["disk.model"] = machine => machine.Disks.Select(disk => disk.Model),
        ["disk.serial"] = machine => machine.Disks.Select(disk => disk.Serial),
        ["disk.wwn"] = machine => machine.Disks.Select(disk => disk.Wwn),
        ["disk.type"] = machine => machine.Disks.Select(disk => disk.Type),
        ["disk.transport"] = machine => machine.Disks.Select(disk => disk.Transport),
        ["disk.firmware"] = machine => machine.Disks.Select(disk => disk.Firmware),
        ["disk.healthy"] = machine => machine.Disks.Select(disk => disk.Health?.Passed is { } passed ? Text(passed) : null),
        ["raid.model"] = machine => machine.RaidControllers.Select(controller => controller.Model),
        ["raid.serial"] = machine => machine.RaidControllers.Select(controller => controller.Serial),
        ["raid.state"] = machine => machine.RaidControllers.SelectMany(controller => controller.Arrays).Select(array => array.State),
        ["raid_disk.serial"] = machine => RaidDisks(machine).Select(disk => disk.Serial),
        ["raid_disk.state"] = machine => RaidDisks(machine).Select(disk => disk.State),
        ["volume_group"] = machine => machine.VolumeGroups.Select(group => group.Name),
        ["gpu.name"] = machine => machine.Gpus.Select(gpu => gpu.Name),
        ["pci.id"] = machine => machine.PciDevices.Select(device => device.Id),
        ["pci.name"] = machine => machine.PciDevices.Select(device => device.Name),
        ["nic.firmware"] = machine => machine.Nics.Select(nic => nic.Firmware),
        ["nic.model"] = machine => machine.Nics.Select(nic => nic.Model),
        ["lldp.switch"] = machine => machine.Nics.Select(nic => nic.Lldp?.SwitchName),
        ["lldp.chassis_id"] = machine => machine.Nics.Select(nic => nic.Lldp?.ChassisId),
        ["lldp.port"] = machine => machine.Nics.Select(nic => nic.Lldp?.Port),
        ["nic.name"] = machine => machine.Nics.Select(nic => nic.Name),
        ["nic.mac"] = machine => machine.Nics.Select(nic => nic.Mac),
        ["nic.driver"] = machine => machine.Nics.Select(nic => nic.Driver),
        ["nic.pci_slot"] = machine => machine.Nics.Select(nic => nic.PciSlot),
        ["driverless.id"] = machine => machine.DriverlessDevices.Select(device => device.Id),
    };

    public static IReadOnlyDictionary<string, Func<Inventory, IEnumerable<long?>>> Numbers { get; } = new SortedDictionary<string, Func<Inventory, IEnumerable<long?>>>(StringComparer.Ordinal)
    {
        ["cpu.sockets"] = machine => [machine.Cpu?.Sockets],
        ["cpu.cores"] = machine => [machine.Cpu?.Cores],
        ["cpu.threads"] = machine => [machine.Cpu?.Threads],
        ["memory.total_gb"] = machine => [machine.Memory?.TotalGb],
        ["disks"] = machine => [machine.Disks.Count],
        ["disk.size_gb"] = machine => machine.Disks.Select(disk => (long?)disk.SizeGb),
        ["nics"] = machine => [machine.Nics.Count],
        ["nic.speed_mbps"] = machine => machine.Nics.Select(nic => (long?)nic.SpeedMbps),
        ["dimms"] = machine => [Dimms(machine).Count],
        ["dimm.size_gb"] = machine => Dimms(machine).Select(dimm => (long?)(dimm.SizeBytes >> 30)),
        ["cpu.numa_nodes"] = machine => [machine.Cpu?.NumaNodes.Count],
        ["disk.wear_percent"] = machine => machine.Disks.Select(disk => (long?)disk.Health?.WearPercent),
        ["disk.reallocated_sectors"] = machine => machine.Disks.Select(disk => disk.Health?.ReallocatedSectors),
        ["disk.media_errors"] = machine => machine.Disks.Select(disk => disk.Health?.MediaErrors),
        ["disk.temperature"] = machine => machine.Disks.Select(disk => (long?)disk.Health?.TemperatureCelsius),
        ["disk.power_on_hours"] = machine => machine.Disks.Select(disk => disk.Health?.PowerOnHours),
        ["gpus"] = machine => [machine.Gpus.Count],
        ["raid_controllers"] = machine => [machine.RaidControllers.Count],
        ["driverless"] = machine => [machine.DriverlessDevices.Count],
    };

    public static string Known { get; } = string.Join(", ", Texts.Keys.Concat(Numbers.Keys).Order(StringComparer.Ordinal));

    public static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static IReadOnlyList<MemoryModule> Dimms(Inventory machine) => machine.Memory?.Dimms ?? [];

    private static IEnumerable<RaidDisk> RaidDisks(Inventory machine) => machine.RaidControllers.SelectMany(controller => controller.Disks);

    private static string Text(bool value) => value ? "true" : "false";
}
