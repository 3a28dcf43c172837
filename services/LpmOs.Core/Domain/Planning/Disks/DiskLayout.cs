using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Core.Domain.Planning.Disks;

/// <summary>What will be on which disks; without disks where problems say why.</summary>
/// <param name="Disk">The first one, or the only one.</param>
/// <param name="Disks">Null for the plain layout.</param>
internal sealed record DiskLayout(DiskPlan? Disk, IReadOnlyList<DiskPlan>? Disks, IReadOnlyList<PartitionPlan> Partitions)
{
    public static readonly DiskLayout None = new(null, null, []);

    public IReadOnlyList<ArrayPlan>? Arrays { get; init; }
    public IReadOnlyList<VolumeGroupPlan>? VolumeGroups { get; init; }
    public SwapFilePlan? SwapFile { get; init; }
    public EncryptionPlan? Encryption { get; init; }
}

/// <summary>Disks chosen for each group of a layout.</summary>
/// <param name="Groups">In the layout's order; empty where a problem says why.</param>
internal sealed record ChosenDisks(IReadOnlyList<IReadOnlyList<Disk>> Groups, IReadOnlyList<TaskFailure> Problems, IReadOnlyList<DiskChoice> Choices)
{
    public static ChosenDisks Of(IReadOnlyList<Disk> disks, DiskLayoutSpec layout, bool preset)
    {
        var free = disks.ToList();
        var choices = new List<DiskChoice>();
        var groups = layout.Disks ?? [];
        for (var i = 0; i < groups.Count; i++)
        {
            var choice = DiskChoice.Of(free, groups[i].Disk, field: preset ? "disk_layout.disk" : $"disk_layout.disks[{i}].disk");
            choices.Add(choice);
            free.RemoveAll(choice.Disks.Contains);
        }
        var problems = choices.Select(choice => choice.Problem).OfType<TaskFailure>().ToList();
        return new(problems.Count > 0 ? [] : choices.ConvertAll(choice => choice.Disks), problems, choices);
    }
}
