using System.Diagnostics;
using LpmOs.Testing;

namespace LpmOs.Core.Tests.Domain.Templates;

/// <summary>Programs that we did not write, asked about text that we made.</summary>
internal static class Judge
{
    /// <summary>Writes the text to a file, runs the program on it, and fails with what it said.</summary>
    public static void Accepts(string program, string debianPackage, string who, string text, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("text");
        File.WriteAllText(file, text);
        var (code, said) = Run(RequiredProgram.Find(program, debianPackage), [.. arguments, file]);
        Assert.True(code == 0, $"{program} refuses {who} ({code}):\n{said}\n--- text:\n{Numbered(text)}");
    }

    /// <summary>ShellCheck takes seconds for each: one system of each kind, on the sample that is asked for the most.</summary>
    private static readonly string[] Checked = ["Debian 13", "Ubuntu 26.04", "CentOS 7", "Rocky Linux 9", "openSUSE Leap 15.6", "Flatcar", "Fedora CoreOS"];

    /// <summary>As dash and as bash would read it, and without what ShellCheck warns of.</summary>
    public static void AcceptsShell(string who, string script)
    {
        Accepts("dash", "dash", who, script, "-n");
        Accepts("bash", "bash", who, script, "-n");
        if (!who.Contains("uefi_nvme", StringComparison.Ordinal) || !Checked.Any(name => who.Contains(name, StringComparison.Ordinal)))
            return;
        var shell = script.StartsWith("#!/bin/bash", StringComparison.Ordinal) ? "bash" : "dash";
        // SC2034: what one hook does not use of the shared functions. SC3028 and alike are for sh; dash is the strictest of the shells here.
        Accepts("shellcheck", "shellcheck", who, script, "-s", shell, "-S", "warning", "-e", "SC2034,SC1091,SC2154");
    }

    private static (int Code, string Said) Run(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var said = process.StandardOutput.ReadToEnd() + error.GetAwaiter().GetResult();
        process.WaitForExit();
        return (process.ExitCode, said);
    }

    private static string Numbered(string text) => string.Join('\n', text.Split('\n').Select((line, index) => $"{index + 1,4} {line}"));
}
