using System.Diagnostics;
using System.Runtime.InteropServices;

namespace LpmOs.Cli.Session;

/// <summary>The terminal of this process without its own editing and signals, until it is disposed: each key goes to the other side. Uses stty (POSIX).</summary>
internal sealed class RawTerminal : IDisposable
{
    private readonly string _before;
    private readonly PosixSignalRegistration? _resized;

    private RawTerminal(string before, PosixSignalRegistration? resized) => (_before, _resized) = (before, resized);

    /// <summary>Null: standard input is no terminal, or there is no stty.</summary>
    /// <param name="resized">Called when its window has another size.</param>
    public static RawTerminal? Begin(Action resized)
    {
        if (Console.IsInputRedirected || OperatingSystem.IsWindows() || Stty("-g") is not { Length: > 0 } before || Stty("raw", "-echo") is null)
            return null;
        // SIGWINCH has this number on Linux and macOS.
        return new RawTerminal(before, PosixSignalRegistration.Create((PosixSignal)28, _ => resized()));
    }

    public void Dispose()
    {
        _resized?.Dispose();
        Stty(_before);
    }

    private static string? Stty(params string[] arguments)
    {
        try
        {
            using var stty = Process.Start(new ProcessStartInfo("stty", arguments) { RedirectStandardOutput = true });
            var output = stty!.StandardOutput.ReadToEnd().Trim();
            stty.WaitForExit();
            return stty.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
