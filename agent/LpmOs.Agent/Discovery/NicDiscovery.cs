using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Discovery;

/// <summary>Network interfaces that are hardware, and PCI devices that nobody drives.</summary>
internal static class NicDiscovery
{
    private const int MostNics = 64;
    private const int MostDevices = 64;
    private const int EthernetType = 1;

    /// <summary>Interfaces with a device below them (no bridges, no tunnels); where there is none at all, any Ethernet interface.</summary>
    public static IReadOnlyList<Nic> Nics(SystemTree tree)
    {
        var all = tree.Names("sys/class/net").Where(name => name != "lo" && tree.Number($"sys/class/net/{name}/type") == EthernetType).ToList();
        var hardware = all.Where(name => tree.Exists($"sys/class/net/{name}/device")).ToList();
        return (hardware.Count > 0 ? hardware : all).Select(name => Read(tree, name)).OfType<Nic>().Take(MostNics).ToList();
    }

    /// <summary>The interface that the firmware booted from, else the first with a link, else the first.</summary>
    public static string BootMac(IReadOnlyList<Nic> nics, string? bootif) =>
        (nics.FirstOrDefault(nic => nic.Mac == bootif) ?? nics.FirstOrDefault(nic => nic.Link) ?? (nics.Count > 0 ? nics[0] : null))?.Mac ?? bootif ?? "";

    /// <summary>Storage, network, USB and fabric controllers without a driver: the boot image lacks one, and disks or networks behind them are not seen.</summary>
    public static IReadOnlyList<PciDevice> Driverless(SystemTree tree) =>
        tree.Names("sys/bus/pci/devices").Where(slot => !tree.Exists($"sys/bus/pci/devices/{slot}/driver"))
            .Select(slot => (Slot: slot, Class: Hex(tree, slot, "class", 6), Vendor: Hex(tree, slot, "vendor", 4), Device: Hex(tree, slot, "device", 4)))
            .Where(found => found is { Class: not null, Vendor: not null, Device: not null } && Matters(found.Class))
            .Take(MostDevices)
            .Select(found => new PciDevice { Slot = Printable.Clean(found.Slot, 32), Id = $"{found.Vendor}:{found.Device}", Class = found.Class })
            .ToList();

    private static Nic? Read(SystemTree tree, string name)
    {
        var folder = $"sys/class/net/{name}/";
        if (tree.Line(folder + "address")?.ToLowerInvariant() is not { Length: 17 } mac || mac == "00:00:00:00:00:00")
            return null;
        var hardware = tree.Exists(folder + "device");
        var link = tree.Line(folder + "carrier") == "1";
        return new()
        {
            Name = Printable.Clean(name, 32),
            Mac = mac,
            Driver = tree.Exists(folder + "device/driver") ? Printable.Clean(Path.GetFileName(tree.Target(folder + "device/driver")), 64) : null,
            Link = link,
            SpeedMbps = link && tree.Number(folder + "speed") is > 0 and < 10_000_000 and var speed ? (int)speed : null,
            PciSlot = hardware ? tree.Target(folder + "device").Split('/').LastOrDefault(IsPciSlot) : null,
        };
    }

    // dddd:bb:dd.f
    private static bool IsPciSlot(string part) =>
        part.Length is >= 12 and <= 16 && part[^2] == '.' && part.Split(':') is [var domain, { Length: 2 }, { Length: 4 }] && domain.All(char.IsAsciiHexDigit);

    // Class codes: 01 storage, 02 network, 0c03 USB, 0c04 fibre channel, 0c06 InfiniBand.
    private static bool Matters(string code) => code.StartsWith("01", StringComparison.Ordinal) || code.StartsWith("02", StringComparison.Ordinal) || code[..4] is "0c03" or "0c04" or "0c06";

    private static string? Hex(SystemTree tree, string slot, string file, int digits) =>
        tree.Line($"sys/bus/pci/devices/{slot}/{file}") is ['0', 'x', .. var hex] && hex.Length == digits && hex.All(char.IsAsciiHexDigit) ? hex.ToLowerInvariant() : null;
}
