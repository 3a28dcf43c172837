namespace LpmOs.Core.Domain.Boots;

/// <summary>What a file that a machine fetches is to its boot.</summary>
public enum BootFileKind
{
    Other,
    Program,
    Script,
    Kernel,
    Initrd,
}

/// <summary>Tells files apart by their names, as distributions and boot programs name them.</summary>
public static class BootFiles
{
    private static readonly string[] Programs = [".efi", ".kpxe", ".pxe", ".kkpxe", ".0", ".n12", ".signed", ".com"];
    // ESXi's and Windows' loaders are EFI programs that a boot script starts, in the place of a kernel.
    private static readonly string[] Kernels = ["vmlinuz", "linux", "kernel", "bzimage", "vmlinux", "mboot.", "wimboot"];
    private static readonly string[] Initrds = [".cpio.gz", ".wim", "b.b00"];

    public static BootFileKind KindOf(string path)
    {
        var name = path[(path.LastIndexOfAny(['/', '\\']) + 1)..].ToLowerInvariant();
        // GRUB asks for its files by paths that hold MAC and serial number.
        if (name.EndsWith(".ipxe", StringComparison.Ordinal) || name.StartsWith("grub.cfg", StringComparison.Ordinal) || path.Contains("grub/machine/", StringComparison.Ordinal))
            return BootFileKind.Script;
        if (name.StartsWith("initr", StringComparison.Ordinal) || Initrds.Any(end => name.EndsWith(end, StringComparison.Ordinal)))
            return BootFileKind.Initrd;
        if (Kernels.Any(kernel => name.StartsWith(kernel, StringComparison.Ordinal)))
            return BootFileKind.Kernel;
        // local.efi starts the disk's own loader, long after the script.
        return name != "local.efi" && Programs.Any(end => name.EndsWith(end, StringComparison.Ordinal)) ? BootFileKind.Program : BootFileKind.Other;
    }
}
