using System.Runtime.InteropServices;

namespace LpmOs.Agent;

/// <summary>The few system calls that .NET has no method for.</summary>
internal static partial class Kernel
{
    // reboot(2): LINUX_REBOOT_CMD_RESTART, as glibc's reboot() takes it.
    private const int RestartCommand = 0x01234567;

    /// <summary>Writes out all file systems and restarts the machine at once, as <c>reboot -f</c> does.</summary>
    /// <exception cref="IOException">The kernel refused: not root.</exception>
    public static void Restart()
    {
        Sync();
        if (RebootCall(RestartCommand) != 0)
            throw new IOException($"reboot(2) failed: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Writes out all file systems.</summary>
    [LibraryImport("libc", EntryPoint = "sync")]
    public static partial void Sync();

    [LibraryImport("libc", EntryPoint = "reboot", SetLastError = true)]
    private static partial int RebootCall(int command);
}
