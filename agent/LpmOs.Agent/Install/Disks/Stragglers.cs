using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using LpmOs.Agent.Reporting;

namespace LpmOs.Agent.Install.Disks;

/// <summary>Programs that packages or scripts left running within the new system: they hold its file systems, which then could not be closed.</summary>
internal static class Stragglers
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>Ends those whose root lies at or below that folder.</summary>
    public static void End(string root, AgentLog log)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder.AsSpan()), CultureInfo.InvariantCulture, out var pid) || pid == Environment.ProcessId || !IsWithin(folder, root))
                continue;
            try
            {
                using var process = Process.GetProcessById(pid);
                log.Line($"  {process.ProcessName} (process {pid}) was left running in the new system and is ended");
                process.Kill();
                process.WaitForExit(Longest);
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
            {
                // It ended by itself meanwhile.
            }
        }
    }

    private static bool IsWithin(string process, string root)
    {
        try
        {
            return new DirectoryInfo(process + "/root").LinkTarget is { } link && (link == root || link.StartsWith(root + "/", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // Gone, or not ours to see.
        }
    }
}
