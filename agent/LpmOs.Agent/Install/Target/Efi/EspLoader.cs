using System.Runtime.InteropServices;

namespace LpmOs.Agent.Install.Target.Efi;

/// <summary>What lies on a mounted EFI system partition, by the names that vendors gave it.</summary>
internal sealed class EspLoader(TargetTree tree, string esp)
{
    private const string Removable = "BOOT";
    // Machine types of UEFI 2.10, table 3.2: the agent has the architecture of the firmware that started it.
    private static readonly string Machine = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "aa64" : "x64";
    private static readonly string RemovableName = $"BOOT{Machine.ToUpperInvariant()}.EFI";
    private static readonly string Shim = $"shim{Machine}.efi", Grub = $"grub{Machine}.efi", ShimManager = $"mm{Machine}.efi", Fallback = $"fb{Machine}.efi", SystemdBoot = $"systemd-boot{Machine}.efi";

    /// <summary>Where firmware looks without a boot entry, as a path on the partition (UEFI 2.10, 3.5.1.1).</summary>
    public static string RemovablePath => $"/EFI/{Removable}/{RemovableName}";

    /// <summary>What the firmware is to start, as a path on the partition: a vendor's shim, which Secure Boot trusts, else its GRUB, else systemd-boot, else what lies at the removable path. Null: nothing.</summary>
    public string? Path => (OfVendors(Shim) ?? OfVendors(Grub) ?? OfVendors(SystemdBoot) ?? Find(Removable, RemovableName)) is { } found ? found[esp.Length..] : null;

    /// <summary>It is started without a boot entry, too: by the removable path, or as Windows' boot manager, which firmware looks for by its name.</summary>
    public bool StartsByItself => Find(Removable, RemovableName) is not null || Find("Microsoft/Boot", "bootmgfw.efi") is not null;

    /// <summary>The folder of a vendor whose signed shim and GRUB came with the image, as they do in the RHEL family, where grub2-install is not for UEFI; null: the image has none.</summary>
    public string? Shipped => Vendors.FirstOrDefault(vendor => Find(vendor, Shim) is not null && Find(vendor, Grub) is not null);

    /// <summary>
    /// Completes what came with the image: GRUB finds its menu from the folder that it is started from, and so does shim its GRUB at the removable path.
    /// The fallback program there would make a boot entry of its own, in front of all others, at each start from it.
    /// </summary>
    /// <param name="menu">grub.cfg that leads to the system's own.</param>
    public void Complete(string vendor, string menu)
    {
        foreach (var folder in (string[])[vendor, Removable])
            File.WriteAllText(System.IO.Path.Join(tree.Folder($"{esp}/EFI/{folder}"), "grub.cfg"), menu);
        tree.Copy(Find(vendor, Shim)!, Find(Removable, RemovableName) ?? $"{esp}/EFI/{Removable}/{RemovableName}");
        tree.Copy(Find(vendor, Grub)!, $"{esp}/EFI/{Removable}/{Grub}");
        if (Find(vendor, ShimManager) is { } manager)
            tree.Copy(manager, $"{esp}/EFI/{Removable}/{ShimManager}");
        if (Find(Removable, Fallback) is { } fallback)
            tree.Delete(fallback);
    }

    /// <summary>What grub-install left at the removable path, once more in the vendor's own folder and by its own names: a shim there looks for its GRUB beside it.</summary>
    public void CopyTo(string vendor)
    {
        var signed = Find(Removable, Grub) is not null;
        foreach (var name in tree.Names($"{esp}/EFI/{Removable}").Where(name => name.EndsWith(".efi", StringComparison.OrdinalIgnoreCase)))
            tree.Copy($"{esp}/EFI/{Removable}/{name}", $"{esp}/EFI/{vendor}/{(!name.Equals(RemovableName, StringComparison.OrdinalIgnoreCase) ? name : signed ? Shim : Grub)}");
    }

    private IEnumerable<string> Vendors => tree.Names($"{esp}/EFI").Where(name => !name.Equals(Removable, StringComparison.OrdinalIgnoreCase) && !name.Equals("Microsoft", StringComparison.OrdinalIgnoreCase));

    private string? OfVendors(string name) => Vendors.Select(vendor => Find(vendor, name)).FirstOrDefault(path => path is not null);

    // FAT knows no case, and vendors use both.
    private string? Find(string folder, string name) => tree.Names($"{esp}/EFI/{folder}").FirstOrDefault(there => there.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found ? $"{esp}/EFI/{folder}/{found}" : null;
}
