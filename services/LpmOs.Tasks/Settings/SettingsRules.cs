using System.Globalization;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Sites;
using LpmOs.Core.Hosting;

namespace LpmOs.Tasks.Settings;

/// <summary>What an IDC's settings may be.</summary>
internal static class SettingsRules
{
    private const int MostKeys = 16;
    private const int LongestKey = 2000;
    private const int MostWindows = 50;
    private const int MostRules = 50;
    private const int MinutesOfAWeek = 7 * 24 * 60;

    /// <exception cref="InvalidRequestException">Every field that is wrong.</exception>
    public static void Check(SiteSettings settings)
    {
        var errors = new FieldErrors();
        Range(errors, "max_installations", settings.MaxInstallations, 1, 10_000);
        Range(errors, "silence_minutes", settings.SilenceMinutes, 1, MinutesOfAWeek);
        Range(errors, "install_minutes", settings.InstallMinutes, 1, MinutesOfAWeek);
        Range(errors, "first_boot_minutes", settings.FirstBootMinutes, 1, MinutesOfAWeek);
        Range(errors, "download_mbps", settings.DownloadMbps, 1, 400_000);
        errors.Check("image_keys", settings.ImageKeys.Count <= MostKeys, settings.ImageKeys.Count.ToString(CultureInfo.InvariantCulture), $"at most {MostKeys} keys");
        foreach (var (key, index) in settings.ImageKeys.Take(MostKeys).Select((key, index) => (key, index)))
            errors.Check($"image_keys[{index}]", key is { Length: <= LongestKey } && ImageSignature.Key(key) is not null, key is { Length: > 60 } ? key[..60] + "…" : key, ImageSignature.KeyAllowed);
        errors.Check("maintenance_windows", settings.MaintenanceWindows.Count <= MostWindows, settings.MaintenanceWindows.Count.ToString(CultureInfo.InvariantCulture), $"at most {MostWindows} windows");
        foreach (var (window, index) in settings.MaintenanceWindows.Take(MostWindows).Select((window, index) => (window, index)))
        {
            var field = $"maintenance_windows[{index}]";
            if (window is null)
            {
                errors.Add(field, "Must be an object with from and to.");
                continue;
            }
            errors.Check($"{field}.from", MaintenanceWindow.IsTime(window.From), window.From, "hh:mm, 00:00 to 23:59");
            errors.Check($"{field}.to", MaintenanceWindow.IsTime(window.To) && window.To != window.From, window.To, "hh:mm, another time than from");
            errors.Check($"{field}.time_zone", window.IsKnown, window.TimeZone, MaintenanceWindow.Zone("Asia/Shanghai") is null ? "UTC; this host has no time zone data (install the tzdata package)" : "an IANA name such as Asia/Shanghai");
            foreach (var day in window.Days)
                errors.Check($"{field}.days", MaintenanceWindow.DayNames.Contains(day), day, string.Join(", ", MaintenanceWindow.DayNames));
        }
        errors.Check("auto_approval", settings.AutoApproval.Count <= MostRules, settings.AutoApproval.Count.ToString(CultureInfo.InvariantCulture), $"at most {MostRules} rules");
        foreach (var (rule, index) in settings.AutoApproval.Take(MostRules).Select((rule, index) => (rule, index)))
        {
            if (rule is null)
            {
                errors.Add($"auto_approval[{index}]", "Must be an object with a name and a tag or a profile.");
                continue;
            }
            errors.Check($"auto_approval[{index}].name", rule.Name?.Length is > 0 and <= 64 && !rule.Name!.Any(char.IsControl), rule.Name, "1 to 64 characters");
            errors.Check($"auto_approval[{index}].tag", rule.Tag is not null || rule.Profile is not null, null, "a tag or a profile, so that a rule never takes every task of the IDC");
        }
        errors.ThrowIfAny();
    }

    private static void Range(FieldErrors errors, string field, int? value, int least, int most) =>
        errors.Check(field, value is null || (value >= least && value <= most), value?.ToString(CultureInfo.InvariantCulture), $"{least} to {most}");
}
