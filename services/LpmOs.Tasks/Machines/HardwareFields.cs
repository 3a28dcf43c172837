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
        ["firmware.vendor"] = machine => [machine.Firmware?.Vendor],
        ["firmware.version"] = machine => [machine.Firmware?.Version],
        ["firmware.date"] = machine => [machine.Firmware?.Date],
        ["firmware.boot_mode"] = machine => [machine.Firmware?.BootMode],
        ["firmware.secure_boot"] = machine => [machine.Firmware?.SecureBoot is { } on ? Text(on) : null],
        ["cpu.model"] = machine => [machine.Cpu?.Model],
        ["cpu.architecture"] = machine => [machine.Cpu?.Architecture],
        ["disk.device"] = machine => machine.Disks.Select(disk => disk.Device),
        ["disk.model"] = machine => machine.Disks.Select(disk => disk.Model),
        ["disk.serial"] = machine => machine.Disks.Select(disk => disk.Serial),
        ["disk.wwn"] = machine => machine.Disks.Select(disk => disk.Wwn),
        ["disk.type"] = machine => machine.Disks.Select(disk => disk.Type),
        ["disk.transport"] = machine => machine.Disks.Select(disk => disk.Transport),
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
        ["driverless"] = machine => [machine.DriverlessDevices.Count],
    };

    public static string Known { get; } = string.Join(", ", Texts.Keys.Concat(Numbers.Keys).Order(StringComparer.Ordinal));

    public static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Text(bool value) => value ? "true" : "false";
}
