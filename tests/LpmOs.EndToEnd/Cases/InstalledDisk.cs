using LpmOs.EndToEnd.Evidence;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>Reads the installed disk from outside, with the machine off, by programs that know nothing of LpmOs.</summary>
internal static class InstalledDisk
{
    public static async Task CheckAsync(DiskImage disk, MachineSpec spec, string hostname, CancellationToken cancellationToken)
    {
        var (label, partitions) = await disk.PartitionsAsync(cancellationToken);
        Assert.Equal("gpt", label);
        Assert.Contains(partitions, partition => partition.Type == DiskImage.BiosBootType);
        var esp = Assert.Single(partitions, partition => partition.Type == DiskImage.EspType);
        var root = partitions.MaxBy(partition => partition.SizeBytes)!;
        // The root file system has the rest of the disk.
        Assert.InRange(root.StartBytes + root.SizeBytes, spec.DiskBytes - (64L << 20), spec.DiskBytes);

        Assert.Equal(hostname, (await disk.ReadRootFileAsync(root, "/etc/hostname", cancellationToken)).Trim());
        Assert.Contains(" / ", await disk.ReadRootFileAsync(root, "/etc/fstab", cancellationToken), StringComparison.Ordinal);
        var boot = await disk.ListRootFolderAsync(root, "/boot", cancellationToken);
        Assert.Contains("vmlinuz-", boot, StringComparison.Ordinal);
        Assert.Contains("initrd.img-", boot, StringComparison.Ordinal);
        Assert.Contains("/boot/vmlinuz-", await disk.ReadRootFileAsync(root, "/boot/grub/grub.cfg", cancellationToken), StringComparison.Ordinal);
        Assert.Contains("BOOTX64.EFI", await disk.ListEspAsync(esp, cancellationToken), StringComparison.OrdinalIgnoreCase);

        // The file system is the image's: its package list, byte for byte.
        var installed = await disk.ReadRootFileAsync(root, "/var/lib/dpkg/status", cancellationToken);
        var shipped = await Command.RunAsync(
            "tar", ["--zstd", "-xOf", Path.Combine(Repository.Files, "images", "debian-12.tar.zst"), "./var/lib/dpkg/status"], cancellationToken);
        Assert.Equal(shipped, installed);
    }
}
