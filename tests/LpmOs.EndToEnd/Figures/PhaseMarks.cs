using System.Text.RegularExpressions;
using LpmOs.EndToEnd.Cases;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Figures;

/// <summary>The lines of a serial console that end the phases of an installation, and what they tell of one.</summary>
internal static partial class PhaseMarks
{
    /// <summary>The names are those of the report (tests/LpmOs.Bench, Installation).</summary>
    private static readonly (string Phase, Regex End)[] Ours =
    [
        ("firmware", OurScript()), ("fetch", Initramfs()), ("kernel", ConsoleMarks.BootImage()), ("report", ConsoleMarks.Polling()), ("approval", ConsoleMarks.Approved()),
        ("first-write", Step("partitioning")), ("partitioning", Step("downloading")), ("image", Step("configuring")), ("configuration", Step("finalizing")), ("boot-loader", Restarting()), ("new-system", ConsoleMarks.Login()),
    ];

    private static readonly (string Phase, Regex End)[] Shell =
    [
        ("firmware", Lab("script")), ("fetch", Initramfs()), ("kernel", Lab("init")), ("report", Lab("reported")),
        ("first-write", Lab("partitioning")), ("partitioning", Lab("image")), ("image", Lab("configuring")), ("configuration", Lab("boot loader")), ("boot-loader", Lab("restarting")), ("new-system", ConsoleMarks.Login()),
    ];

    private static readonly (string Phase, Regex End)[] Limit =
    [
        ("firmware", Lab("script")), ("fetch", Initramfs()), ("kernel", Lab("init")), ("report", Lab("reported")), ("begin", Lab("limit http")), ("http", Lab("limit boot-files")), ("boot-files", Lab("limit fetching")), ("fetching", Lab("limit zstd")),
        ("zstd", Lab("limit dd")), ("dd", Lab("limit partitioning")), ("partitioning", Lab("limit end")),
    ];

    /// <summary>Whether iPXE's last word before the kernel is there: it is lost about once in ten starts, when the kernel takes the serial port over.</summary>
    public static bool HasFetch(ConsoleLog console) => console.Lines.Any(line => Initramfs().IsMatch(line.Text));

    public static Regex Reported { get; } = Lab("reported");

    public static Regex LimitsEnd { get; } = Lab("limit end");

    public static Regex ShellInstalled { get; } = Lab("boot loader for BIOS installed");

    public static IReadOnlyDictionary<string, double> OfOurs(ConsoleLog console) => Seconds(console, Ours);

    public static IReadOnlyDictionary<string, double> OfShell(ConsoleLog console) => Seconds(console, Shell);

    public static IReadOnlyDictionary<string, double> OfLimits(ConsoleLog console) => Seconds(console, Limit);

    /// <summary>Seconds of each phase, one after the other from power-on; a phase whose mark did not come is an error.</summary>
    private static Dictionary<string, double> Seconds(ConsoleLog console, (string Phase, Regex End)[] marks)
    {
        var (seconds, lines, next, before) = (new Dictionary<string, double>(), console.Lines, 0, TimeSpan.Zero);
        foreach (var (phase, end) in marks)
        {
            while (next < lines.Count && !end.IsMatch(lines[next].Text))
                next++;
            Assert.True(next < lines.Count, $"The end of the phase {phase}, a line that matches '{end}', is not on the console after the phases before it: {console.FileName}");
            seconds[phase] = (lines[next].At - before).TotalSeconds;
            before = lines[next].At;
        }

        return seconds;
    }

    private static Regex Step(string name) => new($@"Progress: \[\s*\d+%\] {name}\b", RegexOptions.CultureInvariant);

    private static Regex Lab(string mark) => new($"^lab: {mark}$", RegexOptions.CultureInvariant);

    /// <summary>What our script says before it loads the kernel.</summary>
    [GeneratedRegex("^LpmOs dc1: no task asks for this machine")]
    private static partial Regex OurScript();

    /// <summary>iPXE has it, and starts the kernel.</summary>
    [GeneratedRegex(@"/initramfs\.\.\. .*ok$")]
    private static partial Regex Initramfs();

    /// <summary>The agent's last line.</summary>
    [GeneratedRegex(@"^Restarting\.$")]
    private static partial Regex Restarting();
}
