using System.Globalization;

namespace LpmOs.Core.Domain.Boots;

/// <summary>How events become boots: pure functions, so that any service does the same.</summary>
public static class BootTimeline
{
    /// <summary>Events kept of one boot: the first and the last, with a count of what is left out between.</summary>
    public const int MostEvents = 64;
    private const int FirstKept = 24;
    /// <summary>So far back a repetition is looked for: question and answer alternate.</summary>
    private const int LookBack = 4;
    /// <summary>Machines are never the same boot after such a silence, if they begin at the beginning.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(10);
    /// <summary>Services of a site that heard the same packet write times no further apart. Firmware that makes its transaction ids from its MAC does not begin again so soon.</summary>
    private static readonly TimeSpan ClockDifference = TimeSpan.FromSeconds(30);

    /// <summary>The boot after the event; <paramref name="ended"/> is the former one where the event begins another. Null: a file alone, fetched by anybody, is no boot.</summary>
    public static BootRecord? Add(BootRecord? current, BootEvent added, string idc, string mac, string? sn, out BootRecord? ended)
    {
        ended = null;
        if (current is null && PhaseOf(added) is (BootPhase.Unknown or BootPhase.Kernel or BootPhase.Initrd or BootPhase.SystemDhcp))
            return null;
        if (current is not null && BeginsAnother(current, added))
        {
            ended = current with { Former = [], Stall = current.Stall ?? BootDiagnosis.Find(BootSigns.Of(current), added.At, ended: true, online: null) };
            var former = current.Former.Prepend(current.BootId).Take(BootRecord.Kept - 1);
            return New(added, idc, mac, sn ?? current.Sn) with { Former = [.. former] };
        }
        return current is null ? New(added, idc, mac, sn) : With(current, added, sn);
    }

    /// <summary>
    /// A machine that begins at the beginning has been started again. An event that comes late, from a service that writes slower, never begins a boot.
    /// </summary>
    private static bool BeginsAnother(BootRecord current, BootEvent added)
    {
        // So far ahead was a clock that has been set since.
        var later = (added.At - current.UpdatedAt).Duration() > LongestSilence;
        if ((added.At <= current.UpdatedAt && !later) || IsHeardTwice(current, added))
            return false;
        var signs = BootSigns.Of(current);
        return PhaseOf(added) switch
        {
            BootPhase.FirmwareDhcp => added.Event == BootEventNames.DhcpDiscover && (later || signs.Phase > BootPhase.FirmwareDhcp),
            // iPXE that is handed iPXE goes from one to the other and back; that is one boot, and a loop to be shown.
            BootPhase.BootProgram => later || signs.Phase > BootPhase.IpxeDhcp,
            BootPhase.IpxeDhcp => added.Event == BootEventNames.DhcpDiscover && (later || signs.Phase > BootPhase.IpxeDhcp),
            // GRUB asks for its machine's script again when it could not start what the last one said.
            BootPhase.Script => later || (added.Event == BootEventNames.EntryScript ? signs.Phase > BootPhase.Script || signs.Script is not null : signs.Phase >= BootPhase.SystemDhcp),
            _ => false,
        };
    }

    /// <summary>The other boot service of the site, whose clock is a few seconds behind, has it on record already, and what the machine did next.</summary>
    private static bool IsHeardTwice(BootRecord current, BootEvent added) => added.Transaction is { } transaction
        && current.Events.Any(known => known.Event == added.Event && known.Program == added.Program && known.Transaction == transaction && (added.At - (known.LastAt ?? known.At)).Duration() < ClockDifference);

    public static BootPhase PhaseOf(BootEvent happened) => happened.Event switch
    {
        BootEventNames.AgentReport => BootPhase.Agent,
        BootEventNames.AgentOperation or BootEventNames.AgentResult or BootEventNames.InstallerReport => BootPhase.Installation,
        BootEventNames.FirstBoot => BootPhase.FirstBoot,
        BootEventNames.EntryScript or BootEventNames.MachineScript => BootPhase.Script,
        BootEventNames.HttpProgram => BootPhase.BootProgram,
        BootEventNames.HttpKernel => BootPhase.Kernel,
        BootEventNames.HttpInitrd => BootPhase.Initrd,
        BootEventNames.FileRunning => BootFiles.KindOf(happened.File ?? "") switch
        {
            BootFileKind.Program => BootPhase.BootProgram,
            BootFileKind.Kernel => BootPhase.Kernel,
            BootFileKind.Initrd => BootPhase.Initrd,
            _ => BootPhase.Unknown,
        },
        _ when happened.Source == BootEventNames.Dhcp => happened.Program switch
        {
            BootEventNames.Pxe or BootEventNames.HttpBoot => BootPhase.FirmwareDhcp,
            BootEventNames.Ipxe => BootPhase.IpxeDhcp,
            _ => BootPhase.SystemDhcp,
        },
        _ when happened is { Source: BootEventNames.Tftp, File: { } file } => BootFiles.KindOf(file) switch
        {
            BootFileKind.Program => BootPhase.BootProgram,
            // Boot programs look for files that need not be there.
            _ when happened.Event == BootEventNames.TftpRefused => BootPhase.Unknown,
            BootFileKind.Script => BootPhase.Script,
            BootFileKind.Kernel => BootPhase.Kernel,
            BootFileKind.Initrd => BootPhase.Initrd,
            _ => BootPhase.Unknown,
        },
        _ => BootPhase.Unknown,
    };

    private static BootRecord New(BootEvent first, string idc, string mac, string? sn) => new()
    {
        Idc = idc, Mac = mac, Sn = sn, TaskId = first.TaskId, StartedAt = first.At, UpdatedAt = first.EndedAt(), Events = [first],
        BootId = first.At.ToUniversalTime().ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture),
    };

    private static BootRecord With(BootRecord boot, BootEvent added, string? sn)
    {
        var (events, omitted) = Insert(boot, added);
        return boot with
        {
            Events = events, Omitted = omitted, Sn = sn ?? boot.Sn, TaskId = added.TaskId ?? boot.TaskId, Stall = null,
            UpdatedAt = added.EndedAt() > boot.UpdatedAt ? added.EndedAt() : boot.UpdatedAt,
        };
    }

    private static (IReadOnlyList<BootEvent> Events, int Omitted) Insert(BootRecord boot, BootEvent added)
    {
        var events = boot.Events.ToList();
        // Written before, by a call whose answer got lost.
        if (events.Exists(known => (known.At == added.At || known.LastAt == added.At) && known.Repeats(added)))
            return (events, boot.Omitted);
        for (var i = events.Count - 1; i >= Math.Max(0, events.Count - LookBack); i--)
        {
            if (!events[i].Repeats(added) || added.At < events[i].At)
                continue;
            var last = events[i].LastAt ?? events[i].At;
            events[i] = added with { At = events[i].At, Count = events[i].Count + added.Count, LastAt = added.At > last ? added.At : last };
            return (events, boot.Omitted);
        }
        var at = events.Count;
        while (at > 0 && events[at - 1].At > added.At)
            at--;
        events.Insert(at, added);
        if (events.Count <= MostEvents)
            return (events, boot.Omitted);
        // Files that say nothing of how far it is go first: an installer that fetches its packages here must not push out what it reported.
        var file = events.FindIndex(FirstKept, static known => PhaseOf(known) == BootPhase.Unknown);
        events.RemoveAt(file >= 0 && file < events.Count - 1 ? file : FirstKept);
        return (events, boot.Omitted + 1);
    }
}
