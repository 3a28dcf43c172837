using System.Globalization;

namespace LpmOs.Agent.Discovery;

/// <summary>Where a disk is plugged in, as udev's path_id (systemd) names it below /dev/disk/by-path; there is no udev in the boot image.</summary>
internal static class DiskPath
{
    /// <returns>For example <c>pci-0000:00:1f.2-ata-1</c>, <c>pci-0000:01:00.0-nvme-1</c>, <c>pci-0000:00:05.0</c>, <c>pci-0000:03:00.0-scsi-0:0:1:0</c>; null for what is not behind PCI, or behind USB, and where the kernel does not tell the SAS phy.</returns>
    public static string? Of(SystemTree tree, string name)
    {
        var parts = tree.Target($"sys/block/{name}").Split('/', StringSplitOptions.RemoveEmptyEntries);
        var at = Array.FindLastIndex(parts, NicDiscovery.IsPciSlot);
        if (at < 0 || parts.Any(part => part.StartsWith("usb", StringComparison.Ordinal)))
            return null;
        var pci = "pci-" + parts[at];
        var below = parts[(at + 1)..];
        if (name.StartsWith("nvme", StringComparison.Ordinal))
            return $"{pci}-nvme-{(tree.Number($"sys/block/{name}/nsid") ?? 1).ToString(CultureInfo.InvariantCulture)}";
        if (below.FirstOrDefault(part => part.StartsWith("ata", StringComparison.Ordinal)) is { } ata)
            return tree.Number($"sys/class/ata_port/{ata}/port_no") is { } port ? $"{pci}-ata-{port.ToString(CultureInfo.InvariantCulture)}" : null;
        if (below.FirstOrDefault(part => part.StartsWith("end_device-", StringComparison.Ordinal)) is { } end)
            return Sas(tree, below, end) is { } sas ? $"{pci}-{sas}" : null;
        // Host numbers depend on the order of discovery: udev counts them from the controller's first.
        if (below.FirstOrDefault(part => part.Split(':') is { Length: 4 } address && address.All(number => number.All(char.IsAsciiDigit))) is { } scsi)
            return $"{pci}-scsi-0{scsi[scsi.IndexOf(':', StringComparison.Ordinal)..]}";
        return pci;
    }

    private static string? Sas(SystemTree tree, string[] below, string end)
    {
        if (tree.Number($"sys/class/sas_device/{end}/phy_identifier") is not { } phy)
            return null;
        var lun = below.FirstOrDefault(part => part.Split(':') is { Length: 4 })?.Split(':')[3] ?? "0";
        // The last expander on the way is the one that the disk hangs on.
        var expander = below.LastOrDefault(part => part.StartsWith("expander-", StringComparison.Ordinal)) is { } name ? tree.Line($"sys/class/sas_device/{name}/sas_address") : null;
        return string.Create(CultureInfo.InvariantCulture, $"sas-{(expander is null ? "" : $"exp{expander}-")}phy{phy}-lun-{lun}");
    }
}
