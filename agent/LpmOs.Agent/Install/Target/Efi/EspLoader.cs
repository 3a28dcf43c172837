namespace LpmOs.Agent.Install.Target.Efi;

/// <summary>What lies on a mounted EFI system partition, by the names that vendors gave it.</summary>
internal sealed class EspLoader(TargetTree tree, string esp)
{
    private const string Removable = "BOOT";
    private const string RemovableName = "BOOTX64.EFI";
    private const string Shim = "shimx64.efi", Grub = "grubx64.efi", ShimManager = "mmx64.efi", Fallback = "fbx64.efi";

    /// <summary>What the firmware is to start, as a path on the partition: a vendor's shim, which Secure Boot trusts, else its GRUB, else what lies at the removable path. Null: nothing.</summary>
    public string? Path => (Vendors.Select(vendor => Find(vendor, Shim)).FirstOrDefault(path => path is not null) ?? Vendors.Select(vendor => Find(vendor, Grub)).FirstOrDefault(path => path is not null)
        ?? Find(Removable, RemovableName)) is { } found ? found[esp.Length..] : null;

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

    // FAT knows no case, and vendors use both.
    private string? Find(string folder, string name) => tree.Names($"{esp}/EFI/{folder}").FirstOrDefault(there => there.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found ? $"{esp}/EFI/{folder}/{found}" : null;
}
