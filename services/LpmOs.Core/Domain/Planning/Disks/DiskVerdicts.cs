using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Core.Domain.Planning.Disks;

/// <summary>Each disk of a machine against what a task asks for.</summary>
public static class DiskVerdicts
{
    /// <summary>In the machine's order. With a plan, what it names is chosen, whatever the machine has become since.</summary>
    public static IReadOnlyList<DiskVerdict> Of(Inventory? machine, DiskLayoutSpec? spec, InstallPlan? plan)
    {
        if (machine is null || LayoutPresets.Resolve(spec) is not { } layout)
            return [];
        var chosen = ChosenDisks.Of(machine.Disks, layout, spec?.Disks is null);
        return [.. machine.Disks.Select(disk => Of(disk, layout, chosen, plan))];
    }

    /// <summary>Nothing is on it, as far as its labels tell. What is not known counts as data.</summary>
    public static bool IsEmpty(DiskContent? content) => content is { PartitionTable: null, Signature: null, Partitions.Count: 0 };

    private static DiskVerdict Of(Disk disk, DiskLayoutSpec layout, ChosenDisks chosen, InstallPlan? plan)
    {
        var at = chosen.Choices.ToList().FindIndex(choice => choice.Disks.Contains(disk) || !choice.Reasons.ContainsKey(disk.Device));
        var isChosen = plan is null ? chosen.Groups.Any(group => group.Contains(disk))
            : (plan.Disks ?? (plan.Disk is { } only ? [only] : [])).Any(target => target.Serial is null && target.Wwn is null ? target.Device == disk.Device : target.Serial == disk.Serial && target.Wwn == disk.Wwn);
        var reason = isChosen ? null : at >= 0 ? DiskReason.OneOfSeveral : chosen.Choices.Select(choice => choice.Reasons.GetValueOrDefault(disk.Device)).OfType<DiskReason>().FirstOrDefault();
        return new()
        {
            Device = disk.Device, Path = disk.Path, Serial = disk.Serial, Wwn = disk.Wwn, Model = disk.Model, SizeBytes = disk.SizeBytes, Chosen = isChosen, Fits = at >= 0 || isChosen,
            Group = at >= 0 ? layout.Disks![at].Name : null, Reason = reason?.Text, ReasonCode = reason?.Code, ReasonValue = reason?.Value,
            HoldsData = !IsEmpty(disk.Content), Content = Content(disk.Content),
        };
    }

    private static string Content(DiskContent? content)
    {
        if (content is null)
            return "not known: it could not be read";
        if (IsEmpty(content))
            return "empty";
        var systems = content.Partitions.Select(part => part.FileSystem).OfType<string>().Distinct().ToList();
        return string.Join(", ", new[]
        {
            content.PartitionTable is { } table ? $"{table} with {content.Partitions.Count} partition{(content.Partitions.Count == 1 ? "" : "s")}" : null,
            content.Signature,
            systems.Count > 0 ? string.Join(" ", systems) : null,
        }.OfType<string>());
    }
}
