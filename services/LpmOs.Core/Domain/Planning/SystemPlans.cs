using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Security;

namespace LpmOs.Core.Domain.Planning;

/// <summary>Users and kernel arguments of the new system, and what its installer cannot do of what is asked for.</summary>
public static class SystemPlans
{
    /// <summary>Both consoles: the last one named is where the system's own messages go, and racks are read over serial lines.</summary>
    private static readonly string[] Consoles = ["console=tty0", "console=ttyS0,115200"];

    public static IReadOnlyList<UserPlan> Users(TaskSpec task, string defaultUser)
    {
        if (task.Users is not { Count: > 0 } users)
            return [new UserPlan { Name = defaultUser, Sudo = true, SshKeys = task.SshKeys ?? [] }];
        return
        [
            .. users.Select(user => new UserPlan
            {
                Name = user.Name, Sudo = user.Sudo, PasswordDigest = user.PasswordHash is null ? null : SealedText.Digest(user.PasswordHash),
                SshKeys = user.Sudo || user.Name == "root" ? [.. user.SshKeys.Concat(task.SshKeys ?? []).Distinct()] : user.SshKeys,
            }),
        ];
    }

    public static IReadOnlyList<string> KernelArguments(TaskSpec task)
    {
        var asked = task.KernelArguments ?? [];
        return asked.Any(argument => argument.StartsWith("console=", StringComparison.Ordinal)) ? asked : [.. Consoles, .. asked];
    }

    /// <summary>What would be left out in silence is refused instead: the system would not be the one that was asked for.</summary>
    public static IEnumerable<TaskFailure> WhyNot(TaskSpec task, CatalogMatch os, string method, CatalogInstaller? installer)
    {
        if (installer is null)
            yield break;
        var interfaces = task.Network?.Interfaces ?? [];
        var wanted = interfaces.SelectMany(Needs).Concat(interfaces.Count > 1 ? ["interfaces"] : []).Distinct().Where(need => !installer.Supports.Contains(need)).ToList();
        if (wanted.Count > 0)
        {
            yield return new TaskFailure
            {
                Code = "network_not_supported", Message = $"The network asks for {string.Join(", ", wanted)}, which '{method}' of {os.Name} does not write. It writes: {string.Join(", ", (string[])["dhcp4", "addresses", "gateway", "dns", .. installer.Supports])}.",
                Advice = $"Install by image (install_method), which writes all of them, leave it out, or write it in the installer's template and add the word to supports of {method} in catalog.yaml.",
            };
        }
        if (task.Users?.Any(user => user.PasswordHash is not null) == true)
        {
            yield return new TaskFailure
            {
                Code = "password_not_supported", Message = $"Users have password hashes, which '{method}' of {os.Name} is not given: its files are rendered before the approval and shown.",
                Advice = "Install by image (install_method), or use keys alone.",
            };
        }
    }

    private static bool IsIPv6(string address) => address.Contains(':', StringComparison.Ordinal);

    private static IEnumerable<string> Needs(InterfaceSpec spec)
    {
        if (spec.Kind is { } kind && kind != InterfaceKinds.Ethernet)
            yield return kind;
        if (spec.Addresses.GroupBy(IsIPv6).Any(family => family.Count() > 1))
            yield return "several_addresses";
        if (spec.Addresses.Any(IsIPv6) || (spec.Gateway is { } gateway && IsIPv6(gateway)))
            yield return "ipv6";
        if (spec.Dhcp4 && spec.Addresses.Count > 0)
            yield return "dhcp4_beside_addresses";
        if (spec.Dhcp6 == true)
            yield return "dhcp6";
        if (spec.AcceptRa is not null)
            yield return "accept_ra";
        if (spec.Gateway6 is not null)
            yield return "gateway6";
        if (spec.Routes is { Count: > 0 })
            yield return "routes";
        if (spec.Search is { Count: > 0 })
            yield return "search";
        if (spec.Mtu is not null)
            yield return "mtu";
    }
}
