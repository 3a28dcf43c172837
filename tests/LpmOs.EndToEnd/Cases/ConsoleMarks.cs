using System.Text.RegularExpressions;

namespace LpmOs.EndToEnd.Cases;

/// <summary>Lines of the serial console by which a case knows where the machine is.</summary>
internal static partial class ConsoleMarks
{
    /// <summary>First line of our boot image: an installer was booted.</summary>
    [GeneratedRegex("init: LpmOs boot image")]
    public static partial Regex BootImage();

    [GeneratedRegex(@"=== LPMOS Agent Started")]
    public static partial Regex AgentStarted();

    /// <summary>The agent waits for its task: its report was taken.</summary>
    [GeneratedRegex(@"Polling for task \(attempt")]
    public static partial Regex Polling();

    [GeneratedRegex("Task found and approved!")]
    public static partial Regex Approved();

    [GeneratedRegex(@"Progress: \[\s*(?<percent>\d+)%\] (?<step>[a-z_]+)")]
    public static partial Regex Progress();

    [GeneratedRegex(@"Progress: \[\s*\d+%\] downloading")]
    public static partial Regex Downloading();

    /// <summary>The image is on the disk, and configured.</summary>
    [GeneratedRegex(@"Progress: \[\s*\d+%\] finalizing")]
    public static partial Regex Finalizing();

    /// <summary>The boot image did as its word lpmos.test-kill says.</summary>
    [GeneratedRegex("init: test: SIGKILL for the agent at (?<step>[a-z_]+)")]
    public static partial Regex KilledAt();

    /// <summary>What agetty of the installed system writes above its prompt; the prompt itself does not end its line.</summary>
    [GeneratedRegex(@"^Debian GNU/Linux 12 (?<hostname>\S+) ttyS0")]
    public static partial Regex Login();
}
