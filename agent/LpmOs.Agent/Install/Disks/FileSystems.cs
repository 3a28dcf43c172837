using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Disks;

/// <summary>Makes file systems and swap.</summary>
internal sealed class FileSystems(ProgramRunner programs)
{
    /// <param name="os">The system that is to use it: it may know less than the boot image.</param>
    /// <returns>Its UUID as <c>blkid</c> prints it; null where there is none.</returns>
    /// <exception cref="ProgramException">The program failed.</exception>
    public async Task<string?> MakeAsync(PartitionPlan partition, string device, OsPlan os, CancellationToken cancellationToken)
    {
        var uuid = Guid.NewGuid();
        var (program, arguments) = partition.FileSystem switch
        {
            null => (null, null),
            "vfat" => ("mkfs.vfat", (string[])["-F", "32", "-n", Label(partition, 11).ToUpperInvariant(), "-i", Volume(uuid), device]),
            "xfs" => ("mkfs.xfs", ["-q", "-f", "-K", "-L", Label(partition, 12), .. FileSystemFeatures.Xfs(os, uuid), device]),
            "btrfs" => ("mkfs.btrfs", ["-q", "-f", "-K", "-L", Label(partition, 36), "-U", uuid.ToString(), device]),
            "swap" => ("mkswap", ["-f", "-L", Label(partition, 15), "-U", uuid.ToString(), device]),
            // Inode tables and journal are cleared later by the running system; discarding the whole disk takes minutes on some.
            _ => ("mkfs.ext4", ["-q", "-F", "-O", FileSystemFeatures.Ext4(os), "-L", Label(partition, 16), "-U", uuid.ToString(), "-E", "lazy_itable_init=1,lazy_journal_init=1,nodiscard", device]),
        };
        if (program is null)
            return null;
        await programs.RunAsync(program, arguments!, new() { Quiet = program is "mkfs.vfat" or "mkswap" }, cancellationToken).ConfigureAwait(false);
        return partition.FileSystem == "vfat" ? Volume(uuid)[..4] + "-" + Volume(uuid)[4..] : uuid.ToString();
    }

    private static string Volume(Guid uuid) => uuid.ToString("N")[..8].ToUpperInvariant();

    private static string Label(PartitionPlan partition, int longest) => partition.Name.Length <= longest ? partition.Name : partition.Name[..longest];
}
