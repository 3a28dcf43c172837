using System.Globalization;
using LpmOs.Contracts.Hardware;

namespace LpmOs.Core.Domain.Hardware;

/// <summary>
/// What is different between two reports of one machine. What comes and goes without anybody touching the machine is no difference:
/// link state and speed, what is on a disk, kernel names of disks, the few bytes of memory that a kernel keeps for itself, the agent's version, temperatures and counters;
/// nor is what only one of the two reports tells of: an older agent asked for less, and a switch had not been heard yet.
/// </summary>
public static class HardwareDifferences
{
    public static IReadOnlyList<HardwareChange> Between(Inventory before, Inventory after) =>
    [
        .. Fields("system", null, "", System(before), System(after)),
        .. Fields("firmware", null, "Firmware ", Firmware(before.Firmware), Firmware(after.Firmware)),
        .. Fields("cpu", null, "CPU ", Cpu(before.Cpu), Cpu(after.Cpu)),
        .. Fields("memory", null, "Memory ", Memory(before), Memory(after)),
        .. Known("chassis", null, "Chassis ", Chassis(before.Chassis), Chassis(after.Chassis)),
        .. Known("board", null, "Board ", Board(before.Board), Board(after.Board)),
        .. Known("tpm", null, "TPM ", Tpm(before.Tpm), Tpm(after.Tpm)),
        .. Known("bmc", null, "BMC ", Bmc(before.Bmc), Bmc(after.Bmc)),
        .. ToldParts("dimm", "Memory module", before.Memory?.Dimms, after.Memory?.Dimms, DimmId, DimmText, dimm => [("serial_number", dimm.SerialNumber), ("part_number", dimm.PartNumber), ("size_bytes", Number(dimm.SizeBytes))]),
        .. ToldParts("gpu", "GPU", before.Gpus, after.Gpus, gpu => gpu.Slot ?? gpu.Name, gpu => gpu.Name, gpu => [("id", gpu.Id)]),
        .. ToldParts("raid_controller", "RAID controller", before.RaidControllers, after.RaidControllers, controller => controller.PciSlot ?? controller.Id, controller => controller.Model ?? "unknown model", RaidController),
        .. ToldParts("raid_disk", "Disk behind a RAID controller", RaidDisks(before), RaidDisks(after), disk => Given(disk.Serial) ?? disk.Id, disk => disk.Model ?? "unknown model", disk => [("state", disk.State)]),
        .. Parts("disk", "Disk", before.Disks, after.Disks, DiskId, DiskText, Disk),
        .. Parts("nic", "NIC", before.Nics, after.Nics, nic => nic.Mac, nic => $"{nic.Name} {nic.Driver}".TrimEnd(), Nic),
        .. Parts("device", "Device without a driver", before.DriverlessDevices, after.DriverlessDevices, device => device.Slot, device => device.Id, device => [("id", device.Id)]),
    ];

    private static IEnumerable<HardwareChange> Parts<T>(
        string component, string name, IEnumerable<T> before, IEnumerable<T> after, Func<T, string> id, Func<T, string> text, Func<T, (string, string?)[]> fields)
    {
        // Two of the same name (blank serial numbers) are told apart by their order.
        var old = Numbered(before, id);
        var now = Numbered(after, id);
        foreach (var (key, part) in old.Where(pair => !now.ContainsKey(pair.Key)))
            yield return new HardwareChange { Kind = "removed", Component = component, Id = key, Before = text(part), Text = $"{name} {key} ({text(part)}) has disappeared." };
        foreach (var (key, part) in now.Where(pair => !old.ContainsKey(pair.Key)))
            yield return new HardwareChange { Kind = "added", Component = component, Id = key, After = text(part), Text = $"{name} {key} ({text(part)}) is new." };
        foreach (var (key, part) in now)
        {
            if (!old.TryGetValue(key, out var former))
                continue;
            foreach (var change in Fields(component, key, $"{name} {key}: ", fields(former), fields(part)))
                yield return change;
            foreach (var change in Known(component, key, $"{name} {key}: ", Newer(former), Newer(part)))
                yield return change;
        }
    }

    // A machine has such parts always or never; where one report has none of them, its agent could not ask.
    private static IEnumerable<HardwareChange> ToldParts<T>(string component, string name, IReadOnlyList<T>? before, IReadOnlyList<T>? after, Func<T, string> id, Func<T, string> text, Func<T, (string, string?)[]> fields) =>
        before is { Count: > 0 } && after is { Count: > 0 } ? Parts(component, name, before, after, id, text, fields) : [];

    private static IEnumerable<HardwareChange> Known(string component, string? id, string name, (string Field, string? Value)[] before, (string Field, string? Value)[] after)
    {
        var told = before.Zip(after).Where(pair => pair.First.Value is not null && pair.Second.Value is not null).ToList();
        return Fields(component, id, name, [.. told.Select(pair => pair.First)], [.. told.Select(pair => pair.Second)]);
    }

    private static Dictionary<string, T> Numbered<T>(IEnumerable<T> parts, Func<T, string> id)
    {
        var known = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var part in parts)
        {
            var key = id(part);
            for (var n = 2; !known.TryAdd(key, part); n++)
                key = string.Create(CultureInfo.InvariantCulture, $"{id(part)} #{n}");
        }
        return known;
    }

    private static IEnumerable<HardwareChange> Fields(string component, string? id, string name, (string Field, string? Value)[] before, (string Field, string? Value)[] after) =>
        before.Zip(after).Where(pair => pair.First.Value != pair.Second.Value).Select(pair => new HardwareChange
        {
            Kind = "changed", Component = component, Id = id, Field = pair.First.Field, Before = pair.First.Value, After = pair.Second.Value,
            Text = $"{name}{pair.First.Field} was {pair.First.Value ?? "not reported"}, now it is {pair.Second.Value ?? "not reported"}.",
        });

    private static (string, string?)[] System(Inventory machine) =>
        [("serial_number", machine.SerialNumber), ("mac_address", machine.MacAddress), ("company", machine.Company), ("product", machine.Product), ("model_name", machine.ModelName), ("uuid", machine.Uuid)];

    private static (string, string?)[] Firmware(Firmware? firmware) =>
        [("vendor", firmware?.Vendor), ("version", firmware?.Version), ("date", firmware?.Date), ("boot_mode", firmware?.BootMode), ("secure_boot", firmware?.SecureBoot is { } on ? on ? "true" : "false" : null)];

    private static (string, string?)[] Cpu(Cpu? cpu) =>
        [("model", cpu?.Model), ("sockets", Number(cpu?.Sockets)), ("cores", Number(cpu?.Cores)), ("threads", Number(cpu?.Threads)), ("architecture", cpu?.Architecture)];

    private static (string, string?)[] Memory(Inventory machine) => [("total_gb", Number(machine.Memory?.TotalGb))];

    private static (string, string?)[] Disk(Disk disk) =>
        [("model", disk.Model), ("size_bytes", Number(disk.SizeBytes)), ("type", disk.Type), ("transport", disk.Transport), ("wwn", disk.Wwn), ("serial", disk.Serial)];

    private static (string, string?)[] Chassis(Chassis? chassis) => [("type", chassis?.Type), ("serial_number", chassis?.SerialNumber), ("asset_tag", chassis?.AssetTag)];

    private static (string, string?)[] Board(Board? board) => [("product", board?.Product), ("version", board?.Version), ("serial_number", board?.SerialNumber)];

    private static (string, string?)[] Tpm(Tpm? tpm) => [("present", tpm is null ? null : tpm.Present ? "true" : "false"), ("version", tpm?.Version)];

    private static (string, string?)[] Bmc(Bmc? bmc) => [("address", bmc?.Address), ("mac", bmc?.Mac), ("version", bmc?.Version)];

    private static (string, string?)[] RaidController(RaidController controller) =>
        [("model", controller.Model), ("serial", controller.Serial), ("firmware", controller.Firmware), ("arrays", string.Join(", ", controller.Arrays.Select(array => $"{array.Id} {array.Level} {array.Name}".TrimEnd())))];

    // What former agents did not ask for, and what is told late.
    private static (string, string?)[] Newer<T>(T part) => part switch
    {
        Disk disk => [("firmware", disk.Firmware), ("health", disk.Health?.Passed is { } passed ? passed ? "passed" : "failed" : null)],
        Nic nic => [("firmware", nic.Firmware), ("switch", nic.Lldp?.SwitchName ?? nic.Lldp?.ChassisId), ("switch_port", nic.Lldp?.Port)],
        _ => [],
    };

    private static IReadOnlyList<RaidDisk> RaidDisks(Inventory machine) => [.. machine.RaidControllers.SelectMany(controller => controller.Disks)];

    private static string DimmId(MemoryModule dimm) => Given(dimm.Slot) ?? Given(dimm.SerialNumber) ?? "?";

    private static string DimmText(MemoryModule dimm) => string.Create(CultureInfo.InvariantCulture, $"{dimm.Manufacturer} {dimm.PartNumber} {dimm.SizeBytes >> 30} GB, serial {dimm.SerialNumber ?? "unknown"}").TrimStart();

    private static (string, string?)[] Nic(Nic nic) => [("driver", nic.Driver), ("pci_slot", nic.PciSlot)];

    private static string DiskId(Disk disk) => Given(disk.Serial) ?? Given(disk.Wwn) ?? disk.Device;

    private static string DiskText(Disk disk) => string.Create(CultureInfo.InvariantCulture, $"{Given(disk.Model) ?? "unknown model"}, {disk.SizeGb} GB, {disk.Device}");

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    private static string? Number(long? value) => value?.ToString(CultureInfo.InvariantCulture);
}
