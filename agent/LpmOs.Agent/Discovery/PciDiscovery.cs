using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Discovery;

/// <summary>PCI devices that a person would call parts of the machine, those among them that nobody drives, and their names.</summary>
internal sealed class PciDiscovery
{
    private const string Folder = "sys/bus/pci/devices/";

    public PciDiscovery(SystemTree tree)
    {
        var found = tree.Names(Folder.TrimEnd('/')).Order(StringComparer.Ordinal).Select(slot => (Slot: slot, Class: Hex(tree, slot, "class", 6), Vendor: Hex(tree, slot, "vendor", 4), Device: Hex(tree, slot, "device", 4)))
            .Where(one => one is { Class: not null, Vendor: not null, Device: not null } && IsPart(one.Class)).Take(InventoryBounds.PciDevices).ToList();
        var names = new PciIds(tree, found.Select(one => $"{one.Vendor}:{one.Device}"));
        Devices = [.. found.Select(one => new PciDevice
        {
            Slot = Printable.Clean(one.Slot, 32), Id = $"{one.Vendor}:{one.Device}", Class = one.Class, ClassName = PciIds.Class(one.Class!), Name = names.Name($"{one.Vendor}:{one.Device}"),
            Driver = tree.Exists($"{Folder}{one.Slot}/driver") ? Printable.Clean(System.IO.Path.GetFileName(tree.Target($"{Folder}{one.Slot}/driver")), 64) : null,
        })];
    }

    public IReadOnlyList<PciDevice> Devices { get; }

    /// <summary>Storage, network, USB and fabric controllers without a driver: the boot image lacks one, and disks or networks behind them are not seen.</summary>
    public IReadOnlyList<PciDevice> Driverless => [.. Devices.Where(device => device.Driver is null && Matters(device.Class!))];

    public IReadOnlyList<Gpu> Gpus => [.. Devices.Where(device => device.Class!.StartsWith("03", StringComparison.Ordinal)).Take(InventoryBounds.Gpus)
        .Select(device => new Gpu { Name = device.Name ?? $"{device.ClassName ?? "Display controller"} [{device.Id}]", Slot = device.Slot, Id = device.Id, Driver = device.Driver })];

    /// <summary>Controllers of class RAID, whatever drives them.</summary>
    public IEnumerable<PciDevice> RaidControllers => Devices.Where(device => device.Class!.StartsWith("0104", StringComparison.Ordinal));

    public string? NameOf(string? slot) => slot is null ? null : Devices.FirstOrDefault(device => device.Slot == slot)?.Name;

    // Class codes: 01 storage, 02 network, 03 display, 0b co-processors, 0c03 USB, 0c04 fibre channel, 0c06 InfiniBand, 10 encryption, 12 accelerators.
    private static bool IsPart(string code) => Matters(code) || code[..2] is "03" or "0b" or "10" or "12";

    private static bool Matters(string code) => code[..2] is "01" or "02" || code[..4] is "0c03" or "0c04" or "0c06";

    private static string? Hex(SystemTree tree, string slot, string file, int digits) =>
        tree.Line($"{Folder}{slot}/{file}") is ['0', 'x', .. var hex] && hex.Length == digits && hex.All(char.IsAsciiHexDigit) ? hex.ToLowerInvariant() : null;
}
