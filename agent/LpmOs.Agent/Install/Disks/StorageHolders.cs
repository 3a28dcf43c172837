using LpmOs.Agent.Discovery;
using LpmOs.Agent.Reporting;

namespace LpmOs.Agent.Install.Disks;

/// <summary>Takes down what lies on the target disks and is active: volumes and arrays, of an interrupted run, or found at start. What also lies on another disk is not touched.</summary>
internal sealed class StorageHolders(SystemTree tree, ProgramRunner programs, AgentLog log)
{
    private const string Folder = "sys/class/block";

    /// <exception cref="InstallException">Something on the disks also lies on others, or cannot be stopped.</exception>
    public async Task ReleaseAsync(IReadOnlyList<string> disks, CancellationToken cancellationToken)
    {
        var own = disks.Select(disk => Path.GetFileName(disk)).SelectMany(disk => (string[])[disk, .. Partitions(disk)]).ToHashSet();
        var held = new List<string>();
        foreach (var name in own.ToList())
            Collect(name, own, held);
        // The topmost first: a volume before the array that it lies on.
        foreach (var holder in held)
        {
            var foreign = tree.Names($"{Folder}/{holder}/slaves").Where(slave => !own.Contains(slave)).ToList();
            if (foreign.Count > 0)
                throw new InstallException(FailureCodes.DiskFailed, $"{holder} lies on the target disks and also on {string.Join(", ", foreign)}, which the plan does not name.", "Plan all disks of the array or volume group, or take it apart first.");
        }
        foreach (var holder in held)
        {
            try
            {
                if (holder.StartsWith("md", StringComparison.Ordinal))
                    await programs.RunAsync("mdadm", ["--stop", "--quiet", "/dev/" + holder], new(), cancellationToken).ConfigureAwait(false);
                else if (holder.StartsWith("dm-", StringComparison.Ordinal))
                    await programs.RunAsync("dmsetup", ["remove", "--noudevsync", "--retry", tree.Line($"{Folder}/{holder}/dm/name") ?? holder], new(), cancellationToken).ConfigureAwait(false);
                log.Line($"  {holder}, which lay on the target disks, was stopped");
            }
            catch (ProgramException e)
            {
                throw new InstallException(FailureCodes.DiskFailed, $"{holder} lies on the target disks and cannot be stopped: {e.Message}", "Boot the machine from the network, where nothing uses its disks.", e);
            }
        }
    }

    private IEnumerable<string> Partitions(string disk) => tree.Names($"sys/block/{disk}").Where(name => name.StartsWith(disk, StringComparison.Ordinal) && tree.Exists($"sys/block/{disk}/{name}/partition"));

    private void Collect(string name, HashSet<string> own, List<string> held)
    {
        foreach (var holder in tree.Names($"{Folder}/{name}/holders"))
        {
            own.Add(holder);
            Collect(holder, own, held);
            if (!held.Contains(holder))
                held.Add(holder);
            foreach (var part in Partitions(holder).Where(own.Add))
                Collect(part, own, held);
        }
    }
}
