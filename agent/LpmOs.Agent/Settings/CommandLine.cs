using System.Globalization;

namespace LpmOs.Agent.Settings;

/// <summary>Flags of the agent, as <c>--name value</c> or <c>--name=value</c>.</summary>
internal static class CommandLine
{
    public const string Help = """
        LpmOs agent: discovers this machine, reports it, waits for its task and installs the system that the task names.

        Usage: lpmos-agent [flags]
          --regional-url URL       regional service (or REGIONAL_CLIENT_URL) [http://localhost:8081]
          --boot-url URL           boot service, for images given as a path [host of the regional service, port 8082]
          --ca FILE                trust servers of these authorities alone, a PEM file (or LPMOS_CA) [those of the system]
          --poll-interval TIME     pause between polls: 10, 10s, 500ms, 2m [10s]
          --max-polls N            give up after N polls without a task; 0: never [60]
          --dry-run                go through all steps, say what would be done, write no disk
          --i-know-this-wipes-disks
                                   allow an installation outside the boot image: the planned disk of THIS machine is erased
          --help                   this text

        In the boot image the kernel command line gives lpmos.regional=, lpmos.boot=, lpmos.ca=, lpmos.token=, lpmos.idc= and BOOTIF=.
        """;

    /// <summary>Applies flags over <paramref name="defaults"/>.</summary>
    /// <exception cref="SettingsException">A flag is unknown, or its value not allowed.</exception>
    public static AgentSettings Parse(IReadOnlyList<string> arguments, AgentSettings defaults)
    {
        var settings = defaults;
        for (var i = 0; i < arguments.Count; i++)
        {
            var (flag, value) = Split(arguments[i]);
            string Value() => value ?? (++i < arguments.Count ? arguments[i] : throw new SettingsException($"Flag {flag} needs a value. See --help."));
            settings = flag switch
            {
                "--regional-url" => settings with { RegionalUrl = Url(flag, Value()) },
                "--boot-url" => settings with { BootUrl = Url(flag, Value()) },
                "--ca" => settings with { CaFile = Value() },
                "--poll-interval" => settings with { PollInterval = Interval(flag, Value()) },
                "--max-polls" => settings with { MaxPolls = Count(flag, Value()) },
                "--dry-run" => settings with { DryRun = Switch(flag, value) },
                "--i-know-this-wipes-disks" => settings with { WipesDisksKnowingly = Switch(flag, value) },
                _ => throw new SettingsException($"Unknown flag '{Printable.Clean(arguments[i])}'. Allowed: --regional-url, --boot-url, --ca, --poll-interval, --max-polls, --dry-run, --i-know-this-wipes-disks, --help."),
            };
        }
        return settings;
    }

    public static bool AsksForHelp(IReadOnlyList<string> arguments) => arguments.Any(argument => argument is "--help" or "-h" or "-?");

    /// <summary>An absolute http or https URL; its path, if any, is kept as a prefix.</summary>
    public static Uri Url(string name, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0 && url.Query.Length == 0 && url.UserInfo.Length == 0
            ? new Uri(url.AbsoluteUri.TrimEnd('/') + "/")
            : throw new SettingsException($"{name} is '{Printable.Clean(text)}'. Allowed: an absolute http:// or https:// URL such as http://10.0.0.2:8081, without user and query.");

    private static (string Flag, string? Value) Split(string argument) =>
        argument.IndexOf('=', StringComparison.Ordinal) is > 0 and var at ? (argument[..at], argument[(at + 1)..]) : (argument, null);

    private static bool Switch(string flag, string? value) => value switch
    {
        null or "true" => true,
        "false" => false,
        _ => throw new SettingsException($"{flag} is '{Printable.Clean(value)}'. Allowed: the flag alone, or =true, =false."),
    };

    private static int Count(string flag, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : throw new SettingsException($"{flag} is '{Printable.Clean(text)}'. Allowed: a whole number, 0 for no end.");

    private static TimeSpan Interval(string flag, string text)
    {
        var (digits, milliseconds) = text switch
        {
            [.. var number, 'm', 's'] => (number, 1),
            [.. var number, 's'] => (number, 1_000),
            [.. var number, 'm'] => (number, 60_000),
            _ => (text, 1_000),
        };
        return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value * milliseconds is >= 100 and <= 3_600_000 and var total
            ? TimeSpan.FromMilliseconds(total)
            : throw new SettingsException($"{flag} is '{Printable.Clean(text)}'. Allowed: a time from 100ms to 60m, such as 10, 10s, 500ms, 2m.");
    }
}
