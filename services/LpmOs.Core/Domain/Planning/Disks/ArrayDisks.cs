using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Core.Domain.Planning.Disks;

/// <summary>
/// Disks that are arrays of the task's own hardware_config. One that is there already is a disk as any other. One that is made first cannot have been reported: it is planned by what
/// it is made of and with the least size that it will have, and the agent finds it by the controller that made it.
/// </summary>
internal sealed record ArrayDisks(DiskLayoutSpec? Layout, IReadOnlyList<Disk> Disks, IReadOnlyDictionary<string, ArrayDisk> Made)
{
    /// <summary>Where the plan shows a disk that no kernel has named yet.</summary>
    public const string Folder = "/dev/raid/";
    private const long MiB = 1024 * 1024;
    /// <summary>Of each disk: controllers keep their own table on it, and round its size down so that another maker's fits in its place.</summary>
    private const long KeptBytes = 2048 * MiB;

    /// <param name="layout">As <see cref="LayoutPresets.Resolve"/> has it.</param>
    public static ArrayDisks Of(DiskLayoutSpec? layout, HardwareConfigSpec? asked, IReadOnlyList<ControllerPlan>? controllers, Inventory inventory, List<TaskFailure> problems)
    {
        var names = layout?.Disks?.Select(group => group.Disk?.Array).OfType<string>().Distinct(StringComparer.Ordinal).ToList() ?? [];
        if (names.Count == 0)
            return new(layout, inventory.Disks, new Dictionary<string, ArrayDisk>());
        var (devices, virtuals, made) = (new Dictionary<string, string>(), new List<Disk>(), new Dictionary<string, ArrayDisk>());
        foreach (var name in names)
        {
            var owners = asked?.Controllers.Where(controller => controller.Arrays.Any(array => array.Name == name)).ToList() ?? [];
            if (owners is not [var owner])
                problems.Add(Problem(owners.Count > 1 ? $"More than one controller is to have an array {name}." : $"hardware_config makes no array {name}; it makes: {Names(asked)}."));
            else if (controllers?.FirstOrDefault(plan => Of(plan, inventory) is { } found && (owner.Id is null || found.Id == owner.Id)) is { } plan)
                Add(name, owner.Arrays.First(array => array.Name == name), plan, inventory);
        }
        return new(layout! with { Disks = [.. layout.Disks!.Select(group => group.Disk?.Array is { } name && devices.TryGetValue(name, out var device) ? group with { Disk = group.Disk with { Array = null, Device = device } } : group)] }, [.. inventory.Disks, .. virtuals], made);

        void Add(string name, RaidArraySpec array, ControllerPlan plan, Inventory machine)
        {
            var controller = Of(plan, machine)!;
            if (plan.Create.All(one => one.Name != name))
            {
                var there = controller.Arrays.First(one => HardwarePlans.IsAs(array, one));
                if (machine.Disks.FirstOrDefault(disk => there.Wwn is not null ? disk.Wwn == there.Wwn : there.Device is not null && disk.Device == there.Device) is { } disk)
                    devices[name] = disk.Device;
                else
                    problems.Add(Problem($"The array {name} is there, and RAID controller {plan.Id} does not tell which disk of the machine it is."));
                return;
            }
            var members = array.Disks.Select(place => controller.Disks.FirstOrDefault(disk => disk.Id == place)?.SizeBytes ?? 0).ToList();
            if (members.Min() <= KeptBytes)
            {
                problems.Add(Problem($"The size of the array {name} cannot be told: RAID controller {plan.Id} does not say how large its disks {string.Join(", ", array.Disks)} are, or they are too small."));
                return;
            }
            var filled = Filled(array.Level, members.Count);
            var (least, most) = ((members.Min() / 100 * 99 - KeptBytes) * filled / MiB * MiB, members.Min() / 100 * 101 * filled);
            devices[name] = Folder + name;
            made[Folder + name] = new() { Controller = plan.Id, Tool = plan.Tool, ControllerSerial = plan.Serial, Name = name, Level = array.Level, Disks = array.Disks, MostBytes = most };
            virtuals.Add(new() { Device = Folder + name, Model = $"{array.Level} of {controller.Model ?? "RAID controller " + plan.Id}", SizeBytes = least, SizeGb = (int)(least / 1_000_000_000) });
        }
    }

    /// <summary>The same plans, with how the agent knows the disks that are made first.</summary>
    public DiskLayout Mark(DiskLayout layout) => layout with
    {
        Disk = layout.Disk is { } disk ? Mark(disk) : null, Disks = layout.Disks?.Select(Mark).ToList(),
    };

    private DiskPlan Mark(DiskPlan disk) => Made.TryGetValue(disk.Device, out var array) ? disk with { Array = array } : disk;

    private static RaidController? Of(ControllerPlan plan, Inventory inventory) => inventory.RaidControllers.FirstOrDefault(one => one.Id == plan.Id && one.Tool == plan.Tool);

    /// <summary>So many disks' worth of data fits on an array.</summary>
    private static int Filled(string level, int disks) => level switch { "raid1" => 1, "raid5" => disks - 1, "raid6" => disks - 2, "raid10" => disks / 2, _ => disks };

    private static string Names(HardwareConfigSpec? asked) => asked?.Controllers.SelectMany(controller => controller.Arrays).Select(array => array.Name).ToList() is { Count: > 0 } names ? string.Join(", ", names) : "none";

    private static TaskFailure Problem(string message) => new() { Code = "raid_not_possible", Message = message, Advice = "Change disk.array in disk_layout, or the task's hardware_config." };
}
