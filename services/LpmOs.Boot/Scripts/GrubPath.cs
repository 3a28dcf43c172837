using LpmOs.Core.Domain.Identity;

namespace LpmOs.Boot.Scripts;

/// <summary>
/// The paths under which GRUB asks for its files, by TFTP or HTTP: it has no queries, so what it knows of the machine is in the path.
/// <c>grub/grub.cfg</c> is the same for all; <c>grub/machine/{processor}-{platform}/{mac}/{serial}</c> and <c>grub.cfg-01-{mac}</c> are a machine's own.
/// </summary>
internal static class GrubPath
{
    private const string Machine = "grub/machine/", ByMac = "grub.cfg-01-";

    /// <summary>Where GRUB looks, by the folder that its image was built for (Debian's: /grub, of the installer: /debian-installer/…, of a disk: /EFI/debian).</summary>
    public static bool IsEntry(string path) => Trim(path) is "grub/grub.cfg" or "grub.cfg" or "boot/grub/grub.cfg" or "EFI/debian/grub.cfg" or "EFI/BOOT/grub.cfg" or "grub/x86_64-efi/grub.cfg" or "grub/arm64-efi/grub.cfg";

    /// <summary>The machine that asks at this path, or null where it is no machine's path or nothing in it tells one machine from another.</summary>
    public static BootRequest? Parse(string path)
    {
        var rest = Trim(path);
        var name = rest.StartsWith("grub/", StringComparison.Ordinal) ? rest["grub/".Length..] : rest;
        if (name.StartsWith(ByMac, StringComparison.Ordinal))
            return MacAddress.TryNormalize(name[ByMac.Length..], out _) ? BootRequest.Create(name[ByMac.Length..], null, null, null, null, null, null, out _) : null;
        if (!rest.StartsWith(Machine, StringComparison.Ordinal) || rest[Machine.Length..].Split('/', 3) is not [var kind, var mac, var serial])
            return null;
        var at = kind.LastIndexOf('-');
        if (at < 0 || (mac.Length > 0 && !MacAddress.TryNormalize(mac, out _)))
            return null;
        return BootRequest.Create(mac, serial, null, kind[(at + 1)..] == "pc" ? "pcbios" : kind[(at + 1)..], kind[..at], null, null, out _);
    }

    private static string Trim(string path) => path.TrimStart('/');
}
