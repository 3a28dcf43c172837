using System.Globalization;
using System.Text;
using LpmOs.Agent.Discovery;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Disks;

/// <summary>Finds the one disk that the plan names and makes sure that it is still what was approved.</summary>
internal sealed class DiskFinder(DiskDiscovery discovery)
{
    private const string Advice = "Look at the machine's disks as they are now, then retry the task: a new plan is made for them and must be approved.";

    /// <exception cref="InstallException"><c>disk_changed</c>: it is not there, not alone, of another size, or holds something else than when the plan was made.</exception>
    public async Task<Disk> FindAsync(InstallPlan plan, CancellationToken cancellationToken)
    {
        var planned = plan.Disk ?? throw new InstallException(FailureCodes.PlanInvalid, "The plan names no disk.", "Look at the task's plan, then retry the task.");
        var disks = await discovery.DisksAsync(cancellationToken).ConfigureAwait(false);
        var matching = disks.Where(disk => IsNamed(planned, disk)).ToList();
        if (matching is not [var disk])
            throw Changed($"{(matching.Count == 0 ? "No disk is" : $"{matching.Count} disks are")} the planned one", planned, disks);
        if (disk.SizeBytes != planned.SizeBytes)
            throw Changed($"{disk.Device} has {disk.SizeBytes} bytes", planned, disks);
        if (planned.ContentDigest is null || IsOurs(plan, disk))
            return disk;
        if (disk.Content?.Digest is null)
            throw new InstallException(FailureCodes.DiskFailed, $"What is on {disk.Device} cannot be read, so it cannot be compared with the plan.", "Check the disk and its controller.");
        return string.Equals(disk.Content.Digest, planned.ContentDigest, StringComparison.OrdinalIgnoreCase)
            ? disk
            : throw Changed($"{disk.Device} holds something else than when the plan was made", planned, disks);
    }

    /// <summary>An earlier run of this same attempt was interrupted: the table on the disk is the one that it wrote.</summary>
    public static bool IsOurs(InstallPlan plan, Disk disk) => string.Equals(disk.Content?.DiskId, plan.DiskGuid, StringComparison.OrdinalIgnoreCase);

    // Names move from boot to boot; serial and world wide name do not. A path decides only where the plan has nothing better.
    private static bool IsNamed(DiskPlan plan, Disk disk) =>
        plan.Serial is null && plan.Wwn is null
            ? disk.Device == plan.Device
            : (plan.Serial is null || plan.Serial == disk.Serial) && (plan.Wwn is null || plan.Wwn == disk.Wwn);

    private static InstallException Changed(string what, DiskPlan plan, IReadOnlyList<Disk> disks)
    {
        var table = new StringBuilder($"{what}. Planned: {plan.Device}, serial {plan.Serial ?? "-"}, wwn {plan.Wwn ?? "-"}, {plan.SizeBytes} bytes. Present:");
        if (disks.Count == 0)
            table.Append(" no disk at all.");
        foreach (var disk in disks.Take(16))
        {
            var content = disk.Content is null ? "unreadable" : disk.Content.PartitionTable ?? disk.Content.Signature ?? "blank";
            table.Append(CultureInfo.InvariantCulture, $" [{disk.Device}, serial {disk.Serial ?? "-"}, wwn {disk.Wwn ?? "-"}, {disk.SizeBytes} bytes, {content}{(disk.Content?.Partitions.Count is > 0 and var count ? $" with {count} partitions" : "")}]");
        }
        return new(FailureCodes.DiskChanged, table.ToString(), Advice);
    }
}
