using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Discovery;

/// <summary>Network interfaces that are hardware.</summary>
internal static class NicDiscovery
{
    private const int MostNics = InventoryBounds.Nics;
    private const int EthernetType = 1;

    public static IReadOnlyList<Nic> Nics(SystemTree tree) => Nics(tree, null, _ => null);

    /// <summary>Interfaces with a device below them (no bridges, no tunnels); where there is none at all, any Ethernet interface.</summary>
    public static IReadOnlyList<Nic> Nics(SystemTree tree, PciDiscovery? devices, Func<string, NicIdentity?> identify)
    {
        var all = tree.Names("sys/class/net").Where(name => name != "lo" && tree.Number($"sys/class/net/{name}/type") == EthernetType).ToList();
        var hardware = all.Where(name => tree.Exists($"sys/class/net/{name}/device")).ToList();
        return (hardware.Count > 0 ? hardware : all).Select(name => Read(tree, name, devices, identify)).OfType<Nic>().Take(MostNics).ToList();
    }

    /// <summary>The interface that the firmware booted from, else the first with a link, else the first.</summary>
    public static string BootMac(IReadOnlyList<Nic> nics, string? bootif) =>
        (nics.FirstOrDefault(nic => nic.Mac == bootif) ?? nics.FirstOrDefault(nic => nic.Link) ?? (nics.Count > 0 ? nics[0] : null))?.Mac ?? bootif ?? "";

    private static Nic? Read(SystemTree tree, string name, PciDiscovery? devices, Func<string, NicIdentity?> identify)
    {
        var folder = $"sys/class/net/{name}/";
        if (tree.Line(folder + "address")?.ToLowerInvariant() is not { Length: 17 } mac || mac == "00:00:00:00:00:00")
            return null;
        var hardware = tree.Exists(folder + "device");
        var link = tree.Line(folder + "carrier") == "1";
        var slot = hardware ? tree.Target(folder + "device").Split('/').LastOrDefault(IsPciSlot) : null;
        var identity = hardware ? identify(name) : null;
        return new()
        {
            Name = Printable.Clean(name, 32),
            Mac = mac,
            Driver = tree.Exists(folder + "device/driver") ? Printable.Clean(System.IO.Path.GetFileName(tree.Target(folder + "device/driver")), 64) : null,
            Link = link,
            SpeedMbps = link && tree.Number(folder + "speed") is > 0 and < 10_000_000 and var speed ? (int)speed : null,
            PciSlot = slot,
            Firmware = identity?.Firmware,
            PermanentMac = identity?.PermanentMac,
            Model = devices?.NameOf(slot),
            NumaNode = hardware && tree.Number(folder + "device/numa_node") is >= 0 and <= 4096 and var node ? (int)node : null,
        };
    }

    // dddd:bb:dd.f
    public static bool IsPciSlot(string part) =>
        part.Length is >= 12 and <= 16 && part[^2] == '.' && part.Split(':') is [var domain, { Length: 2 }, { Length: 4 }] && domain.All(char.IsAsciiHexDigit);
}
