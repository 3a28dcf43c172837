using System.Collections.Immutable;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Domain.Boots;
using LpmOs.Core.Domain.Lifecycle;
using LpmOs.Core.Domain.Profiles;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Domain.Sites;
using LpmOs.Core.Domain.Tokens;

namespace LpmOs.Core.Snapshot;

/// <summary>The watched copy as of one revision; immutable, so that a request sees one consistent state without a lock.</summary>
public sealed record StateSnapshot
{
    public static StateSnapshot Empty { get; } = new();

    public long Revision { get; init; }
    public ImmutableDictionary<MachineKey, MachineView> Machines { get; init; } = ImmutableDictionary<MachineKey, MachineView>.Empty;
    public ImmutableDictionary<string, MachineKey> TasksById { get; init; } = ImmutableDictionary<string, MachineKey>.Empty;
    public ImmutableDictionary<(string Idc, string Mac), ImmutableArray<MachineKey>> ByMac { get; init; } =
        ImmutableDictionary<(string, string), ImmutableArray<MachineKey>>.Empty;
    public ImmutableDictionary<(string Idc, string ImageId), SiteImage> Images { get; init; } = ImmutableDictionary<(string, string), SiteImage>.Empty;
    /// <summary>Vendors' files by IDC and name.</summary>
    public ImmutableDictionary<string, ImmutableDictionary<string, SiteAsset>> Assets { get; init; } = ImmutableDictionary<string, ImmutableDictionary<string, SiteAsset>>.Empty;
    /// <summary>Templates that stand in place of the folder's, by IDC (or <c>global</c>) and name.</summary>
    public ImmutableDictionary<string, ImmutableDictionary<string, TemplateOverride>> Templates { get; init; } = ImmutableDictionary<string, ImmutableDictionary<string, TemplateOverride>>.Empty;
    public ImmutableDictionary<string, SiteSettings> SiteSettings { get; init; } = ImmutableDictionary<string, SiteSettings>.Empty;
    /// <summary>Profiles by name, each with its versions.</summary>
    public ImmutableDictionary<string, ImmutableSortedDictionary<int, InstallProfile>> Profiles { get; init; } = ImmutableDictionary<string, ImmutableSortedDictionary<int, InstallProfile>>.Empty;
    /// <summary>What is inherited, by its store key.</summary>
    public ImmutableDictionary<string, ProfileSettings> Defaults { get; init; } = ImmutableDictionary<string, ProfileSettings>.Empty;
    /// <summary>Services that are there now.</summary>
    public ImmutableDictionary<(string Idc, string Kind, string Instance), ServiceInstance> Services { get; init; } = ImmutableDictionary<(string, string, string), ServiceInstance>.Empty;
    /// <summary>Services that are, or were, there.</summary>
    public ImmutableDictionary<(string Idc, string Kind, string Instance), ServiceInstance> KnownServices { get; init; } = ImmutableDictionary<(string, string, string), ServiceInstance>.Empty;
    /// <summary>The last boot of each MAC, in short; followed by the control plane alone.</summary>
    public ImmutableDictionary<(string Idc, string Mac), BootSigns> Boots { get; init; } = ImmutableDictionary<(string, string), BootSigns>.Empty;
    /// <summary>Other DHCP servers that boot services hear.</summary>
    public ImmutableDictionary<(string Idc, string Server), ForeignDhcpServer> DhcpServers { get; init; } = ImmutableDictionary<(string, string), ForeignDhcpServer>.Empty;
    /// <summary>By name; followed by the control plane alone, like tokens and sessions.</summary>
    public ImmutableDictionary<string, UserAccount> Users { get; init; } = ImmutableDictionary<string, UserAccount>.Empty;
    /// <summary>By id.</summary>
    public ImmutableDictionary<string, ApiToken> ApiTokens { get; init; } = ImmutableDictionary<string, ApiToken>.Empty;
    /// <summary>By id.</summary>
    public ImmutableDictionary<string, LoginSession> Sessions { get; init; } = ImmutableDictionary<string, LoginSession>.Empty;
    /// <summary>Key that signs machines' tokens; empty until a service has made one.</summary>
    public ReadOnlyMemory<byte> MachineTokenKey { get; init; }

    /// <param name="version">Null: the newest.</param>
    public InstallProfile? Profile(string name, int? version = null) =>
        !Profiles.TryGetValue(name, out var versions) ? null : version is { } one ? versions.GetValueOrDefault(one) : versions[versions.Keys.Last()];

    public SiteSettings Settings(string idc) => SiteSettings.GetValueOrDefault(idc) ?? Domain.Sites.SiteSettings.Default;

    /// <summary>The vendors' files that an IDC has or asks for, by name.</summary>
    public IReadOnlyDictionary<string, SiteAsset> AssetsOf(string idc) => Assets.GetValueOrDefault(idc) ?? ImmutableDictionary<string, SiteAsset>.Empty;

    public IEnumerable<SiteImage> ImagesOf(string idc) => Images.Where(image => image.Key.Idc == idc).Select(image => image.Value);

    public MachineView? Machine(string idc, string sn) => Machines.GetValueOrDefault(new MachineKey(idc, sn));

    public IEnumerable<MachineView> WithMac(string idc, string mac) =>
        ByMac.TryGetValue((idc, mac), out var keys) ? keys.Select(key => Machines[key]) : [];

    /// <summary>The last boot of a machine that has these MACs.</summary>
    public BootSigns? LastBoot(string idc, IEnumerable<string> macs) =>
        macs.Distinct().Select(mac => Boots.GetValueOrDefault((idc, mac))).OfType<BootSigns>().MaxBy(boot => boot.UpdatedAt);

    public MachineView? WithTask(string taskId) => TasksById.TryGetValue(taskId, out var key) ? Machines[key] : null;

    /// <summary>
    /// The machine whose task is for the hardware known by this serial number and these MACs. The serial number wins over the MAC,
    /// and a task that still has something to do over one that is over.
    /// </summary>
    public MachineView? FindTask(string idc, string? sn, IEnumerable<string> macs)
    {
        var bySn = sn is null ? null : Machine(idc, sn);
        if (bySn?.Task is { } own && !TaskLifecycle.IsOver(own.Status))
            return bySn;
        MachineView? over = bySn?.Task is null ? null : bySn;
        foreach (var mac in macs)
        {
            foreach (var machine in WithMac(idc, mac))
            {
                if (machine.Task is not { } task || task.Mac != mac)
                    continue;
                if (!TaskLifecycle.IsOver(task.Status))
                    return machine;
                over ??= machine;
            }
        }
        return over;
    }

    /// <summary>The hardware that a task's machine reported: that which was approved, else what was reported under its own serial number, or else under another one with its MAC.</summary>
    public MachineView? FindHardware(InstallTask task)
    {
        if (task.MachineSn is { } sn && Machine(task.Idc, sn) is { Hardware: not null } approved)
            return approved;
        if (Machine(task.Idc, task.Sn) is { Hardware: not null } same)
            return same;
        MachineView? found = null;
        foreach (var machine in WithMac(task.Idc, task.Mac))
        {
            if (machine.Hardware is not null && (found is null || IsLikelier(machine, found)))
                found = machine;
        }
        return found;
    }

    /// <summary>
    /// Another machine to which the task's MAC leads as well: it was heard of before the one that has the task's serial number was, or neither has that. Which of them is meant, a person has to say.
    /// The one that is known by the UUID of the other is the same machine under another name.
    /// </summary>
    public MachineView? Rival(InstallTask task)
    {
        if (task.MachineSn is not null || FindHardware(task) is not { } found)
            return null;
        foreach (var other in WithMac(task.Idc, task.Mac))
        {
            if (other is { Hardware: not null, IsDecommissioned: false } && other.Key != found.Key && IsRival(task, other.Inventory!, found.Inventory!, found.Key.Sn == task.Sn))
                return other;
        }
        return null;
    }

    /// <remarks>A MAC that only a former task of the other one names says nothing.</remarks>
    private static bool IsRival(InstallTask task, Inventory other, Inventory found, bool bySn) =>
        MachineIdentity.Of(other).Knows(task.Mac) && (other.Uuid is null || other.Uuid != found.Uuid) && (!bySn || (other.FirstReportedAt ?? other.ReportedAt) < (found.FirstReportedAt ?? found.ReportedAt));

    private static bool IsLikelier(MachineView one, MachineView other) => one.IsDecommissioned != other.IsDecommissioned ? other.IsDecommissioned
        : (one.Tpm?.EndorsementKey is null) != (other.Tpm?.EndorsementKey is null) ? other.Tpm?.EndorsementKey is null
        : one.Inventory!.ReportedAt > other.Inventory!.ReportedAt;

    /// <summary>
    /// The machine without whose TPM nothing of a task is given. That of the task's serial number, and the one that carries it out. As long as only the MAC says which machine that is,
    /// the first that was bound of those that have it: a MAC is soon copied, and a copy that is bound later neither gets the task nor keeps it from the machine.
    /// </summary>
    /// <param name="proven">Endorsement key that a token names.</param>
    /// <returns>Null: whoever has proven this TPM, or none, may have it.</returns>
    public MachineView? WithholdsFrom(InstallTask task, string? proven)
    {
        var own = Machine(task.Idc, task.Sn);
        // Of a task that was approved for another machine, who has since bound a TPM to the task's number keeps nothing from that one.
        if (task.MachineSn is null ? !TpmBinding.Admits(own?.Tpm, proven) : own?.Tpm is { Required: true } && proven is null)
            return own;
        var other = task.MachineSn is { } sn ? Machine(task.Idc, sn)
            : own?.Hardware is not null ? null
            : WithMac(task.Idc, task.Mac).Where(machine => !TpmBinding.Admits(machine.Tpm, null)).MinBy(machine => machine.Tpm!.BoundAt ?? DateTimeOffset.MaxValue);
        return TpmBinding.Admits(other?.Tpm, proven) ? null : other;
    }
}
