using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Core.Domain.Planning;

/// <summary>What is to be done to a machine's RAID controllers, from what they are and what is asked for.</summary>
internal static class HardwarePlans
{
    /// <summary>Null where nothing is asked for; a controller that is as it should be has nothing to delete and nothing to create.</summary>
    public static IReadOnlyList<ControllerPlan>? Of(HardwareConfigSpec? spec, Inventory inventory, List<TaskFailure> problems)
    {
        if (spec is not { Controllers.Count: > 0 })
            return null;
        var plans = new List<ControllerPlan>();
        foreach (var asked in spec.Controllers)
        {
            var fitting = inventory.RaidControllers.Where(controller => asked.Id is null || controller.Id == asked.Id).ToList();
            if (fitting is not [var found])
                problems.Add(Problem($"{(fitting.Count == 0 ? "No RAID controller" : "More than one RAID controller")} fits '{asked.Id ?? "the only one"}'. There are: {Names(inventory)}.", inventory.RaidControllers.Count == 0 ? "If the machine has none, leave hardware_config out. Software RAID is made by disk_layout: a preset such as raid1 or raid10, or its arrays." : null));
            else if (found.Tool is not { } tool)
                problems.Add(Problem($"RAID controller {found.Id} ({found.Model ?? "unknown"}) cannot be configured: no program for it is in the boot image."));
            else
                plans.Add(Of(asked, found, tool, inventory, problems));
        }
        return plans;
    }

    /// <summary>Disks of the system that are arrays which would be deleted before.</summary>
    public static IEnumerable<TaskFailure> Lost(IReadOnlyList<ControllerPlan>? plans, Inventory inventory, IReadOnlyList<DiskPlan> disks) =>
        from plan in plans ?? []
        from array in inventory.RaidControllers.Where(one => one.Id == plan.Id && one.Tool == plan.Tool).SelectMany(one => one.Arrays)
        where plan.Delete.Any(gone => gone.Id == array.Id)
        from disk in disks
        where (array.Wwn is not null && array.Wwn == disk.Wwn) || (array.Device is not null && array.Device == disk.Device)
        select Problem($"The system would go to {disk.Device}, which is array {array.Id} ({array.Name ?? "without a name"}) of RAID controller {plan.Id}, and that array would be deleted before.");

    /// <summary>Disks of the system that a controller would take before.</summary>
    public static IEnumerable<TaskFailure> Taken(IReadOnlyList<ControllerPlan>? plans, Inventory inventory, IReadOnlyList<DiskPlan> disks) =>
        from plan in plans ?? []
        from taken in inventory.RaidControllers.Where(one => one.Id == plan.Id && one.Tool == plan.Tool).SelectMany(one => one.Disks)
        where plan.Claim?.Contains(taken.Id) == true && taken.Serial is not null
        from disk in disks
        where disk.Serial == taken.Serial
        select Problem($"The system would go to {disk.Device}, which is the disk at {taken.Id} of RAID controller {plan.Id}, and the controller would take that disk for an array before.");

    private static ControllerPlan Of(ControllerSpec asked, RaidController found, string tool, Inventory inventory, List<TaskFailure> problems)
    {
        var stay = found.Arrays.Where(array => asked.Arrays.Any(wanted => IsAs(wanted, array))).ToList();
        var delete = asked.DeleteOthers ? found.Arrays.Except(stay).ToList() : [];
        var create = asked.Arrays.Where(wanted => !found.Arrays.Any(array => IsAs(wanted, array))).ToList();
        var used = found.Arrays.Except(delete).SelectMany(array => array.Disks).ToHashSet(StringComparer.Ordinal);
        var claim = new List<string>();
        foreach (var wanted in create)
        {
            foreach (var place in wanted.Disks)
            {
                var disk = found.Disks.FirstOrDefault(one => one.Id == place);
                if (disk is null)
                    problems.Add(Problem($"RAID controller {found.Id} has no disk at {place}. It has: {string.Join(", ", found.Disks.Select(one => one.Id))}."));
                else if (!used.Add(place))
                    problems.Add(Problem($"The disk at {place} of RAID controller {found.Id} belongs to another array. Only with delete_others are arrays deleted that are not asked for."));
                else if (disk.State == "jbod" && asked.DeleteOthers && tool is "storcli" or "perccli")
                    claim.Add(place);
                else if (disk.State is not ("unassigned" or "online"))
                    problems.Add(Problem($"The disk at {place} of RAID controller {found.Id} cannot be used: it is {disk.State ?? "in an unknown state"}.", Advice(disk.State, tool, found.Id, place)));
            }
        }
        return new ControllerPlan
        {
            Id = found.Id, Tool = tool, Model = found.Model, Serial = found.Serial, Claim = claim.Count > 0 ? claim : null, Create = create,
            Delete = [.. delete.Select(array => new PlannedArray
            {
                Id = array.Id, Name = array.Name, Level = array.Level, SizeBytes = array.SizeBytes, Disks = array.Disks,
                ContentDigest = inventory.Disks.FirstOrDefault(disk => (array.Wwn is not null && array.Wwn == disk.Wwn) || (array.Device is not null && array.Device == disk.Device))?.Content?.Digest,
            })],
            Disks = Concerned(found, [.. delete.SelectMany(array => array.Disks), .. create.SelectMany(array => array.Disks)], inventory),
        };
    }

    private static List<ControllerDiskPlan>? Concerned(RaidController found, IEnumerable<string> places, Inventory inventory)
    {
        var disks = found.Disks.Where(disk => places.Contains(disk.Id)).OrderBy(disk => disk.Id, StringComparer.Ordinal)
            .Select(disk => new ControllerDiskPlan { Place = disk.Id, Serial = disk.Serial, ContentDigest = disk is { State: "jbod", Serial: { } serial } ? inventory.Disks.FirstOrDefault(one => one.Serial == serial)?.Content?.Digest : null }).ToList();
        return disks.Count > 0 ? disks : null;
    }

    private static string? Advice(string? state, string tool, string controller, string place) => (state, tool) switch
    {
        ("jbod", "storcli" or "perccli") => "The system uses it as a disk of its own. With delete_others the controller takes it, and all that it holds is lost.",
        ("jbod", "arcconf") => $"The system uses it as a disk of its own. A hardware script with 'arcconf task start {controller} device {place.Replace(',', ' ')} initialize noprompt' hands it to the controller, and all that it holds is lost.",
        ("jbod", _) => "The system uses it as a disk of its own: switch the controller or its port from HBA to RAID mode.",
        ("foreign", _) => $"It belongs to an array of another controller. '{tool} /c{controller}/fall show' in a rescue shell says to which; '{tool} /c{controller}/fall import' takes over all such arrays, '{tool} /c{controller}/fall del' gives up all of them with what they hold, also in a hardware script of a task before this one.",
        ("failed", _) => "Replace it.",
        _ => null,
    };

    /// <summary>Level and disks make an array what it is; a name can be lost.</summary>
    public static bool IsAs(RaidArraySpec wanted, RaidArray array) => array.Level == wanted.Level && array.Disks.ToHashSet(StringComparer.Ordinal).SetEquals(wanted.Disks);

    private static string Names(Inventory inventory) => inventory.RaidControllers.Count == 0 ? "none" : string.Join(", ", inventory.RaidControllers.Select(controller => $"{controller.Id} ({controller.Model ?? "unknown"})"));

    private static TaskFailure Problem(string message, string? advice = null) => new() { Code = "raid_not_possible", Message = message, Advice = advice ?? "Change the task's hardware_config, or report the hardware again." };
}
