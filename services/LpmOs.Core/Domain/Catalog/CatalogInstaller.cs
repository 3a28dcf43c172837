namespace LpmOs.Core.Domain.Catalog;

/// <summary>A way to install by the system's own installer: which templates it takes.</summary>
public sealed class CatalogInstaller
{
    /// <summary>iPXE script that starts it.</summary>
    public string Boot { get; set; } = "";
    /// <summary>Files that it fetches, by name, with their templates.</summary>
    public IDictionary<string, string> Files { get; set; } = new Dictionary<string, string>();
    /// <summary>Runs in memory alone: no disk is chosen, none is written.</summary>
    public bool InMemory { get; set; }
    /// <summary>What its templates write of a network beyond DHCP, addresses, gateway and DNS: bond, vlan, bridge, dhcp6, accept_ra, gateway6, routes, search, mtu. What is not here is refused when it is asked for.</summary>
    public IList<string> Supports { get; set; } = [];
}

/// <summary>Names of install methods that mean something to the code.</summary>
public static class InstallMethods
{
    /// <summary>Our agent writes an image; all others are installers of the catalogue.</summary>
    public const string Image = "image";
}
