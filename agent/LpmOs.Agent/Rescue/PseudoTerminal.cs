using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using LpmOs.Contracts.Agents;
using Microsoft.Win32.SafeHandles;

namespace LpmOs.Agent.Rescue;

/// <summary>A shell at a terminal of its own (pty(7)). When it is disposed, whatever was started in it is killed.</summary>
internal sealed partial class PseudoTerminal : IDisposable
{
    // fcntl.h, poll.h, asm-generic/ioctls.h
    private const int OpenFlags = 0x2 /* O_RDWR */ | 0x100 /* O_NOCTTY */ | 0x800 /* O_NONBLOCK */ | 0x80000 /* O_CLOEXEC */;
    private const short PollIn = 0x1, PollOut = 0x4;
    private const nuint SetWindowSize = 0x5414;
    private const int TryAgain = 11;
    private const int Interrupted = 4;
    private const int LookEach = 250;
    // setsid gives the shell the terminal as its controlling one, so that ^C and the end of the terminal reach what runs in it.
    private const string Script = """[ -z "$2" ] || echo 0 > "$2/cgroup.procs"; exec setsid -c sh -l < "$1" > "$1" 2>&1""";

    private readonly SafeFileHandle _master;
    private readonly Process _shell;
    private readonly ProcessGroup _group;

    private PseudoTerminal(SafeFileHandle master, Process shell, ProcessGroup group) => (_master, _shell, _group) = (master, shell, group);

    /// <param name="name">Shown in the prompt.</param>
    /// <exception cref="IOException">The kernel gives no terminal, or the shell cannot be started.</exception>
    public static PseudoTerminal Start(string name)
    {
        var descriptor = OpenTerminal(OpenFlags);
        if (descriptor < 0)
            throw new IOException($"no terminal can be had: {Marshal.GetLastPInvokeErrorMessage()}");
        var master = new SafeFileHandle(descriptor, ownsHandle: true);
        var group = ProcessGroup.Make();
        try
        {
            var path = new byte[128];
            if (Grant(master) != 0 || Unlock(master) != 0 || NameOf(master, path, (nuint)path.Length) != 0)
                throw new IOException($"the terminal cannot be used: {Marshal.GetLastPInvokeErrorMessage()}");
            var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, WorkingDirectory = "/" };
            foreach (var argument in (string[])["-c", Script, "sh", System.Text.Encoding.ASCII.GetString(path).TrimEnd('\0'), group.Folder ?? ""])
                start.ArgumentList.Add(argument);
            start.Environment.Clear();
            (start.Environment["PATH"], start.Environment["HOME"], start.Environment["TERM"]) = ("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "/root", "xterm");
            start.Environment["PS1"] = $"{Printable.Clean(name, 64)}:$PWD# ";
            HearInterrupts();
            var shell = Process.Start(start) ?? throw new IOException("the shell was not started");
            return new PseudoTerminal(master, shell, group);
        }
        catch (Exception e)
        {
            master.Dispose();
            group.Dispose();
            throw e is System.ComponentModel.Win32Exception ? new IOException($"the shell cannot be started: {e.Message}", e) : e;
        }
    }

    /// <summary>
    /// The boot image's init starts the agent in the background, where SIGINT and SIGQUIT are ignored (POSIX, Shell Command Language 2.11). What a process ignores its
    /// programs ignore too, and ^C would stop nothing in the shell.
    /// </summary>
    private static void HearInterrupts()
    {
        const nint ignored = 1;
        foreach (var signal in (int[])[2, 3])
        {
            // struct sigaction begins with the handler (glibc, x86-64 and arm64).
            var action = new nint[32];
            if (SignalAction(signal, 0, action) == 0 && action[0] == ignored)
                _ = Signal(signal, 0);
        }
    }

    /// <summary>The shell's exit code; null while it runs.</summary>
    public int? ExitCode => _shell.HasExited ? _shell.ExitCode : null;

    public void Resize(int columns, int rows)
    {
        ushort[] size = [(ushort)Math.Min(rows, ShellFrame.MostRows), (ushort)Math.Min(columns, ShellFrame.MostColumns), 0, 0];
        _ = Control(_master, SetWindowSize, size);
    }

    /// <summary>Waits for what the terminal shows next. Blocks its thread.</summary>
    /// <returns>Bytes read; 0: the shell has ended, and all has been read.</returns>
    public int Read(Span<byte> buffer, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var over = _shell.HasExited;
            Wait(PollIn, over ? 0 : LookEach);
            var read = ReadCall(_master, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length);
            if (read > 0)
                return (int)read;
            // Anything but "nothing yet" (EIO) says that no program has the terminal open any more; at first that is so because none has opened it.
            if (over || (read == 0 && _shell.HasExited))
                return 0;
            if (read < 0 && Marshal.GetLastPInvokeError() is not (TryAgain or Interrupted))
                _shell.WaitForExit(LookEach);
        }
        return 0;
    }

    /// <summary>What the terminal shows by now, without waiting.</summary>
    /// <returns>Bytes read; 0: nothing.</returns>
    public int ReadMore(Span<byte> buffer) => (int)Math.Max(0, ReadCall(_master, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length));

    /// <summary>Types. Blocks its thread while the program at the terminal does not read.</summary>
    public void Write(ReadOnlySpan<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0 && !cancellationToken.IsCancellationRequested)
        {
            var written = WriteCall(_master, ref MemoryMarshal.GetReference(bytes), (nuint)bytes.Length);
            if (written > 0)
                bytes = bytes[(int)written..];
            else if (Marshal.GetLastPInvokeError() is TryAgain or Interrupted)
                Wait(PollOut, LookEach);
            else
                return;
        }
    }

    public void Dispose()
    {
        _group.Kill(_shell.Id);
        _master.Dispose();
        _shell.WaitForExit(TimeSpan.FromSeconds(5));
        _group.Dispose();
        _shell.Dispose();
    }

    private void Wait(short events, int milliseconds)
    {
        // struct pollfd: descriptor, then events asked for and those that came.
        var added = false;
        _master.DangerousAddRef(ref added);
        try
        {
            long[] poll = [(uint)_master.DangerousGetHandle() | ((long)events << 32)];
            _ = Poll(poll, 1, milliseconds);
        }
        finally
        {
            if (added)
                _master.DangerousRelease();
        }
    }

    [LibraryImport("libc", EntryPoint = "sigaction", SetLastError = true)]
    private static partial int SignalAction(int signal, nint action, [Out] nint[] old);

    [LibraryImport("libc", EntryPoint = "signal", SetLastError = true)]
    private static partial nint Signal(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    private static partial int OpenTerminal(int flags);

    [LibraryImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    private static partial int Grant(SafeFileHandle master);

    [LibraryImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    private static partial int Unlock(SafeFileHandle master);

    [LibraryImport("libc", EntryPoint = "ptsname_r", SetLastError = true)]
    private static partial int NameOf(SafeFileHandle master, [Out] byte[] name, nuint length);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle master, nuint request, [In] ushort[] size);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll([In, Out] long[] descriptors, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadCall(SafeFileHandle file, ref byte buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteCall(SafeFileHandle file, ref byte buffer, nuint length);
}
