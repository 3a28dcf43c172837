namespace LpmOs.Agent.Settings;

/// <summary>Puts the sources of settings together.</summary>
internal static class StartUp
{
    private const int LongestKernelCommandLine = 16 * 1024;

    /// <summary>Flags win over the environment, which wins over the kernel command line.</summary>
    /// <exception cref="SettingsException">A value is not allowed.</exception>
    public static AgentSettings Read(IReadOnlyList<string> arguments, Func<string, string?> environment, string kernelCommandLine)
    {
        var settings = KernelCommandLine.Apply(kernelCommandLine, new AgentSettings());
        if (environment("REGIONAL_CLIENT_URL") is { Length: > 0 } url)
            settings = settings with { RegionalUrl = CommandLine.Url("REGIONAL_CLIENT_URL", url) };
        if (environment("LPMOS_CA") is { Length: > 0 } authorities)
            settings = settings with { CaFile = authorities };
        if (environment("LPMOS_START_WHEN") is { Length: > 0 } pipe)
            settings = settings with { StartWhen = pipe };
        return CommandLine.Parse(arguments, settings);
    }

    /// <summary>The running kernel's command line; empty where the system has none.</summary>
    public static string KernelCommandLineOf(string path)
    {
        try
        {
            var text = File.ReadAllText(path);
            return text.Length <= LongestKernelCommandLine ? text : text[..LongestKernelCommandLine];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
