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

    /// <summary>agetty of the installed system.</summary>
    [GeneratedRegex(@"^\S+ login:")]
    public static partial Regex Login();

    /// <summary>Last line of firmware and iPXE before a system starts; used to see that the network was asked first.</summary>
    [GeneratedRegex(@"iPXE|PXE over IPv4|HTTP over IPv4", RegexOptions.IgnoreCase)]
    public static partial Regex NetworkBoot();
}
