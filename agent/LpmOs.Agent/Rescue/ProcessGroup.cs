using System.Globalization;
using System.Runtime.InteropServices;

namespace LpmOs.Agent.Rescue;

/// <summary>
/// All that a shell starts, so that nothing of it outlives the session: a control group below the agent's own (cgroups(7), version 2), which knows those too that have left the shell's session;
/// where there is none, the session's processes.
/// </summary>
internal sealed partial class ProcessGroup : IDisposable
{
    private const int KillSignal = 9;
    /// <summary>Looks for processes that were being started while their starters were killed.</summary>
    private const int MostRounds = 10;

    private ProcessGroup(string? folder) => Folder = folder;

    /// <summary>Null: there are no control groups that we may make.</summary>
    public string? Folder { get; }

    public static ProcessGroup Make()
    {
        try
        {
            var own = File.ReadLines("/proc/self/cgroup").FirstOrDefault(line => line.StartsWith("0::/", StringComparison.Ordinal))?[3..];
            var mount = File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')).FirstOrDefault(words => words.Length > 2 && words[2] == "cgroup2")?[1];
            if (own is null || mount is null || !File.Exists($"{mount}{own}/cgroup.procs"))
                return new ProcessGroup(null);
            return new ProcessGroup(Directory.CreateDirectory($"{mount}{own.TrimEnd('/')}/shell-{Guid.NewGuid():n}").FullName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new ProcessGroup(null);
        }
    }

    /// <param name="session">The shell's process, which leads the session of its terminal.</param>
    public void Kill(int session)
    {
        foreach (var process in Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => name!.All(char.IsAsciiDigit)))
        {
            if (SessionOf(process!) == session)
                _ = KillCall(int.Parse(process!, CultureInfo.InvariantCulture), KillSignal);
        }
        // Not by cgroup.kill: kernels before 5.14 have none.
        for (var round = 0; round < MostRounds && Members() is { Count: > 0 } members; round++)
        {
            foreach (var process in members)
                _ = KillCall(process, KillSignal);
        }
    }

    private List<int> Members()
    {
        try
        {
            return Folder is null ? [] : [.. File.ReadLines($"{Folder}/cgroup.procs").Select(line => int.Parse(line, CultureInfo.InvariantCulture)).Where(process => process > 0)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    public void Dispose()
    {
        if (Folder is null)
            return;
        try
        {
            Directory.Delete(Folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The last of it is still ending; an empty group costs nothing.
        }
    }

    private static int SessionOf(string process)
    {
        try
        {
            // proc(5): behind the name, which may hold anything, come state, parent, group and session.
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return int.TryParse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ').ElementAtOrDefault(3), CultureInfo.InvariantCulture, out var session) ? session : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int KillCall(int process, int signal);
}
