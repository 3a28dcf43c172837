using LpmOs.Contracts.Tasks;
using LpmOs.Core.Hosting;

namespace LpmOs.Tasks.Validation;

/// <summary>What the installed system's network may be: how its interfaces go together. Each by itself: <see cref="InterfaceRules"/>.</summary>
internal static class NetworkRules
{
    public static NetworkSpec Check(NetworkSpec network, FieldErrors errors)
    {
        var names = Names(network, errors);
        var owners = Owners(network);
        var all = new List<CheckedInterface>();
        for (var i = 0; i < network.Interfaces.Count; i++)
        {
            var spec = network.Interfaces[i];
            all.Add(InterfaceRules.Check(spec, $"network.interfaces[{i}]", spec.Name is { } name ? owners.GetValueOrDefault(name) : null, IsLinked(network, spec.Name), errors));
            References(spec, $"network.interfaces[{i}]", names, errors);
        }
        Once(all, errors);
        Overlaps(all, errors);
        Circles(network, names, errors);
        foreach (var (name, owning) in owners.Where(owner => owner.Value.Count > 1))
            errors.Add("network.interfaces", $"{name} is part of {string.Join(" and of ", owning)}; an interface can be part of one bond or bridge only.");
        return new NetworkSpec { Interfaces = [.. all.Select(one => one.Spec)] };
    }

    private static Dictionary<string, InterfaceSpec> Names(NetworkSpec network, FieldErrors errors)
    {
        var names = new Dictionary<string, InterfaceSpec>(StringComparer.Ordinal);
        for (var i = 0; i < network.Interfaces.Count; i++)
        {
            if (network.Interfaces[i].Name is { } name && !names.TryAdd(name, network.Interfaces[i]))
                errors.Add($"network.interfaces[{i}].name", $"'{FieldErrors.Show(name)}' is given twice; others in the list must be able to name one interface.");
        }
        return names;
    }

    /// <summary>Name of a member or port to the names of what it is part of.</summary>
    private static Dictionary<string, List<string>> Owners(NetworkSpec network)
    {
        var owners = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var spec in network.Interfaces)
        {
            foreach (var part in (spec.Bond?.Members ?? []).Concat(spec.Bridge?.Ports ?? []).Distinct())
            {
                if (!owners.TryGetValue(part, out var all))
                    owners[part] = all = [];
                all.Add(FieldErrors.Show(spec.Name ?? spec.Kind ?? "?"));
            }
        }
        return owners;
    }

    private static bool IsLinked(NetworkSpec network, string? name) => name is not null && network.Interfaces.Any(spec => spec.Vlan?.Link == name);

    private static void References(InterfaceSpec spec, string field, Dictionary<string, InterfaceSpec> names, FieldErrors errors)
    {
        Parts(spec.Bond?.Members, $"{field}.bond.members", [InterfaceKinds.Ethernet]);
        Parts(spec.Bridge?.Ports, $"{field}.bridge.ports", [InterfaceKinds.Ethernet, InterfaceKinds.Bond, InterfaceKinds.Vlan]);
        if (spec.Vlan is { } vlan)
            Part(vlan.Link, $"{field}.vlan.link", [InterfaceKinds.Ethernet, InterfaceKinds.Bond, InterfaceKinds.Bridge]);

        void Parts(IReadOnlyList<string>? parts, string name, string[] kinds)
        {
            for (var i = 0; i < parts?.Count; i++)
            {
                Part(parts[i], $"{name}[{i}]", kinds);
                if (parts.Take(i).Contains(parts[i]))
                    errors.Add($"{name}[{i}]", $"'{FieldErrors.Show(parts[i])}' is given twice.");
            }
        }

        void Part(string part, string name, string[] kinds)
        {
            var fitting = names.Values.Where(other => kinds.Contains(other.Kind ?? InterfaceKinds.Ethernet) && other.Name != spec.Name).Select(other => FieldErrors.Show(other.Name!)).ToList();
            errors.Check(name, names.TryGetValue(part, out var found) && kinds.Contains(found.Kind ?? InterfaceKinds.Ethernet) && part != spec.Name, part.Length == 0 ? null : part,
                $"the name of an interface of the list that is {string.Join(" or ", kinds)}; here: {(fitting.Count > 0 ? string.Join(", ", fitting) : "none has such a name")}");
        }
    }

    private static void Once(List<CheckedInterface> all, FieldErrors errors)
    {
        foreach (var twice in all.Where(one => one.IsEthernet && one.Spec.Slot is null).GroupBy(one => one.Spec.Mac).Where(group => group.Count() > 1))
            errors.Add("network.interfaces", twice.Key is null ? "Only one interface may leave out its mac: it stands for the boot interface." : $"The MAC {FieldErrors.Show(twice.Key)} is named more than once.");
        foreach (var twice in all.Where(one => one.Spec.Slot is not null).GroupBy(one => one.Spec.Slot).Where(group => group.Count() > 1))
            errors.Add("network.interfaces", $"The slot {FieldErrors.Show(twice.Key!)} is named more than once.");
        foreach (var twice in all.Where(one => one.Spec.Vlan is not null).GroupBy(one => (one.Spec.Vlan!.Link, one.Spec.Vlan.Id)).Where(group => group.Count() > 1))
            errors.Add("network.interfaces", $"VLAN {twice.Key.Id} of {FieldErrors.Show(twice.Key.Link)} is given twice.");
        foreach (var family in (int[])[4, 6])
        {
            var routers = all.Where(one => one.Routers.Contains(family)).ToList();
            foreach (var one in routers.Skip(1))
                errors.Add($"{one.Field}.gateway{(family == 6 && one.Spec.Gateway6 is not null ? "6" : "")}", $"There is a default router of IPv{family} at {routers[0].Field} already; only one is allowed. For others give routes with a metric.");
        }
    }

    private static void Overlaps(List<CheckedInterface> all, FieldErrors errors)
    {
        var seen = new List<(CheckedInterface Interface, CheckedAddress Address)>();
        foreach (var one in all)
        {
            foreach (var address in one.Addresses)
            {
                if (seen.Find(other => other.Address.Address.Equals(address.Address)) is { Address: { } same })
                    errors.Add(address.Field, $"{address.Address} is given twice, also at {same.Field}.");
                else if (!address.Address.IsIPv6LinkLocal && seen.Find(other => other.Interface != one && HostAddress.Overlap(other.Address.Network, address.Network)) is { Address: { } over })
                    errors.Add(address.Field, $"The network {address.Network} overlaps with {over.Network} of {over.Field}: the system could not know through which interface to send. Give both addresses to one interface, or use other networks.");
                seen.Add((one, address));
            }
        }
    }

    private static void Circles(NetworkSpec network, Dictionary<string, InterfaceSpec> names, FieldErrors errors)
    {
        foreach (var spec in network.Interfaces.Where(spec => spec.Name is not null && Leads(spec, spec.Name, names, 0)))
            errors.Add("network.interfaces", $"{FieldErrors.Show(spec.Name!)} is made of itself, through {string.Join(", ", Below(spec).Select(FieldErrors.Show))}.");
    }

    private static bool Leads(InterfaceSpec from, string to, Dictionary<string, InterfaceSpec> names, int depth) =>
        depth <= NetworkReader.MostInterfaces && Below(from).Any(part => part == to || (names.TryGetValue(part, out var next) && Leads(next, to, names, depth + 1)));

    private static IEnumerable<string> Below(InterfaceSpec spec) => [.. spec.Bond?.Members ?? [], .. spec.Bridge?.Ports ?? [], .. spec.Vlan is { } vlan ? [vlan.Link] : Array.Empty<string>()];
}
