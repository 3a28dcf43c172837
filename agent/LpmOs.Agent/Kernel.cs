using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace LpmOs.Agent;

/// <summary>The few Linux system calls that .NET has no method for. Constants are those of the kernel's user API on x86-64 and arm64.</summary>
internal static partial class Kernel
{
    // reboot(2): LINUX_REBOOT_CMD_RESTART, as glibc's reboot() takes it.
    private const int RestartCommand = 0x01234567;
    // LINUX_REBOOT_CMD_KEXEC.
    private const int KexecCommand = 0x45584543;
    private const nint KexecFileLoad = 320;
    private const nint KexecFileLoadOnArm64 = 294;
    private const int OpenReadWrite = 0x2;
    private const int OpenExclusive = 0x80;
    private const int OpenCloseOnExec = 0x80000;
    private const int Detach = 0x2;
    private const int NoAccessTimes = 0x400;
    private const int BindMount = 0x1000;
    private const int ReadOnlyMount = 0x1;
    // linux/fs.h: BLKZEROOUT, _IO(0x12, 127)
    private const nuint ZeroOutRequest = 0x127F;
    // linux/btrfs.h: BTRFS_IOC_RESIZE, _IOW(0x94, 3, struct btrfs_ioctl_vol_args), whose name comes after 8 bytes
    private const nuint ResizeBtrfs = 0x5000_9403;
    private const int VolumeArguments = 4096, VolumeName = 8;
    // linux/rtc.h: RTC_RD_TIME, _IOR('p', 9, struct rtc_time), and RTC_SET_TIME, _IOW('p', 10, struct rtc_time), which is nine ints
    private const nuint ReadHardwareTime = 0x8024_7009, SetHardwareTime = 0x4024_700A;
    private const string HardwareClock = "/dev/rtc0";
    // time.h: CLOCK_REALTIME
    private const int RealTime = 0;
    // fcntl.h: F_SETPIPE_SZ
    private const int SetPipeSize = 1031;

    /// <summary>Writes out all file systems and restarts the machine at once, as <c>reboot -f</c> does.</summary>
    /// <exception cref="IOException">The kernel refused: not root.</exception>
    public static void Restart()
    {
        Sync();
        Check(RebootCall(RestartCommand), "reboot");
    }

    /// <summary>Loads a kernel to be started by <see cref="StartLoadedKernel"/> (kexec_file_load(2)). Under lockdown it must be signed as this one is.</summary>
    /// <exception cref="IOException">The kernel refused: no kexec in it, not signed, not an image that it can start.</exception>
    public static void LoadKernel(SafeFileHandle kernel, SafeFileHandle initrd, string commandLine)
    {
        var line = Encoding.ASCII.GetBytes(commandLine + '\0');
        Check((int)SystemCall(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? KexecFileLoadOnArm64 : KexecFileLoad, kernel.DangerousGetHandle(), initrd.DangerousGetHandle(), line.Length, line, 0), "kexec");
    }

    /// <summary>Writes out all file systems, shuts the devices down and starts the loaded kernel, without firmware in between.</summary>
    /// <exception cref="IOException">The kernel refused: none is loaded.</exception>
    public static void StartLoadedKernel()
    {
        Sync();
        Check(RebootCall(KexecCommand), "start of the loaded kernel");
    }

    /// <summary>Writes out all file systems.</summary>
    [LibraryImport("libc", EntryPoint = "sync")]
    public static partial void Sync();

    /// <summary>Opens a folder of a file system, for <see cref="WriteOut"/>.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafeFileHandle OpenFolder(string path) => Open(path, OpenCloseOnExec);

    /// <summary>
    /// Writes out the file system that the folder is on (syncfs(2)) and says whether all went well since the folder was opened. sync(2) and an unmount do not say so: the kernel
    /// takes a program's bytes at once, and keeps it to itself where the disk refuses them later.
    /// </summary>
    /// <exception cref="IOException">The disk did not take something.</exception>
    public static void WriteOut(SafeFileHandle folder) => Check(WriteOutCall(folder), "writing out");

    /// <summary>Mounts a file system without access times.</summary>
    /// <exception cref="IOException">The kernel refused; the message says what.</exception>
    public static void Mount(string source, string target, string type, string? options = null) =>
        Check(MountCall(source, target, type, NoAccessTimes, options), $"mount of {source} ({type}) on {target}");

    /// <summary>Mounts read-only.</summary>
    /// <exception cref="IOException">The kernel refused; the message says what.</exception>
    public static void MountReadOnly(string source, string target, string type) =>
        Check(MountCall(source, target, type, ReadOnlyMount, null), $"mount of {source} ({type}) on {target}");

    /// <summary>Makes a folder visible at a second place.</summary>
    /// <exception cref="IOException">The kernel refused; the message says what.</exception>
    public static void Bind(string source, string target) => Check(MountCall(source, target, "none", BindMount, null), $"bind mount of {source} on {target}");

    /// <summary>Takes a mount away: when it is no longer used (<paramref name="lazily"/>), or else at once or not at all.</summary>
    /// <exception cref="IOException">It is in use, or not mounted.</exception>
    public static void Unmount(string target, bool lazily) => Check(UnmountCall(target, lazily ? Detach : 0), $"unmount of {target}");

    /// <summary>Sets owner and group of a file, not following a symbolic link.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public static void ChangeOwner(string path, int user, int group) => Check(ChangeOwnerCall(path, user, group), $"change of the owner of {path}");

    /// <summary>Opens a block device that nobody else has mounted or holds; null while somebody does.</summary>
    /// <exception cref="IOException">It cannot be opened for another reason.</exception>
    public static SafeFileHandle? OpenExclusively(string device)
    {
        const int busy = 16; // EBUSY
        var handle = OpenCall(device, OpenReadWrite | OpenExclusive | OpenCloseOnExec);
        if (handle >= 0)
            return new SafeFileHandle(handle, ownsHandle: true);
        return Marshal.GetLastPInvokeError() == busy ? null : throw new IOException($"open of {device} failed: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Makes a range of a block device read as zeros: the device does it itself where it can, else the kernel writes them.</summary>
    /// <returns>False for what is no block device.</returns>
    /// <exception cref="IOException">The device refused.</exception>
    public static bool ZeroOut(SafeFileHandle device, long start, long length)
    {
        const int notATerminal = 25; // ENOTTY: the usual answer to a request that a file does not know
        const int invalid = 22;      // EINVAL
        ulong[] range = [(ulong)start, (ulong)length];
        if (RangeControlCall(device, ZeroOutRequest, range) == 0)
            return true;
        return Marshal.GetLastPInvokeError() is notATerminal or invalid ? false : throw new IOException($"zeroing {length} bytes at {start} failed: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Lets a mounted btrfs reach to the end of its first device, as <c>btrfs filesystem resize max</c> does.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public static void GrowBtrfs(SafeFileHandle folder)
    {
        var arguments = new byte[VolumeArguments];
        "max"u8.CopyTo(arguments.AsSpan(VolumeName));
        Check(BlockControlCall(folder, ResizeBtrfs, arguments), "growing btrfs");
    }

    /// <summary>Lets a pipe hold more, so that its two ends wait for each other less often. What the kernel does not grant stays as it is.</summary>
    public static void WidenPipe(SafeHandle pipe, int bytes) => _ = ControlCall(pipe, SetPipeSize, bytes);

    /// <summary>Sets the system's clock (clock_settime(2)). The hardware's stays as it is.</summary>
    /// <exception cref="IOException">The kernel refused: not root.</exception>
    public static void SetClock(DateTimeOffset now) => Check(SetTimeCall(RealTime, [now.ToUnixTimeSeconds(), 0]), "setting the clock");

    /// <summary>The hardware's clock (rtc(4)), taken for UTC.</summary>
    /// <exception cref="IOException">There is none, or it holds no time.</exception>
    public static DateTimeOffset ReadHardwareClock()
    {
        using var clock = Open(HardwareClock, OpenCloseOnExec);
        var parts = new int[9];
        Check(ClockControlCall(clock, ReadHardwareTime, parts), $"reading {HardwareClock}");
        try
        {
            return new DateTimeOffset(parts[5] + 1900, parts[4] + 1, parts[3], parts[2], parts[1], parts[0], TimeSpan.Zero);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new IOException($"{HardwareClock} holds no time");
        }
    }

    /// <summary>Sets the hardware's clock, to UTC.</summary>
    /// <exception cref="IOException">There is none, or it refused.</exception>
    public static void SetHardwareClock(DateTimeOffset now)
    {
        using var clock = Open(HardwareClock, OpenReadWrite | OpenCloseOnExec);
        var utc = now.UtcDateTime;
        // The kernel reckons weekday and day of the year itself.
        Check(ClockControlCall(clock, SetHardwareTime, [utc.Second, utc.Minute, utc.Hour, utc.Day, utc.Month - 1, utc.Year - 1900, 0, 0, 0]), $"setting {HardwareClock}");
    }

    private static SafeFileHandle Open(string path, int flags)
    {
        var handle = OpenCall(path, flags);
        return handle >= 0 ? new SafeFileHandle(handle, ownsHandle: true) : throw new IOException($"open of {path} failed: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private static void Check(int result, string what)
    {
        if (result != 0)
            throw new IOException($"{what} failed: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "reboot", SetLastError = true)]
    private static partial int RebootCall(int command);

    // glibc has no function for kexec_file_load.
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint kernel, nint initrd, nint length, byte[] commandLine, nint flags);

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MountCall(string source, string target, string type, nuint flags, string? data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnmountCall(string target, int flags);

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwnerCall(string path, int user, int group);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int RangeControlCall(SafeFileHandle device, nuint request, [In] ulong[] range);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int BlockControlCall(SafeFileHandle file, nuint request, [In] byte[] arguments);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int ClockControlCall(SafeFileHandle clock, nuint request, [In, Out] int[] parts);

    // struct timespec of 64 bits: seconds and nanoseconds.
    [LibraryImport("libc", EntryPoint = "clock_settime", SetLastError = true)]
    private static partial int SetTimeCall(int clock, [In] long[] time);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int ControlCall(SafeHandle file, int command, int argument);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int WriteOutCall(SafeFileHandle folder);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenCall(string path, int flags);
}
