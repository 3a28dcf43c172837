namespace LpmOs.Core.Domain.Catalog;

/// <summary>A way to install by the system's own installer: which templates it takes.</summary>
public sealed class CatalogInstaller
{
    private const string LinuxByIpxe = "ipxe/linux.ipxe", LinuxByGrub = "grub/linux.cfg";

    /// <summary>iPXE script that starts it; of a Linux kernel the one that is common to all.</summary>
    public string Boot { get => field.Length == 0 && CommandLine is not null ? LinuxByIpxe : field; set; } = "";
    /// <summary>Template of the kernel's command line where the installer is a Linux kernel; null: it is none, and iPXE alone can start it.</summary>
    public string? CommandLine { get; set; }
    /// <summary>The same for GRUB; null where it cannot be started so.</summary>
    public string? Grub => CommandLine is null ? null : LinuxByGrub;
    /// <summary>Files that it fetches, by name, with their templates.</summary>
    public IDictionary<string, string> Files { get; set; } = new Dictionary<string, string>();
    /// <summary>Its hooks run the scripts of a task; a task with scripts is refused by the others.</summary>
    public bool Scripts { get; set; }
    /// <summary>Runs in memory alone: no disk is chosen, none is written.</summary>
    public bool InMemory { get; set; }
    /// <summary>What its templates write of a network beyond DHCP, one IPv4 address, gateway and DNS of one interface: interfaces (more than one), several_addresses (of one family), ipv6, bond, vlan, bridge, dhcp6, accept_ra, gateway6, routes, search, mtu. What is not here is refused when it is asked for.</summary>
    public IList<string> Supports { get; set; } = [];
    /// <summary>The firmware's modes that it can be started in (<c>uefi</c>, <c>bios</c>); empty: both.</summary>
    public IList<string> BootModes { get; set; } = [];
    /// <summary>What of it trusts authorities of the site's own; see <see cref="Planning.InstallerTrust"/>.</summary>
    public IList<string> Trusts { get; set; } = [Planning.InstallerTrust.Hooks];
}

/// <summary>Names of install methods that mean something to the code.</summary>
public static class InstallMethods
{
    /// <summary>Our agent writes an image; all others are installers of the catalogue.</summary>
    public const string Image = "image";
}
