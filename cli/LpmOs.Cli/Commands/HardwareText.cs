using LpmOs.Cli.Client;
using LpmOs.Cli.Output;

namespace LpmOs.Cli.Commands;

/// <summary>Parts of a machine in one line each.</summary>
internal static class HardwareText
{
    public static string? Security(Inventory? hardware)
    {
        var secureBoot = hardware?.Firmware?.Secure_boot is { } on ? $"Secure Boot {(on ? "on" : "off")}" : null;
        var tpm = hardware?.Tpm is { } module ? module.Present == true ? $"TPM {module.Version} {module.Vendor}".Trim() : "no TPM" : null;
        return string.Join(", ", new[] { secureBoot, tpm }.Where(part => part is not null)) is { Length: > 0 } text ? text : null;
    }

    public static string Dimm(MemoryModule dimm) =>
        $"{dimm.Slot} {Show.Bytes(dimm.Size_bytes)} {dimm.Type} {(dimm.Configured_speed_mts ?? dimm.Speed_mts) switch { { } speed => $"{speed} MT/s", null => "" }} {dimm.Manufacturer} {dimm.Part_number} serial={dimm.Serial_number}".TrimEnd();

    public static string Health(DiskHealth? health)
    {
        if (health is null)
            return "";
        string?[] parts =
        [
            health.Passed switch { true => "healthy", false => "FAILING", null => null },
            health.Wear_percent is { } wear ? $"{wear}% worn" : null,
            health.Reallocated_sectors is > 0 and var moved ? $"{moved} reallocated" : null,
            health.Pending_sectors is > 0 and var pending ? $"{pending} pending" : null,
            health.Media_errors is > 0 and var errors ? $"{errors} media errors" : null,
            health.Temperature_celsius is { } celsius ? $"{celsius} °C" : null,
            health.Power_on_hours is { } hours ? $"{hours} h" : null,
        ];
        return string.Join(", ", parts.Where(part => part is not null)) is { Length: > 0 } text ? $"({text})" : "";
    }

    public static IEnumerable<string> Arrays(Inventory? hardware) =>
    [
        .. (hardware?.Software_arrays ?? []).Select(array => $"{array.Device} {array.Level} {array.State} {string.Join(' ', array.Devices ?? [])}".Trim()),
        .. (hardware?.Volume_groups ?? []).Select(group => $"LVM {group.Name} {Show.Bytes(group.Size_bytes)} {string.Join(' ', group.Physical_volumes ?? [])}".Trim()),
        .. (hardware?.Multipaths ?? []).Select(path => $"{path.Device} multipath {path.Name} {string.Join(' ', path.Paths ?? [])}".Trim()),
        .. (hardware?.Raid_controllers ?? []).SelectMany(controller => (IEnumerable<string>)
        [
            $"{controller.Model} {controller.Pci_slot} {controller.State} {(controller.Tool is null ? "(no program for it in the boot image)" : $"firmware={controller.Firmware}")}".Trim(),
            .. (controller.Arrays ?? []).Select(array => $"  {array.Id} {array.Level} {array.State} {Show.Bytes(array.Size_bytes)} {array.Name} {array.Device} [{string.Join(' ', array.Disks ?? [])}]"),
            .. (controller.Disks ?? []).Select(disk => $"  {disk.Id} {disk.Type} {disk.Model} {Show.Bytes(disk.Size_bytes)} {disk.State} serial={disk.Serial} {Health(disk.Health)}".TrimEnd()),
        ]),
    ];

    public static string Neighbour(LldpNeighbour? neighbour) => neighbour is null ? "" : $"→ {neighbour.Switch_name ?? neighbour.Chassis_id} {neighbour.Port}".TrimEnd();
}
