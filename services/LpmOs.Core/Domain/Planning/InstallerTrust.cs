using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Snapshot;

namespace LpmOs.Core.Domain.Planning;

/// <summary>
/// Whether an installer can know this site by HTTPS where the site has authorities of its own (setting <c>Boot:CaFile</c>). What an installer fetches before our files are there it
/// judges by the authorities that its vendor put into it, and nobody else's word turns that off.
/// </summary>
/// <param name="OwnAuthorities">The site has them.</param>
/// <param name="BootByHttps">Machines are given addresses of the boot service that begin with https, and no others.</param>
/// <param name="RegionalByHttps">The same of the regional service.</param>
public sealed record InstallerTrust(bool OwnAuthorities, bool BootByHttps, bool RegionalByHttps)
{
    /// <summary>Words of an installer's <c>trusts</c> in the catalogue: its hooks carry the authorities in their text; its vendor's part was built with them.</summary>
    public const string Hooks = "hooks", Files = "files";

    public static InstallerTrust None { get; } = new(false, false, false);

    /// <summary>As the site's services say of themselves; where one does not, it is not held against them.</summary>
    public static InstallerTrust Of(StateSnapshot snapshot, string idc)
    {
        var services = snapshot.Services.Where(service => service.Key.Idc == idc).Select(service => service.Value).ToList();
        return new(services.Any(service => service.OwnAuthorities), services.Where(service => !service.ByHttp).Any(IsHttps(ServiceInstance.Boot)), services.Any(IsHttps(ServiceInstance.Regional)));
    }

    /// <summary>Null: it can.</summary>
    public string? WhyNot(CatalogInstaller installer, string method) => !OwnAuthorities ? null
        : BootByHttps && !installer.Trusts.Contains(Files) ? $"The boot service is reached by https with a certificate of the site's own authority (Boot:CaFile), which the installer of '{method}' does not know: it would refuse the address of its files."
        : RegionalByHttps && !installer.Trusts.Contains(Hooks) ? $"The regional service is reached by https with a certificate of the site's own authority (Boot:CaFile), and nothing that '{method}' runs can be told to trust it."
        : null;

    private static Func<ServiceInstance, bool> IsHttps(string kind) => service => service.Kind == kind && service.Address?.StartsWith("https:", StringComparison.OrdinalIgnoreCase) == true;
}
