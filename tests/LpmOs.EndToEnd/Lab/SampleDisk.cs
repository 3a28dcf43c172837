using System.Globalization;
using System.Text;

namespace LpmOs.EndToEnd.Lab;

/// <summary>
/// A disk with a very small system: a boot sector for BIOS and a loader for UEFI that do nothing but say the disk's name on the
/// console. What starts them started a disk's own boot code; no kernel need be emulated for that.
/// </summary>
internal sealed class SampleDisk(string file)
{
    private const int EspStart = 2048, EspSectors = 131072, RootStart = EspStart + EspSectors;

    private static string Packages => Path.Combine(Repository.Root, ".cache", "packages");

    /// <summary>Partitions and nothing to boot, as a disk full of data has them.</summary>
    public async Task MakeDataAsync(CancellationToken cancellationToken)
    {
        await PartitionAsync(cancellationToken);
        await Command.RunAsync("/sbin/mke2fs", ["-q", "-F", "-t", "ext4", "-E", $"offset={Bytes(RootStart)}", file, "64M"], cancellationToken);
    }

    /// <param name="name">What it says when it is started.</param>
    /// <param name="written">When its boot loader was installed.</param>
    /// <param name="signed">With shim and Debian's signed GRUB.</param>
    public async Task MakeSystemAsync(string name, DateTimeOffset written, bool signed, CancellationToken cancellationToken)
    {
        var work = Directory.CreateDirectory(file + ".parts").FullName;
        await PartitionAsync(cancellationToken);
        var grub = Directory.CreateDirectory(Path.Combine(work, "root", "boot", "grub")).FullName;
        await WriteAsync(Path.Combine(grub, "grub.cfg"), $"# {name}\n", written, cancellationToken);
        await Command.RunAsync("/sbin/mke2fs", ["-q", "-F", "-t", "ext4", "-d", Path.Combine(work, "root"), "-E", $"offset={Bytes(RootStart)}", file, "64M"], cancellationToken);
        using (var disk = File.Open(file, FileMode.Open))
        {
            await disk.WriteAsync(BootSector(name), cancellationToken);
        }

        var config = Path.Combine(work, "grub.cfg");
        await WriteAsync(config, $"echo '{name}'\nsleep 1000\n", written, cancellationToken);
        var esp = $"{file}@@{Bytes(EspStart)}";
        await Command.RunAsync("mformat", ["-i", esp, "-T", EspSectors.ToString(CultureInfo.InvariantCulture), "-F", "::"], cancellationToken);
        await Command.RunAsync("mmd", ["-i", esp, "::EFI", "::EFI/debian"], cancellationToken);
        foreach (var (loader, source) in signed ? Signed() : [("grubx64.efi", await StandaloneGrubAsync(work, config, cancellationToken))])
        {
            File.SetLastWriteTimeUtc(source, written.UtcDateTime);
            await Command.RunAsync("mcopy", ["-m", "-i", esp, source, "::EFI/debian/" + loader], cancellationToken);
        }

        await Command.RunAsync("mcopy", ["-m", "-i", esp, config, "::EFI/debian/grub.cfg"], cancellationToken);
    }

    private static IEnumerable<(string Loader, string Source)> Signed() =>
    [
        ("shimx64.efi", Path.Combine(Packages, "shim-signed/usr/lib/shim/shimx64.efi.signed")),
        ("grubx64.efi", Path.Combine(Packages, "grub-efi-amd64-signed/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed")),
    ];

    private static async Task<string> StandaloneGrubAsync(string work, string config, CancellationToken cancellationToken)
    {
        var loader = Path.Combine(work, "system.efi");
        await Command.RunAsync(
            "grub-mkstandalone",
            ["-d", Path.Combine(Packages, "grub-efi-amd64-bin/usr/lib/grub/x86_64-efi"), "-O", "x86_64-efi", "-o", loader, "--locales=", "--fonts=", "--themes=", "--compress=xz",
             "--modules=", "--install-modules=normal echo sleep", $"boot/grub/grub.cfg={config}"],
            cancellationToken);
        return loader;
    }

    private static async Task WriteAsync(string path, string text, DateTimeOffset written, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(path, text, cancellationToken);
        File.SetLastWriteTimeUtc(path, written.UtcDateTime);
    }

    private async Task PartitionAsync(CancellationToken cancellationToken)
    {
        using (var disk = File.Create(file))
        {
            disk.SetLength(256L << 20);
        }

        var script = file + ".sfdisk";
        await File.WriteAllTextAsync(script, "label: gpt\nsize=64M,type=U\nsize=64M,type=L\n", cancellationToken);
        await Command.RunAsync("sh", ["-c", "/sbin/sfdisk -q \"$1\" < \"$2\"", "sh", file, script], cancellationToken);
    }

    private static string Bytes(int sector) => (sector * 512L).ToString(CultureInfo.InvariantCulture);

    /// <summary>Writes the name to the first serial port (16550 at 3F8, whose line status at 3FD says when it can take a byte) and halts.</summary>
    private static byte[] BootSector(string name)
    {
        byte[] code =
        [
            0x31, 0xC0, 0x8E, 0xD8, // xor ax,ax; mov ds,ax
            0xBE, 0x21, 0x7C, // mov si,text
            0xAC, 0x84, 0xC0, 0x74, 0x11, // next: lodsb; test al,al; jz halt
            0x88, 0xC3, 0xBA, 0xFD, 0x03, // mov bl,al; mov dx,3FDh
            0xEC, 0xA8, 0x20, 0x74, 0xF8, // wait: in al,dx; test al,20h; jz wait
            0xBA, 0xF8, 0x03, 0x88, 0xD8, 0xEE, // mov dx,3F8h; mov al,bl; out dx,al
            0xEB, 0xE9, // jmp next
            0xF4, 0xEB, 0xFD, // halt: hlt; jmp halt
        ];
        return [.. code, .. Encoding.ASCII.GetBytes(name + "\r\n\0")];
    }
}
