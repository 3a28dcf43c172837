using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Catalog;

namespace LpmOs.Core.Domain.Templates;

/// <summary>Variables of the templates of installers. Nothing in them changes while a plan stays the same, but for <see cref="RunTimeValues"/>.</summary>
public static class InstallerVariables
{
    public static Dictionary<string, object?> Of(InstallPlan plan, InstallTask task, Inventory machine, CatalogMatch os, IReadOnlyDictionary<string, string> assets, RunTimeValues run)
    {
        var variables = BootVariables.Of(task.Idc, new BootingMachine(task.Mac, task.Sn, null), (task.TaskId, plan.Os.Name), run);
        variables["grub_files"] = run.GrubFiles;
        variables["installed_token"] = run.InstalledToken;
        variables["ca_pem"] = run.AuthoritiesPem;
        variables["task"] = new Dictionary<string, object?>
        {
            ["id"] = task.TaskId, ["os"] = BootVariables.Plain(plan.Os.Name), ["attempt"] = task.Attempt, ["sn"] = task.Sn, ["mac"] = task.Mac, ["profile"] = task.Profile, ["tags"] = task.Tags ?? [],
        };
        variables["machine"] = new Dictionary<string, object?>
        {
            ["mac"] = machine.MacAddress, ["serial"] = machine.SerialNumber, ["bootif"] = BootVariables.BootIf(machine.MacAddress), ["uuid"] = machine.Uuid, ["company"] = machine.Company,
            ["product"] = machine.Product, ["boot_mode"] = machine.Firmware?.BootMode ?? "bios", ["architecture"] = machine.Cpu?.Architecture ?? "x86_64", ["is_vm"] = machine.IsVm,
        };
        variables["os"] = new Dictionary<string, object?>
        {
            ["id"] = os.Id, ["version"] = os.Version, ["name"] = os.Name, ["family"] = os.Family, ["method"] = plan.Os.InstallMethod, ["options"] = Members(os.Options),
        };
        // Below the boot service's URL; an asset that the catalogue does not name is an unknown member, with line and column.
        variables["assets"] = Members(assets);
        variables["disk"] = plan.Disk is not { } disk ? null : new Dictionary<string, object?>
        {
            ["device"] = disk.Device, ["serial"] = disk.Serial, ["wwn"] = disk.Wwn, ["model"] = disk.Model, ["size_bytes"] = disk.SizeBytes,
            ["root_file_system"] = plan.Partitions.FirstOrDefault(partition => partition.Role == "root")?.FileSystem ?? "ext4",
        };
        variables["hostname"] = plan.Hostname;
        variables["users"] = plan.Users.Select(user => new Dictionary<string, object?> { ["name"] = user.Name, ["sudo"] = user.Sudo, ["ssh_keys"] = user.SshKeys }).ToList();
        variables["network"] = new Dictionary<string, object?> { ["interfaces"] = plan.Network.Interfaces.Select((one, index) => Interface(one, index, plan.Network, machine)).ToList() };
        variables["packages"] = task.Packages ?? [];
        variables["variables"] = Members(Variables(task));
        variables["scripts"] = (plan.Scripts ?? []).Select(script => new Dictionary<string, object?>
        {
            ["name"] = script.Name, ["when"] = script.When, ["sha256"] = script.Sha256, ["escaped"] = Escaped(ScriptRuns.Executable(script)),
        }).ToList();
        // Lines that a shell reads; in single quotes everything means itself.
        variables["script_environment"] = Escaped(string.Concat(ScriptRuns.Environment(plan).Select(one => $"{one.Key}='{one.Value.Replace("'", "'\\''", StringComparison.Ordinal)}'\n")));
        variables["target_arguments"] = plan.KernelArguments;
        return variables;
    }

    /// <summary>The task's own fields win over the variables by which templates were told the same before there were fields.</summary>
    private static Dictionary<string, string> Variables(InstallTask task)
    {
        var all = new Dictionary<string, string>(task.Variables ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        foreach (var (name, value) in ((string, string?)[])[("time_zone", task.Timezone), ("locale", task.Locale), ("keyboard", task.Keyboard)])
        {
            if (value is not null)
                all[name] = value;
        }
        return all;
    }

    private static Dictionary<string, object?> Interface(InterfaceSpec spec, int index, NetworkSpec network, Inventory machine) => new()
    {
        ["kind"] = spec.Kind ?? InterfaceKinds.Ethernet,
        // How others in the list speak of it; what has no name of its own is spoken of by nobody.
        ["id"] = spec.Name ?? string.Create(CultureInfo.InvariantCulture, $"lpmos{index}"),
        ["part_of"] = network.Interfaces.FirstOrDefault(other => spec.Name is not null && ((other.Bond?.Members.Contains(spec.Name) ?? false) || (other.Bridge?.Ports.Contains(spec.Name) ?? false)))?.Name,
        ["dhcp6"] = spec.Dhcp6, ["accept_ra"] = spec.AcceptRa, ["gateway6"] = spec.Gateway6, ["mtu"] = spec.Mtu, ["search"] = spec.Search ?? [],
        ["routes"] = (spec.Routes ?? []).Select(route => new Dictionary<string, object?> { ["to"] = route.To, ["via"] = route.Via, ["metric"] = route.Metric }).ToList(),
        ["bond"] = spec.Bond is not { } bond ? null : new Dictionary<string, object?>
        {
            ["mode"] = bond.Mode, ["members"] = bond.Members, ["macs"] = bond.Members.Select(member => network.Interfaces.FirstOrDefault(one => one.Name == member)?.Mac).ToList(), ["miimon"] = bond.Miimon ?? BondSpec.UsualMiimon,
            ["lacp_rate"] = bond.LacpRate, ["hash_policy"] = bond.HashPolicy, ["primary"] = bond.Primary,
        },
        ["vlan"] = spec.Vlan is not { } vlan ? null : new Dictionary<string, object?> { ["id"] = vlan.Id, ["link"] = vlan.Link },
        ["bridge"] = spec.Bridge is not { } bridge ? null : new Dictionary<string, object?> { ["ports"] = bridge.Ports, ["stp"] = bridge.Stp ?? false },
        ["mac"] = spec.Mac ?? (spec.Kind is null or InterfaceKinds.Ethernet ? machine.MacAddress : null),
        ["name"] = machine.Nics.FirstOrDefault(nic => string.Equals(nic.Mac, spec.Mac, StringComparison.OrdinalIgnoreCase))?.Name,
        ["dhcp4"] = spec.Dhcp4 && spec.Addresses.Count == 0,
        ["addresses"] = spec.Addresses.Select(Address).ToList(),
        ["gateway"] = spec.Gateway,
        ["dns"] = spec.Dns,
    };

    /// <summary>Text of any kind as one line of plain characters, for <c>printf '%b'</c> (POSIX, "printf", %b: \0 and three octal digits).</summary>
    private static string Escaped(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            if (octet is >= (byte)' ' and <= (byte)'~' and not (byte)'\\' and not (byte)'\'')
                escaped.Append((char)octet);
            else
                escaped.Append("\\0").Append(Convert.ToString(octet, 8).PadLeft(3, '0'));
        }
        return escaped.ToString();
    }

    /// <summary>An address in CIDR form in its parts; a prefix length that is no number has no mask.</summary>
    private static Dictionary<string, object?> Address(string cidr)
    {
        var (address, prefix) = cidr.Split('/') is [var left, var right] ? (left, right) : (cidr, "");
        var isIPv6 = IPAddress.TryParse(address, out var ip) && ip.AddressFamily == AddressFamily.InterNetworkV6;
        var bits = int.TryParse(prefix, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : isIPv6 ? 128 : 32;
        return new Dictionary<string, object?>
        {
            ["cidr"] = cidr, ["address"] = address, ["prefix"] = bits, ["family"] = isIPv6 ? 6 : 4,
            ["netmask"] = isIPv6 || bits > 32 ? null : new IPAddress(BitConverter.GetBytes(IPAddress.HostToNetworkOrder((int)(uint.MaxValue << (32 - bits) & (bits == 0 ? 0 : uint.MaxValue))))).ToString(),
        };
    }

    private static Dictionary<string, object?> Members(IEnumerable<KeyValuePair<string, string>> pairs) => pairs.ToDictionary(pair => pair.Key, object? (pair) => pair.Value);
}
