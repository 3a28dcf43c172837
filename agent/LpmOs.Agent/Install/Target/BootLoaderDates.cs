namespace LpmOs.Agent.Install.Target;

/// <summary>
/// The local boot starts the system whose boot loader was written last (templates/grub/disk.cfg). An image brings the dates of the day
/// on which it was built: without this a system that lies on another disk since may win.
/// </summary>
internal static class BootLoaderDates
{
    private static readonly string[] Folders = ["/boot/efi/EFI", "/efi/EFI", "/boot/EFI"];
    private static readonly string[] Menus = ["/boot/grub/grub.cfg", "/boot/grub2/grub.cfg"];

    public static void Renew(TargetTree tree, DateTimeOffset now)
    {
        foreach (var file in Folders.SelectMany(tree.Files).Where(IsLoader).Concat(Menus).Where(tree.Exists))
            File.SetLastWriteTimeUtc(tree.Resolve(file), now.UtcDateTime);
    }

    private static bool IsLoader(string file) => file.EndsWith(".efi", StringComparison.OrdinalIgnoreCase) || file.EndsWith("/grub.cfg", StringComparison.Ordinal);
}
