using System.Globalization;
using System.Text;
using LpmOs.Agent.Discovery;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Disks;

/// <summary>A disk of the plan and the machine's disk that it is.</summary>
/// <param name="Guid">GPT disk GUID that is written on it.</param>
/// <param name="IsOurs">An earlier run of this same attempt was interrupted: the table on the disk, or the mark at its end, is the one that it wrote.</param>
internal sealed record TargetDisk(DiskPlan Plan, Disk Disk, string Guid, bool IsOurs)
{
    public string Device => Disk.Device;
}

/// <summary>Finds the disks that the plan names and makes sure that each is still what was approved.</summary>
internal sealed class DiskFinder(DiskDiscovery discovery, ArrayFinder? arrays = null)
{
    private const string Advice = "Look at the machine's disks as they are now, then retry the task: a new plan is made for them and must be approved.";

    /// <summary>In the plan's order.</summary>
    /// <exception cref="InstallException"><c>disk_changed</c>: one is not there, not alone, of another size, or holds something else than when the plan was made.</exception>
    public async Task<IReadOnlyList<TargetDisk>> FindAsync(InstallPlan plan, CancellationToken cancellationToken)
    {
        var planned = plan.Disks ?? [plan.Disk ?? throw new InstallException(FailureCodes.PlanInvalid, "The plan names no disk.", "Look at the task's plan, then retry the task.")];
        var found = new Dictionary<DiskPlan, string>();
        foreach (var one in planned.Where(one => one.Array is not null))
            found[one] = await (arrays ?? throw new InstallException(FailureCodes.PlanInvalid, $"{one.Device} is an array of a RAID controller, and this agent knows none.", Advice)).FindAsync(one, discovery, cancellationToken).ConfigureAwait(false);
        var disks = await discovery.DisksAsync(cancellationToken).ConfigureAwait(false);
        var targets = new List<TargetDisk>();
        foreach (var one in planned)
            targets.Add(await FindAsync(plan, one, disks, found.GetValueOrDefault(one), cancellationToken).ConfigureAwait(false));
        if (targets.GroupBy(target => target.Device).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw Changed($"{twice.Key} is more than one of the planned disks", twice.First().Plan, disks);
        return targets;
    }

    /// <summary>
    /// The image of a whole disk brings the identifiers of its file systems: where another disk holds the same image, boot loaders and kernels that look for them may take that one.
    /// </summary>
    /// <exception cref="InstallException"><c>disk_changed</c>: another disk holds a file system with an identifier of this one.</exception>
    public async Task RequireNoTwinAsync(Disk written, CancellationToken cancellationToken)
    {
        var disks = await discovery.DisksAsync(cancellationToken).ConfigureAwait(false);
        HashSet<string> own = [.. Systems(disks.Where(disk => disk.Device == written.Device))];
        if (disks.FirstOrDefault(disk => disk.Device != written.Device && Systems([disk]).Any(own.Contains)) is not { } twin)
            return;
        throw new InstallException(FailureCodes.DiskChanged,
            $"{twin.Device} (serial {twin.Serial ?? "-"}) holds a copy of the same image: file systems with the same identifiers as on {written.Device}. The machine could start that one, or write to it.",
            $"Wipe {twin.Device} or take it out of the machine, then retry the task; or take an image that is an archive (tar.zst), whose file systems are made anew.");
    }

    private static readonly string? Blank = DiskContentReader.WithDigest(new DiskContent()).Digest;

    private static IEnumerable<string> Systems(IEnumerable<Disk> disks) => disks.SelectMany(disk => disk.Content?.Partitions ?? []).Select(partition => partition.Uuid).OfType<string>();

    /// <param name="array">The disk that the planned array is, by its controller.</param>
    private static async Task<TargetDisk> FindAsync(InstallPlan plan, DiskPlan planned, IReadOnlyList<Disk> disks, string? array, CancellationToken cancellationToken)
    {
        var matching = disks.Where(disk => array is not null ? disk.Device == array : IsNamed(planned, disk)).ToList();
        if (matching is not [var disk])
            throw Changed($"{(matching.Count == 0 ? "No disk is" : $"{matching.Count} disks are")} the planned one", planned, disks);
        if (planned.Array is { } made ? disk.SizeBytes < planned.SizeBytes || disk.SizeBytes > made.MostBytes : disk.SizeBytes != planned.SizeBytes)
            throw Changed($"{disk.Device} has {disk.SizeBytes} bytes", planned, disks);
        var guid = planned.DiskGuid ?? plan.DiskGuid;
        var target = new TargetDisk(planned, disk, guid, await IsOursAsync(disk, guid, cancellationToken).ConfigureAwait(false));
        if (target.IsOurs || planned.Array is not null)
            return target;
        // Who approved it was shown a disk that could not be read; what is on it now was seen by nobody.
        if (planned.ContentDigest is null)
            return disk.Content?.Digest is { } seen && seen != Blank ? throw Changed($"{disk.Device} could not be read when the plan was made, and now holds data", planned, disks) : target;
        if (disk.Content?.Digest is null)
            throw new InstallException(FailureCodes.DiskFailed, $"What is on {disk.Device} cannot be read, so it cannot be compared with the plan.", "Check the disk and its controller.");
        return string.Equals(disk.Content.Digest, planned.ContentDigest, StringComparison.OrdinalIgnoreCase)
            ? target
            : throw Changed($"{disk.Device} holds something else than when the plan was made", planned, disks);
    }

    private static async Task<bool> IsOursAsync(Disk disk, string guid, CancellationToken cancellationToken)
    {
        if (disk.Content is null || string.Equals(disk.Content.DiskId, guid, StringComparison.OrdinalIgnoreCase))
            return disk.Content is not null;
        try
        {
            return await Task.Run(() => AttemptMark.IsOn(disk.Device, disk.SizeBytes, disk.LogicalSectorBytes, guid), cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

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
