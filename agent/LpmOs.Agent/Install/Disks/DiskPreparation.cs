using System.Globalization;
using System.Text;
using LpmOs.Agent.Discovery;
using LpmOs.Agent.Reporting;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Disks;

/// <summary>Writes the planned GPT and makes the file systems.</summary>
internal sealed class DiskPreparation(ProgramRunner programs, AgentLog log, TimeProvider time)
{
    private static readonly TimeSpan LongestForNodes = TimeSpan.FromSeconds(20);
    private const string Advice = "The task's log shows what the program said. Check the disk; a retry begins anew.";

    /// <summary>Type GUIDs: UEFI 2.10 table 5.7 (ESP), GRUB manual 3.4 (BIOS boot), Linux file system data.</summary>
    private static readonly Dictionary<string, string> Types = new()
    {
        ["bios_boot"] = "21686148-6449-6E6F-744E-656564454649",
        ["esp"] = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B",
        ["root"] = "0FC63DAF-8483-4772-8E79-3D69D8477DE4",
    };

    /// <exception cref="InstallException">A program failed, or the kernel did not show the partitions.</exception>
    public async Task<PreparedDisk> PrepareAsync(InstallPlan plan, Disk disk, CancellationToken cancellationToken)
    {
        try
        {
            var script = Script(plan, disk.LogicalSectorBytes);
            await programs.RunAsync("sfdisk", ["--quiet", "--wipe", "always", "--wipe-partitions", "always", disk.Device], new() { Input = script }, cancellationToken).ConfigureAwait(false);
            var partitions = new List<PreparedPartition>();
            for (var i = 0; i < plan.Partitions.Count; i++)
            {
                var device = DiskContentReader.PartitionDevice(disk.Device, i + 1);
                await WaitForAsync(device, cancellationToken).ConfigureAwait(false);
                partitions.Add(new(plan.Partitions[i], device, await FormatAsync(plan.Partitions[i], device, cancellationToken).ConfigureAwait(false)));
                log.Line($"  {device}: {plan.Partitions[i].Name}, {plan.Partitions[i].FileSystem ?? "no file system"}");
            }
            return new(disk.Device, partitions);
        }
        catch (ProgramException e)
        {
            throw new InstallException(FailureCodes.DiskFailed, $"{disk.Device} could not be partitioned and formatted: {e.Message}", Advice, e);
        }
    }

    /// <summary>Input of sfdisk (util-linux), sizes in sectors of the disk.</summary>
    public static string Script(InstallPlan plan, int sectorBytes)
    {
        var script = new StringBuilder("label: gpt\n").Append("label-id: ").Append(plan.DiskGuid.ToUpperInvariant()).Append('\n');
        foreach (var partition in plan.Partitions)
        {
            if (partition.SizeBytes is { } bytes)
                script.Append(CultureInfo.InvariantCulture, $"size={(bytes + sectorBytes - 1) / sectorBytes}, ");
            script.Append("type=").Append(Types[partition.Role]).Append(", name=\"").Append(partition.Name).Append("\"\n");
        }
        return script.ToString();
    }

    private async Task<string?> FormatAsync(PartitionPlan partition, string device, CancellationToken cancellationToken)
    {
        var uuid = Guid.NewGuid();
        switch (partition.FileSystem)
        {
            case null:
                return null;
            case "vfat":
                var volume = uuid.ToString("N")[..8].ToUpperInvariant();
                await programs.RunAsync("mkfs.vfat", ["-F", "32", "-n", Label(partition, 11).ToUpperInvariant(), "-i", volume, device], new() { Quiet = true }, cancellationToken).ConfigureAwait(false);
                return volume[..4] + "-" + volume[4..];
            case "xfs":
                await programs.RunAsync("mkfs.xfs", ["-q", "-f", "-K", "-L", Label(partition, 12), "-m", $"uuid={uuid}", device], new(), cancellationToken).ConfigureAwait(false);
                return uuid.ToString();
            default:
                // Inode tables and journal are cleared later by the running system; discarding the whole disk takes minutes on some.
                await programs.RunAsync("mkfs.ext4", ["-q", "-F", "-L", Label(partition, 16), "-U", uuid.ToString(), "-E", "lazy_itable_init=1,lazy_journal_init=1,nodiscard", device], new(), cancellationToken).ConfigureAwait(false);
                return uuid.ToString();
        }
    }

    // The kernel makes the nodes when it reads the new table; behind slow controllers somewhat later.
    private async Task WaitForAsync(string device, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (!File.Exists(device))
        {
            if (time.GetElapsedTime(began) > LongestForNodes)
                throw new InstallException(FailureCodes.DiskFailed, $"The kernel does not show {device} though the partition table was written.", Advice);
            await Task.Delay(TimeSpan.FromMilliseconds(25), time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static string Label(PartitionPlan partition, int longest) => partition.Name.Length <= longest ? partition.Name : partition.Name[..longest];
}
