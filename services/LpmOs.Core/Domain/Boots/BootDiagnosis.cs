using static LpmOs.Core.Domain.Boots.StallCodes;

namespace LpmOs.Core.Domain.Boots;

/// <summary>Names the stall of a boot: a table of what must have happened, what must not, and for how long. What it means is said by <see cref="StallTexts"/>.</summary>
public static class BootDiagnosis
{
    /// <summary>So many boots in <see cref="LoopTime"/> that none of them came to anything are a loop.</summary>
    public const int LoopBoots = 4;
    public static readonly TimeSpan LoopTime = TimeSpan.FromMinutes(30);

    /// <param name="After">Since the last event; in the phases of DHCP, where clients repeat themselves, since the phase began.</param>
    /// <param name="AtEnd">Also holds, at once, where the machine began another boot at that point.</param>
    private sealed record Rule(string Code, TimeSpan After, Func<BootSigns, bool?, bool> Holds, bool AtEnd = true);

    private static readonly Rule[] Rules =
    [
        new(NoBootProgram, TimeSpan.FromSeconds(10), (s, _) => s is { Phase: BootPhase.FirmwareDhcp, Unanswered: true, OtherServer: null }),
        new(OtherServerChosen, TimeSpan.FromSeconds(20), (s, _) => s is { Phase: BootPhase.FirmwareDhcp, Proxy: false, Acknowledged: false, OtherServer: not null }),
        new(ProxyAlone, TimeSpan.FromSeconds(20), (s, _) => s is { Phase: BootPhase.FirmwareDhcp, Proxy: true, Requested: false, OtherServer: null }),
        new(OfferIgnored, TimeSpan.FromSeconds(20), (s, _) => s is { Phase: BootPhase.FirmwareDhcp, Offered: true, Requested: false, OtherServer: null }),
        new(FileNotAsked, TimeSpan.FromSeconds(30), (s, _) => s.Phase == BootPhase.FirmwareDhcp && (s.Acknowledged || s is { Proxy: true, Requested: true })),
        new(ProgramMissing, TimeSpan.FromSeconds(5), (s, _) => s is { Phase: BootPhase.BootProgram, ProgramDone: false, MissingFile: not null }),
        new(TransferBroken, TimeSpan.Zero, (s, _) => s is { Phase: >= BootPhase.BootProgram and < BootPhase.SystemDhcp, BrokenTransfers: >= 2 }),
        new(TransferBroken, TimeSpan.FromSeconds(45), (s, _) => s is { Phase: BootPhase.BootProgram, ProgramDone: false }),
        new(ProgramLoop, TimeSpan.Zero, (s, _) => s is { Phase: BootPhase.BootProgram or BootPhase.IpxeDhcp, ProgramFetches: >= 3 }),
        new(GrubAsksElsewhere, TimeSpan.FromSeconds(45), (s, _) => s is { Phase: BootPhase.BootProgram, ProgramDone: true, Proxy: true } && IsGrub(s)),
        new(EfiProgramSilent, TimeSpan.FromSeconds(60), (s, _) => s is { Phase: BootPhase.BootProgram, ProgramDone: true } && IsEfi(s)),
        new(BiosProgramSilent, TimeSpan.FromSeconds(60), (s, _) => s is { Phase: BootPhase.BootProgram, ProgramDone: true }),
        new(IpxeWithoutHttps, TimeSpan.FromSeconds(5), (s, _) => s is { Phase: BootPhase.IpxeDhcp, IpxeWithoutHttps: true }),
        new(IpxeNoAddress, TimeSpan.FromSeconds(30), (s, _) => s is { Phase: BootPhase.IpxeDhcp, Proxy: false, IpxeAcknowledged: false }),
        new(IpxeHttpsRefused, TimeSpan.FromSeconds(45), (s, _) => s is { Phase: BootPhase.IpxeDhcp, IpxeByHttps: true }),
        new(ScriptNotAsked, TimeSpan.FromSeconds(45), (s, _) => s.Phase == BootPhase.IpxeDhcp),
        new(MachineScriptNotAsked, TimeSpan.FromSeconds(60), (s, _) => s is { Phase: BootPhase.Script, Entry: true, Script: null }),
        new(BootImageMissing, TimeSpan.FromSeconds(5), (s, _) => s is { Phase: >= BootPhase.Script and < BootPhase.SystemDhcp, MissingFile: not null, Initrd: false }),
        new(KernelNotFetched, TimeSpan.FromSeconds(60), (s, _) => s is { Phase: BootPhase.Script or BootPhase.Kernel, Kernel: false, Script: not null and not "local_disk" }),
        new(InitrdNotFetched, TimeSpan.FromSeconds(90), (s, _) => s is { Phase: BootPhase.Kernel or BootPhase.Initrd, Kernel: true, Initrd: false }),
        // The installer starts its own network and fetches modules before its first hook runs.
        new(InstallerSilent, TimeSpan.FromMinutes(5), (s, _) => s is { Script: "installer", Phase: BootPhase.Initrd or BootPhase.SystemDhcp, Reported: false }),
        new(InstallerSilent, TimeSpan.FromMinutes(5), (s, _) => s.HandedOver, AtEnd: false),
        new(AgentUnreachable, TimeSpan.FromSeconds(120), (s, _) => s is { Phase: BootPhase.SystemDhcp, Reported: false, FirstBoot: false } && s.Script is not (null or "local_disk" or "installer")),
        new(KernelSilent, TimeSpan.FromSeconds(180), (s, _) => s is { Phase: BootPhase.Initrd, Initrd: true, Reported: false, Script: not "installer" }),
        new(AgentGone, TimeSpan.FromSeconds(120), (s, online) => online == false && s is { Phase: BootPhase.Agent or BootPhase.Installation, Leaving: false, HandedOver: false, FirstBoot: false }, AtEnd: false),
        new(NoFirstBoot, TimeSpan.FromMinutes(10), (s, _) => s is { Script: "local_disk", AwaitsFirstBoot: true, FirstBoot: false }),
    ];

    /// <summary>Code of what keeps the boot from going on, or null: nothing that is known.</summary>
    /// <param name="ended">The machine has begun another boot since.</param>
    /// <param name="online">In contact with a regional service; null: not known.</param>
    public static string? Find(BootSigns signs, DateTimeOffset now, bool ended, bool? online)
    {
        var idle = now - (signs.Phase is BootPhase.FirmwareDhcp or BootPhase.IpxeDhcp ? signs.PhaseSince : signs.UpdatedAt);
        var rule = Array.Find(Rules, rule => (ended ? rule.AtEnd : idle >= rule.After) && rule.Holds(signs, online));
        return rule?.Code ?? (ended ? null : Loop(signs, now));
    }

    /// <summary>Where nothing more can be expected of the boot: it came to what it was for.</summary>
    public static bool IsDone(BootSigns signs) => signs.FirstBoot || signs is { Script: "local_disk", AwaitsFirstBoot: false };

    private static string? Loop(BootSigns signs, DateTimeOffset now)
    {
        if (signs.Phase >= BootPhase.Agent || IsDone(signs) || now - signs.StartedAt > LoopTime || signs.Former.Count < LoopBoots - 1)
            return null;
        // Ids are times that sort as text.
        var since = (now - LoopTime).ToUniversalTime().ToString("yyyyMMdd'T'HHmmssfff'Z'", System.Globalization.CultureInfo.InvariantCulture);
        return string.CompareOrdinal(signs.Former[LoopBoots - 2], since) >= 0 ? BootLoop : null;
    }

    private static bool IsGrub(BootSigns signs) => signs.Program?.Contains("grub", StringComparison.OrdinalIgnoreCase) == true;

    private static bool IsEfi(BootSigns signs) => signs.Architecture is > 0 || signs.Program?.EndsWith(".efi", StringComparison.OrdinalIgnoreCase) == true;
}
