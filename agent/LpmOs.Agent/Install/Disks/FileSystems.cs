using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Disks;

/// <summary>Makes file systems and swap.</summary>
internal sealed class FileSystems(ProgramRunner programs)
{
    /// <returns>Its UUID as <c>blkid</c> prints it; null where there is none.</returns>
    /// <exception cref="ProgramException">The program failed.</exception>
    public async Task<string?> MakeAsync(PartitionPlan partition, string device, CancellationToken cancellationToken)
    {
        var uuid = Guid.NewGuid();
        var (program, arguments) = partition.FileSystem switch
        {
            null => (null, null),
            "vfat" => ("mkfs.vfat", (string[])["-F", "32", "-n", Label(partition, 11).ToUpperInvariant(), "-i", Volume(uuid), device]),
            // Kernels before 5.10 (RHEL 8, Ubuntu 20.04, openEuler 20.03) do not mount what has these two.
            "xfs" => ("mkfs.xfs", ["-q", "-f", "-K", "-L", Label(partition, 12), "-m", $"uuid={uuid},bigtime=0,inobtcount=0", device]),
            "btrfs" => ("mkfs.btrfs", ["-q", "-f", "-K", "-L", Label(partition, 36), "-U", uuid.ToString(), device]),
            "swap" => ("mkswap", ["-f", "-L", Label(partition, 15), "-U", uuid.ToString(), device]),
            // Inode tables and journal are cleared later by the running system; discarding the whole disk takes minutes on some.
            _ => ("mkfs.ext4", ["-q", "-F", "-L", Label(partition, 16), "-U", uuid.ToString(), "-E", "lazy_itable_init=1,lazy_journal_init=1,nodiscard", device]),
        };
        if (program is null)
            return null;
        await programs.RunAsync(program, arguments!, new() { Quiet = program is "mkfs.vfat" or "mkswap" }, cancellationToken).ConfigureAwait(false);
        return partition.FileSystem == "vfat" ? Volume(uuid)[..4] + "-" + Volume(uuid)[4..] : uuid.ToString();
    }

    private static string Volume(Guid uuid) => uuid.ToString("N")[..8].ToUpperInvariant();

    private static string Label(PartitionPlan partition, int longest) => partition.Name.Length <= longest ? partition.Name : partition.Name[..longest];
}
