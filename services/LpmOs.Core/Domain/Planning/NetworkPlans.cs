using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Core.Domain.Planning;

/// <summary>The network as a plan has it: every interface of the machine known by its MAC.</summary>
public static class NetworkPlans
{
    /// <returns>A problem where the machine has no such interface, or more than one.</returns>
    public static (NetworkSpec Network, TaskFailure? Problem) Of(NetworkSpec? network, Inventory inventory)
    {
        var asked = network?.Interfaces is { Count: > 0 } interfaces ? interfaces : [new InterfaceSpec()];
        var planned = new List<InterfaceSpec>();
        TaskFailure? problem = null;
        foreach (var spec in asked)
        {
            var (one, missing) = Find(spec, inventory);
            planned.Add(one);
            problem ??= missing;
        }
        var twice = planned.Where(spec => spec.Kind is null && spec.Mac is not null).GroupBy(spec => spec.Mac, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1);
        if (problem is null && twice is not null)
        {
            problem = new TaskFailure
            {
                Code = "interface_twice", Message = $"network.interfaces speaks of the interface {twice.Key} more than once: by its MAC, by its slot, or as the boot interface.",
                Advice = "Name each interface once. One without mac and slot stands for the interface that the machine boots from.",
            };
        }
        return (new NetworkSpec { Interfaces = planned }, problem);
    }

    private static (InterfaceSpec, TaskFailure?) Find(InterfaceSpec spec, Inventory inventory)
    {
        if (spec.Kind is not (null or InterfaceKinds.Ethernet))
            return (spec, null);
        if (spec.Slot is not { } slot)
            return (spec with { Mac = spec.Mac ?? inventory.MacAddress }, null);
        var found = inventory.Nics.Where(nic => string.Equals(nic.PciSlot, slot, StringComparison.OrdinalIgnoreCase) || nic.Name == slot).ToList();
        if (found is [var only])
            return (spec with { Mac = only.Mac, Slot = null }, null);
        var table = inventory.Nics.Count == 0 ? "It reported none at all." : "It has:\n" + string.Join('\n', inventory.Nics.Select(nic => $"{nic.Name}  {nic.PciSlot ?? "-"}  {nic.Mac}  {nic.Driver ?? "-"}"));
        return (spec, new TaskFailure
        {
            Code = "no_interface", Message = $"{(found.Count == 0 ? "No interface" : "More than one interface")} of this machine is at slot '{slot}'. {table}",
            Advice = "Name the interface by its mac, or by a slot or name of the table.",
        });
    }
}
