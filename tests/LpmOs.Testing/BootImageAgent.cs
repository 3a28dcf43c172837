using System.Text.RegularExpressions;

namespace LpmOs.Testing;

/// <summary>A real agent process on this host that believes to be in the boot image: the kernel command line it reads is a file of ours. Needs root (mount namespaces).</summary>
public static partial class BootImageAgent
{
    private static readonly string Configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
    private static readonly string AgentFile = Path.Combine(Repository.Root, "agent", "LpmOs.Agent", "bin", Configuration, "net10.0", "LpmOs.Agent.dll");

    /// <summary>Serial number and MAC of this host, as an agent sees them that only looks.</summary>
    public static async Task<(string Sn, string Mac)> IdentityAsync(string regional)
    {
        await using var agent = await ServerProcess.StartAsync("dotnet", [AgentFile, $"--regional-url={regional}", "--dry-run", "--max-polls=1"], line => line.Contains("[Stage 2/5]", StringComparison.Ordinal));
        return (SerialLine().Match(agent.Output).Groups[1].Value, MacLine().Match(agent.Output).Groups[1].Value);
    }

    /// <param name="script">What the boot service said to the machine's firmware; its token is the agent's.</param>
    /// <param name="folder">Where the command line may lie while the agent runs.</param>
    /// <returns>When it waits for its task.</returns>
    public static async Task<ServerProcess> StartAsync(string script, string regional, string boot, string mac, string folder)
    {
        var token = TokenWord().Match(script);
        if (!token.Success)
            throw new InvalidOperationException($"The boot script carries no token: {script}");
        var words = Path.Combine(folder, "cmdline");
        await File.WriteAllTextAsync(words, $"lpmos.regional={regional} lpmos.boot={boot} lpmos.idc=dc1 {token.Value} BOOTIF=01-{mac.Replace(':', '-')}\n");
        // As the boot image's init starts it: in the background, where ^C is ignored.
        return await ServerProcess.StartAsync("env", ["--ignore-signal=INT,QUIT", "unshare", "--mount", "sh", "-c", "mount --bind \"$1\" /proc/cmdline && exec dotnet \"$2\"", "sh", words, AgentFile], line => line.Contains("Polling for task", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"Serial Number: (\S+)")]
    private static partial Regex SerialLine();

    [GeneratedRegex(@"MAC Address: ([0-9a-f:]{17})")]
    private static partial Regex MacLine();

    [GeneratedRegex(@"lpmos\.token=\S+")]
    private static partial Regex TokenWord();
}
