using System.Globalization;

namespace LpmOs.Core.Hosting;

/// <summary>How many files this process may have open, each connection being one (getrlimit(2), RLIMIT_NOFILE; the run time raises the soft limit to the hard one).</summary>
public static class OpenFiles
{
    /// <summary>Kept free for the store, files being served, and the run time, which ends the process where it gets none.</summary>
    private const long Reserve = 512;
    private const long Fewest = 64;

    /// <summary>Connections that a process takes at once.</summary>
    public static int Connections() => Connections(File.Exists("/proc/self/limits") ? File.ReadLines("/proc/self/limits") : []);

    /// <param name="limits">Lines of proc(5) <c>/proc/[pid]/limits</c>.</param>
    internal static int Connections(IEnumerable<string> limits)
    {
        var words = limits.FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal))?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        // "unlimited", or a system that does not tell: what Linux allows a process unless somebody raised it (sysctl fs.nr_open).
        var limit = words is [_, _, _, var soft, ..] && long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 1_048_576;
        return (int)Math.Clamp(limit - Reserve, Fewest, int.MaxValue);
    }
}
