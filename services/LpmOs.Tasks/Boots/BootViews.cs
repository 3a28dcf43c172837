using LpmOs.Core.Domain.Boots;

namespace LpmOs.Tasks.Boots;

/// <summary>Boots as the API shows them.</summary>
internal static class BootViews
{
    private static readonly TimeSpan LongSilence = TimeSpan.FromMinutes(30);

    /// <param name="stall">Code of what was found.</param>
    /// <param name="now">Null: as of the last event.</param>
    public static BootSummary Summary(string idc, BootSigns signs, bool current, string? stall, DateTimeOffset? now) => Fill(
        new BootSummary { Idc = "", Mac = "", BootId = "", StartedAt = default, UpdatedAt = default, Current = false, Phase = default, Outcome = "", LastEvent = signs.Last }, idc, signs, current, stall, now);

    public static BootDetail Detail(BootRecord boot, BootSigns signs, bool current, string? stall, DateTimeOffset now) => Fill(
        new BootDetail
        {
            Idc = "", Mac = "", BootId = "", StartedAt = default, UpdatedAt = default, Current = false, Phase = default, Outcome = "", LastEvent = signs.Last,
            Events = [.. boot.Events.Select(InWords)], Omitted = boot.Omitted,
        }, boot.Idc, signs, current, stall, now);

    /// <summary>When the boot came to where it stands.</summary>
    public static DateTimeOffset Since(BootSigns signs) => signs.Phase is BootPhase.FirmwareDhcp or BootPhase.IpxeDhcp ? signs.PhaseSince : signs.UpdatedAt;

    private static T Fill<T>(T empty, string idc, BootSigns signs, bool current, string? stall, DateTimeOffset? now) where T : BootSummary => (T)(empty with
    {
        Idc = idc, Mac = signs.Mac, BootId = signs.BootId, Sn = signs.Sn, TaskId = signs.TaskId, StartedAt = signs.StartedAt, UpdatedAt = signs.UpdatedAt,
        Current = current, Phase = signs.Phase, Outcome = Outcome(signs, current, stall, now), Firmware = signs.Firmware, Architecture = signs.Architecture,
        ArchitectureName = Name(signs.Architecture), Address = signs.Address, Script = signs.Script, LastEvent = InWords(signs.Last), Diagnosis = stall is null ? null : Stall(stall, signs),
    });

    private static string Outcome(BootSigns signs, bool current, string? stall, DateTimeOffset? now) =>
        stall is not null ? "stalled"
        : signs.FirstBoot ? "first_boot"
        : !current ? signs.Phase >= BootPhase.Agent || BootDiagnosis.IsDone(signs) ? Reached(signs) : "ended"
        : signs.Phase >= BootPhase.Agent || BootDiagnosis.IsDone(signs) ? Reached(signs)
        : now - signs.UpdatedAt > LongSilence ? "silent" : "under_way";

    private static string Reached(BootSigns signs) => signs.Script == "local_disk" ? "local_disk" : signs.Phase == BootPhase.Installation ? "installing" : "in_agent";

    private static BootStall Stall(string code, BootSigns signs)
    {
        var text = StallTexts.English(code, signs);
        return new BootStall { Code = code, Since = Since(signs), Title = text.Title, Meaning = text.Meaning, Advice = text.Advice, Zh = StallTexts.Chinese(code, signs) };
    }

    private static BootEvent InWords(BootEvent happened) => happened with { Text = BootEventTexts.English(happened), TextZh = BootEventTexts.Chinese(happened) };

    /// <summary>IANA, processor architecture types.</summary>
    private static string? Name(int? architecture) => architecture switch
    {
        null => null,
        0 => "BIOS x86",
        6 => "UEFI x86",
        7 or 9 => "UEFI x64",
        10 => "UEFI arm",
        11 => "UEFI arm64",
        15 => "UEFI x86 HTTP",
        16 => "UEFI x64 HTTP",
        18 => "UEFI arm HTTP",
        19 => "UEFI arm64 HTTP",
        { } other => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"type {other}"),
    };
}
